"""Findings in words."""

import math

import pandas as pd
from writeup.conftest import finding

from nst.site.verdicts import MOST_ROWS, by_claim


def test_a_finding_in_words() -> None:
    ((said,),) = by_claim([finding(unit="dB")]).values()
    (box,) = said.boxes
    assert (box.effect, box.interval, box.symbol) == ("0.912 dB", "0.8 to 0.97", "✓")
    assert box.heads == ("picture", "PSNR to content (dB)") and box.numeric == (False, True)
    assert box.rows == (("wally", "31.25"),)


def test_no_interval_and_no_values() -> None:
    ((said,),) = by_claim([finding(low=math.nan, high=math.nan, values=pd.DataFrame())]).values()
    assert (said.boxes[0].interval, said.boxes[0].rows) == ("none", ())


def test_a_long_table_is_cut_and_counted() -> None:
    ((said,),) = by_claim([finding(values=pd.DataFrame({"seed": range(MOST_ROWS + 7)}))]).values()
    assert (len(said.boxes[0].rows), said.boxes[0].left_out) == (MOST_ROWS, 7)


def test_grouped_by_claim_and_quote() -> None:
    """Two findings on one quote, one on another quote of the same claim, one on another claim."""
    found = [finding(), finding(verdict="undecided"), finding(quote="b"), finding("starts"), finding()]
    grouped = by_claim(found)
    assert {claim: [(s.quote, len(s.boxes)) for s in said] for claim, said in grouped.items()} == {
        "content_depth": [("the worse result it gets", 3), ("b", 1)],
        "starts": [("the worse result it gets", 1)],
    }
    assert grouped["content_depth"][0].counts == (("holds", "✓", 2), ("undecided", "?", 1))
