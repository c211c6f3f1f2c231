"""Sums of squares, degrees of freedom, tests: all worked out by hand."""

import numpy as np
import pytest

from nst.report.stats import anova

TWO_BY_THREE = [[1, 2, 3], [2, 4, 6]]
"""Means of rows 2 and 4, of columns 1.5, 3 and 4.5, of all 3."""
REPLICATED = [[[1, 3], [5, 7]], [[4, 6], [10, 12]]]
"""Means of combinations 2, 6, 5, 11, of rows 4 and 8, of columns 3.5 and 8.5, of all 6."""


@pytest.mark.parametrize(
    ("y", "squares", "df"),
    [
        ([[[0], [3]], [[1], [4]]], [1, 9, 0], [1, 1, 1]),  # additive
        ([[[0], [1]], [[1], [0]]], [0, 0, 1], [1, 1, 1]),  # exclusive or: nothing but interaction
        ([[[value] for value in row] for row in TWO_BY_THREE], [6, 9, 1], [1, 2, 2]),
        (REPLICATED, [32, 50, 2, 8], [1, 1, 1, 4]),
        ([[1, 3], [5, 7]], [16, 4], [1, 2]),  # one factor
    ],
)
def test_sums_of_squares(y: list[object], squares: list[float], df: list[int]) -> None:
    numbers = np.array(y, dtype=float)
    assert anova.sums_of_squares(numbers[None])[:, 0] == pytest.approx(squares, abs=1e-12)
    assert anova.degrees_of_freedom(numbers.shape) == df


def three() -> np.ndarray:
    """Effects of -0.5 and 0.5 times 1, 2 and 4, and the product of three signs."""
    a, b, c = np.meshgrid(*[[-1.0, 1.0]] * 3, indexing="ij")
    return np.asarray(a / 2 + b + 2 * c + a * b * c)[..., None]


def test_two_way_interactions_stand_apart_with_three_factors() -> None:
    assert anova.sums_of_squares(three()[None])[:, 0] == pytest.approx([2, 8, 32, 0, 0, 0, 8], abs=1e-12)
    assert anova.degrees_of_freedom((2, 2, 2, 1)) == [1] * 7
    names = anova.sources([("a",), ("b",), ("c",)], False)
    assert names == ["a", "b", "c", "a × b", "a × c", "b × c", "higher interactions and rest"]


def test_replicates_tell_the_highest_interaction_from_the_rest() -> None:
    twice = np.concatenate([three() - 0.25, three() + 0.25], axis=-1)
    assert anova.sums_of_squares(twice[None])[:, 0] == pytest.approx([4, 16, 64, 0, 0, 0, 16, 1], abs=1e-12)
    assert anova.degrees_of_freedom((2, 2, 2, 2)) == [1, 1, 1, 1, 1, 1, 1, 8]
    assert anova.sources([("a",), ("b",), ("c",)], True)[-2:] == ["higher interactions", "rest"]


def test_two_way_interactions_of_many_factors_are_one_source() -> None:
    assert anova.degrees_of_freedom((2, 2, 2, 2, 3, 1)) == [1, 1, 1, 1, 2, 6 + 4 * 2, 47 - 6 - 14]
    names = anova.sources([(letter,) for letter in "abcde"], False)
    assert names == [*"abcde", "two-way interactions", "higher interactions and rest"]


@pytest.mark.parametrize("y", [TWO_BY_THREE, REPLICATED])
def test_nothing_depends_on_the_order_of_factors_or_levels(y: list[object]) -> None:
    numbers = np.array(y, dtype=float).reshape(2, -1, 2 if y is REPLICATED else 1)
    squares = anova.sums_of_squares(numbers[None])[:, 0]
    turned = anova.sums_of_squares(numbers[::-1].swapaxes(0, 1)[None])[:, 0]
    assert turned == pytest.approx([squares[1], squares[0], *squares[2:]])


def test_names_of_factors_and_titles() -> None:
    assert anova.sources([("content", "style"), ("size",)], True) == [
        *("content + style", "size", "content + style × size", "rest")
    ]
    assert anova.sources([("a",), ("b",)], False, str.upper) == ["A", "B", "interaction and rest"]


def test_p_values_of_the_f_test() -> None:
    """With 2 and 2 degrees of freedom p is 1 / (1 + F), with 1 and 1 it is 0.5 for F = 1."""
    assert anova.p_values(np.array([6.0, 2.0]), [2, 2]) == pytest.approx([0.25])
    assert anova.p_values(np.array([1.0, 1.0]), [1, 1]) == pytest.approx([0.5])


def test_p_values_without_a_rest() -> None:
    assert anova.p_values(np.array([5.0, 0.0, 0.0]), [1, 1, 1]) == pytest.approx([0, 1], abs=1e-100)


def test_adjusted_p() -> None:
    assert anova.adjusted(0.02, np.array([0.01, 0.02, 0.5])) == 3 / 4
    assert anova.adjusted(0.001, np.array([0.01, 0.02, 0.5])) == 1 / 4


def test_the_smallest_p_of_more_numbers_is_smaller() -> None:
    generator = np.random.default_rng(3)
    one, other = generator.normal(size=(2, 4, 3, 2))
    alone, both = anova.smallest_p([one], [3, 2, 6, 12]), anova.smallest_p([one, other], [3, 2, 6, 12])
    assert alone.shape == (anova.SHUFFLES,) and (both <= alone).all() and (both < alone).any()
