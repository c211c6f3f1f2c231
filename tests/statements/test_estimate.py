"""Effects and their intervals, by a table of Student's t."""

import math

import pytest

from nst.statements.estimate import Estimate, average, correlation, quotient, replicates, short, spearman

T4 = 2.776445
"""Student's t, 97.5 %, 4 degrees of freedom."""


def each(*values: float) -> list[tuple[str, float]]:
    """Values of a picture each."""
    return [(str(number), value) for number, value in enumerate(values)]


def test_average() -> None:
    """Of 1 to 5 the mean is 3 and the variance 2.5."""
    found, half = average(each(1, 2, 3, 4, 5)), T4 * math.sqrt(2.5 / 5)
    assert (found.n, found.effect) == (5, 3)
    assert (found.low, found.high) == pytest.approx((3 - half, 3 + half))


def test_what_is_not_known_has_no_interval() -> None:
    none, one = average(each(math.nan)), average(each(2.0, math.nan))
    assert none.n == 0 and math.isnan(none.effect)
    assert (one.n, one.effect) == (1, 2) and math.isnan(one.low)
    same = average(each(2.0, 2.0))
    assert (same.n, same.effect) == (2, 2) and math.isnan(same.low) and math.isnan(same.high)


def test_quotient_is_a_geometric_mean() -> None:
    """Logs -1, 0, 1: mean 0, variance 1; t with 2 degrees of freedom is 4.302653."""
    found = quotient(each(-1, 0, 1))
    half = 4.302653 / math.sqrt(3)
    assert (found.effect, found.low, found.high) == pytest.approx((1, math.exp(-half), math.exp(half)))


def test_full_agreement_of_ranks_is_not_certainty() -> None:
    """Five ranks change in steps of 12 / 120 = 0.1; the interval ends at 1."""
    found = correlation([(picture, 1.0) for picture in "abcde"], 5)
    assert (found.effect, found.high) == (1, 1)
    assert found.low == pytest.approx(1 - T4 * 0.1 / math.sqrt(12 * 5), abs=1e-6)


def test_seeds_are_averaged_within_pictures() -> None:
    many = [(picture, value) for picture in "abcde" for value in (1.0, 3.0)]
    assert replicates(many) == [2.0] * 5
    assert replicates([*many[:4], ("a", math.nan)]) == [2, 2]


def test_numbers_are_short() -> None:
    assert [short(value) for value in (0.91237, 1234.5, math.nan)] == ["0.912", "1230", "–"]


def test_in_words() -> None:
    assert Estimate(6, 1.4321, 1.2, 1.71).words() == "1.43 (95 % interval 1.2 to 1.71, n = 6)"
    assert Estimate(1, 1.4321, math.nan, math.nan).words("%") == "1.43 % (n = 1)"


def test_spearman() -> None:
    """1 - 6 sum d^2 / (n (n^2 - 1)): two neighbours of five exchanged give 1 - 12 / 120."""
    assert spearman([1, 2, 3, 4, 5], [1, 3, 2, 4, 5]) == pytest.approx(0.9)
    assert spearman([1, 2, 3], [7, 7, 7]) == 0
