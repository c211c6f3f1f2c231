"""Means and their intervals: Student's t by hand."""

import math

import pytest

from nst.report.stats.intervals import Mean, mean


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
