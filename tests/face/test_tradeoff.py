"""`nst.tradeoff`: methods at equal content kept, as a frame."""

import pandas as pd
import pytest
from report.stats.tradeoff.frames import frame, line, rows

import nst
from nst.errors import UserError


def test_the_method_that_is_better_everywhere() -> None:
    found = nst.tradeoff(frame(rows("sliced", line()), rows("cmd", line(0.1))))
    assert set(found["verdict"]) == set(found["leader"]) == {"cmd"}
    assert found[["first", "second", "unit", "n", "wins"]].drop_duplicates().values.tolist() == [
        ["cmd", "sliced", "pairs", 6, 6]
    ]


def test_keys_by_name() -> None:
    runs = frame(rows("sliced", line()), rows("cmd", line(0.1)))
    pd.testing.assert_frame_equal(nst.tradeoff(runs), nst.tradeoff(runs, method="style_loss", over="style_weight"))


def test_mistakes() -> None:
    runs = frame(rows("sliced", line()), rows("cmd", line(0.1)))
    with pytest.raises(UserError, match="^nst.tradeoff: a str is no frame of runs; "):
        nst.tradeoff("tradeoffs")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="^nst.tradeoff: method=style_los: does not vary; did you mean 'style_loss'"):
        nst.tradeoff(runs, method="style_los")
    with pytest.raises(UserError, match="^nst.tradeoff: over=steps: does not vary; choose from content, style, "):
        nst.tradeoff(runs, over="steps")
    with pytest.raises(UserError, match="^nst.tradeoff: needs measured runs .* of two methods or more"):
        nst.tradeoff(frame(rows("sliced", line())))
    with pytest.raises(UserError, match="which of its columns are keys"):
        nst.tradeoff(pd.DataFrame({"state": ["done"]}))
