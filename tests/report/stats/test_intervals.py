"""Means and their intervals: Student's t by hand. The three-way verdict on differences whose intervals are known.

Ten differences of 0, 1, 0, 1, ... about a centre: deviation sqrt(10 / 36) = 0.52705, standard error 1 / 6.
t(9) is 1.83311 at 90 % and 2.26216 at 95 %, so the halves of the intervals are 0.30552 and 0.37703.
"""

import math

import pytest

from nst.report.stats.intervals import Mean, compare, mean

WIDE = 2.262157 / 6


def test_three_values() -> None:
    found = mean([1, 2, 3])
    assert (found.n, found.mean) == (3, 2.0)
    assert found.half == pytest.approx(4.30265 / math.sqrt(3), abs=1e-5)  # t(2) = 4.30265, deviation 1
    assert str(found) == "2.0 ± 2.5"


def test_numbers_whose_squares_are_infinite_are_left_out() -> None:
    assert mean([1e308, 1, -1e308, 3, math.inf]) == mean([1, 3])


def test_another_level() -> None:
    assert mean([1, 2, 3], level=0.90).half == pytest.approx(2.91999 / math.sqrt(3), abs=1e-5)


def test_below_zero() -> None:
    assert str(Mean(10, -0.631, 0.21)) == "−0.63 ± 0.21"
    assert str(Mean(10, -0.004, 0.21)) == "0.00 ± 0.21"


def test_one_value_has_no_interval() -> None:
    assert mean([5.0]) == Mean(1, 5.0, None)
    assert str(mean([5.0])) == "5"


def test_equal_values_are_one_observation() -> None:
    assert mean([7.3, 7.3, 7.3]) == Mean(3, 7.3, None)


def test_what_is_no_number_is_not_counted() -> None:
    assert mean([math.nan, 4.0, math.inf]).n == 1
    assert str(mean([])) == "–"


def test_digits_follow_the_interval() -> None:
    assert str(Mean(10, 45.8372, 0.1934)) == "45.84 ± 0.19"
    assert str(Mean(10, 1523.4, 37.2)) == "1523 ± 37"


def about(centre: float, n: int = 10) -> list[float]:
    return [centre - 0.5 + number % 2 for number in range(n)]


def test_the_intervals_of_a_comparison() -> None:
    found = compare(about(0.2), 20.0)
    assert found.difference.n == 10 and found.difference.mean == pytest.approx(0.2)
    assert found.difference.half == pytest.approx(WIDE, abs=1e-5)
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
    assert compare([*about(0.0), math.nan], 2000.0).difference.n == 10
    assert compare(about(0.0, 10), 2000.0).verdict == "equivalent"


def test_no_spread_decides_nothing() -> None:
    assert compare([0.1] * 10, 20.0).verdict == "undecided"


def test_the_margin_is_the_callers() -> None:
    assert compare(about(1.38), 20.0, margin=0.1).verdict == "equivalent"


@pytest.mark.parametrize(("base", "margin"), [(0.0, 0.05), (math.nan, 0.05), (1.0, 0.0)])
def test_nothing_to_compare_with(base: float, margin: float) -> None:
    with pytest.raises(ValueError):
        compare([1.0], base, margin)
