"""The three-way verdict, on differences whose intervals were worked out by hand.

Ten differences of 0, 1, 0, 1, ... about a centre: deviation sqrt(10 / 36) = 0.52705, standard error 1 / 6.
t(9) is 1.83311 at 90 % and 2.26216 at 95 %, so the halves of the intervals are 0.30552 and 0.37703.
"""

import math

import pytest

from nst.report.stats.equivalence import compare

WIDE, NARROW = 2.262157 / 6, 1.833113 / 6


def about(centre: float, n: int = 10) -> list[float]:
    return [centre - 0.5 + number % 2 for number in range(n)]


def test_the_intervals() -> None:
    found = compare(about(0.2), 20.0)
    assert found.n == 10 and found.difference.mean == pytest.approx(0.2) and found.margin == 1.0
    assert found.difference.half == pytest.approx(WIDE, abs=1e-5)
    assert found.narrow.half == pytest.approx(NARROW, abs=1e-5)
    assert found.percent.mean == pytest.approx(1.0) and found.percent.half == pytest.approx(5 * WIDE, abs=1e-4)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_verdict(sign: int) -> None:
    """Margin 1: equivalent up to a centre of 0.69448, different from one of 1.37703."""
    assert compare(about(sign * 0.69), 20.0).verdict == "equivalent"
    assert compare(about(sign * 0.70), 20.0).verdict == "undecided"
    assert compare(about(sign * 1.37), 20.0).verdict == "undecided"
    assert compare(about(sign * 1.38), 20.0).verdict == "different"


def test_small_and_sure_is_equivalent() -> None:
    assert compare(about(0.5), 20.0).verdict == "equivalent"  # 0.12 to 0.88: surely not 0, surely below 1


def test_too_few_pairs_decide_nothing() -> None:
    assert compare(about(0.0, 9), 2000.0).verdict == "undecided"
    assert compare([*about(0.0), math.nan], 2000.0).n == 10
    assert compare(about(0.0, 4), 2000.0, least=4).verdict == "equivalent"


def test_no_spread_decides_nothing() -> None:
    assert compare([0.1] * 10, 20.0).verdict == "undecided"


def test_the_margin_is_the_callers() -> None:
    assert compare(about(1.38), 20.0, margin=0.1).verdict == "equivalent"


@pytest.mark.parametrize(("base", "margin"), [(0.0, 0.05), (math.nan, 0.05), (1.0, 0.0)])
def test_nothing_to_compare_with(base: float, margin: float) -> None:
    with pytest.raises(ValueError):
        compare([1.0], base, margin)
