"""`nst.variance`: what explains the numbers of any frame."""

from pathlib import Path

import pandas as pd
import pytest
from report.conftest import Store

import nst
from nst.errors import UserError

HAND = [1.0, 2.0, 3.0, 2.0, 4.0, 6.0]
"""Sums of squares 6 (content), 9 (style) and 1, of 16."""


@pytest.fixture
def mine() -> pd.DataFrame:
    """A frame of another tool."""
    rows = [(content, style) for content in "ab" for style in "xyz"]
    return pd.DataFrame(rows, columns=["content", "style"]).assign(lpips=HAND, ssim_content=HAND[::-1])


def test_frame_of_a_sweep(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    jobs = store.sweep("s", {"content": ["a", "b"], "style": ["x", "y", "z"]})
    for job, value in zip(jobs, HAND, strict=True):
        store.done(job, ssim_content=value / 10)
    found = nst.variance(nst.load("s", tmp_path / "runs"))
    assert found["metric"].unique().tolist() == ["ssim_content"]
    assert found["source"].tolist() == ["content", "style", "interaction and rest"]
    assert found["share"].tolist() == pytest.approx([6 / 16, 9 / 16, 1 / 16])
    assert found["by_chance"].tolist() == pytest.approx([0.2, 0.4, 0.4])
    assert found["df"].tolist() == [1, 2, 2] and found["runs"].tolist() == [6] * 3


def test_any_frame(mine: pd.DataFrame) -> None:
    assert nst.variance(mine, keys=["content", "style"])["metric"].unique().tolist() == ["ssim_content"]
    found = nst.variance(mine, keys=["content", "style"], metrics="lpips")
    assert found["metric"].unique().tolist() == ["lpips"] and "keys" not in mine.attrs
    assert found["share"].tolist() == pytest.approx([6 / 16, 9 / 16, 1 / 16])


def test_mistakes(mine: pd.DataFrame) -> None:
    with pytest.raises(UserError, match=r"which of its columns are keys; give keys=\[...\]"):
        nst.variance(mine)
    with pytest.raises(UserError, match="keys: the frame has no column 'styles'; did you mean 'style'"):
        nst.variance(mine, keys=["styles"])
    with pytest.raises(UserError, match="metrics: the frame has no column 'lpip'; did you mean 'lpips'"):
        nst.variance(mine, keys=["style"], metrics=["lpip"])
    with pytest.raises(UserError, match="a str is no frame of runs"):
        nst.variance("grid_content-quick")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no number varies over finished runs"):
        nst.variance(mine, keys="content", metrics="style")


def test_a_design_that_is_refused() -> None:
    rows = [(number, (number + step) % 6) for number in range(6) for step in (0, 1)]
    frame = pd.DataFrame(rows, columns=["a", "b"]).assign(ssim_content=range(12))
    with pytest.raises(UserError, match="nst.variance: The runs do not cross a and b: too many combinations"):
        nst.variance(frame, keys=["a", "b"])
