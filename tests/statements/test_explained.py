"""Shares of the variance from runs, and the jackknife over style pictures: numbers worked out by hand."""

import itertools
import math

import pytest

from nst.statements.explained import jackknife, shares
from nst.statements.runs import Run, finished
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]


def test_shares_corrected_for_chance(rows: Rows) -> None:
    """Sums of squares 6 and 9 of 16, the rest 1 with two degrees of freedom, hence 5.5 / 16.5 and 8 / 16.5."""
    for (content, style), value in zip(itertools.product("ab", "xyz"), (1.0, 2.0, 3.0, 2.0, 4.0, 6.0), strict=True):
        rows.add(content=content, style=style, ssim_content=value)
    found = shares(finished(rows.frame), "ssim_content")
    assert found == pytest.approx({"content": 100 / 3, "style": 800 / 16.5})


def test_no_shares_without_a_factorial(rows: Rows) -> None:
    rows.add(content="a", style="x", ssim_content=0.5)
    assert shares(finished(rows.frame), "ssim_content") == {} and shares([], "ssim_content") == {}


def total(runs: "list[Run] | tuple[Run, ...]") -> float:
    return sum(run["ssim_content"] for run in runs)


def test_jackknife_of_a_mean_is_the_t_interval(rows: Rows) -> None:
    """The pseudo-values of a mean are the values: 2, 4, 6, 8, 10 with mean 6 and standard error sqrt(10 / 5)."""
    for number in range(5):
        rows.add(content="a", style=f"s{number}", ssim_content=2.0 * number + 2)
    found = jackknife(finished(rows.frame), lambda runs: total(list(runs)) / len(runs))
    assert (found.n, found.effect) == (5, pytest.approx(6))
    assert found.high - found.effect == pytest.approx(2.7764 * math.sqrt(2), rel=1e-4)


def test_jackknife_of_few_styles_has_no_interval(rows: Rows) -> None:
    for style in "xy":
        rows.add(content="a", style=style, ssim_content=3.0)
    found = jackknife(finished(rows.frame), lambda runs: total(list(runs)))
    assert (found.n, found.effect) == (2, 6) and math.isnan(found.low)
    assert jackknife([], lambda runs: math.nan).n == 0


def test_no_percentage_above_100(rows: Rows) -> None:
    for number in range(3):
        rows.add(content="a", style=f"s{number}", ssim_content=96.0 + number)
    found = jackknife(finished(rows.frame), lambda runs: total(list(runs)) / len(runs))
    assert (found.effect, found.high) == (97, pytest.approx(97 + 4.3027 / math.sqrt(3), rel=1e-4))
    for number in range(3, 6):
        rows.add(content="a", style=f"s{number}", ssim_content=96.0 + number)
    assert jackknife(finished(rows.frame), lambda runs: total(list(runs)) / len(runs)).high == 100
