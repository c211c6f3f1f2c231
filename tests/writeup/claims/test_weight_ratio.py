"""Losses that follow the ratio of weights by a known power."""

import pytest

from nst.writeup.claims.runs import finished
from nst.writeup.claims.statement import Finding
from nst.writeup.claims.weight_ratio import weight_ratio

from .conftest import Rows

RATIOS = (1e6, 9e5, 8e5)


def judged(rows: Rows, power: float, spread: float = 0.02, pairs: int = 5) -> dict[str, Finding]:
    """Content loss 30 r^power and style loss 4 r^-power, with powers that scatter from pair to pair."""
    for place in range(pairs):
        own = power + spread * (place - (pairs - 1) / 2)
        for ratio in RATIOS:
            r = ratio / 1e6
            keys = {"content": f"picture {place}", "style": "a", "style_weight": ratio}
            rows.add(**keys, content_loss=30 * r**own, style_loss=4 * r**-own)
    return dict(zip(("content", "style"), weight_ratio(finished(rows.frame)), strict=True))


def test_a_ratio_that_matters(rows: Rows) -> None:
    """The power 1 from 1 to 0.8: a content loss 20 % smaller, a style loss 25 % larger."""
    found = judged(rows, power=1)
    assert found["content"].effect == pytest.approx(-20, abs=0.1)
    assert found["style"].effect == pytest.approx(25, abs=0.1)
    assert (found["content"].verdict, found["style"].verdict, found["style"].unit) == ("holds", "holds", "%")
    assert "for 5 of 5 pairs" in found["content"].reading


def test_a_ratio_that_does_not(rows: Rows) -> None:
    found = judged(rows, power=0)
    assert {finding.verdict for finding in found.values()} == {"does not hold"}
    assert "rising with it at every step for 2 of 5 pairs" in found["content"].reading


def test_one_that_may_or_may_not(rows: Rows) -> None:
    """10 % is the power 0.47."""
    assert {finding.verdict for finding in judged(rows, power=0.47, spread=0.2).values()} == {"undecided"}


def test_four_pairs_or_one_ratio_are_too_few(rows: Rows) -> None:
    assert {finding.verdict for finding in judged(rows, power=1, pairs=4).values()} == {"undecided"}
    rows.rows = [row for row in rows.rows if row["style_weight"] == 1e6]
    assert [finding.n for finding in weight_ratio(finished(rows.frame))] == [0, 0]
