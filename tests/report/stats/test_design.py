"""Factors of a sweep, and the part that crosses them completely."""

import itertools
import math
from collections.abc import Iterable, Sequence

import pandas as pd
import pytest

from nst.report.stats.design import NOTHING, Design, find


def frame(keys: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(keys), dtype="object")


def designed(keys: Sequence[str], rows: Iterable[Sequence[object]], copies: Sequence[int] | None = None) -> Design:
    found = find(frame(keys, rows), keys, copies)
    assert isinstance(found, Design)
    return found


def test_a_full_factorial() -> None:
    found = designed("ab", itertools.product("xyz", [1, 2]))
    assert [factor.keys for factor in found.factors] == [("a",), ("b",)]
    assert found.factors[0].levels == (("x",), ("y",), ("z",))
    assert found.rows.tolist() == [[[0], [1]], [[2], [3]], [[4], [5]]] and not found.left_out


def test_seeds_and_repeats_are_replicates_and_constants_no_factors() -> None:
    rows = [(a, 7, seed, repeat) for a in "xy" for seed in (0, 1) for repeat in (0, 1)]
    found = designed(["a", "size", "seed", "repeat"], rows)
    assert found.rows.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]] and found.replicates == 4


def test_keys_that_change_together_are_one_factor() -> None:
    rows = [(c, s, p) for c, s in ("ax", "by", "cz") for p in ("max", "avg")]
    found = designed(["content", "style", "pooling"], rows)
    assert [factor.keys for factor in found.factors] == [("content", "style"), ("pooling",)]
    assert found.factors[0].levels[1] == ("b", "y")


def test_a_key_that_follows_from_another_is_not_a_factor_of_its_own() -> None:
    """Styles x and y occur with content a only, z with b only."""
    found = designed(["content", "style", "size"], [(c, s, n) for c, s in ("ax", "ay", "bz") for n in (64, 128)])
    assert [(factor.keys, len(factor.levels)) for factor in found.factors] == [
        (("content", "style"), 3),
        (("size",), 2),
    ]


def test_a_missing_run_costs_one_level() -> None:
    rows = [place for place in itertools.product("abcd", [1, 2, 3]) if place != ("c", 2)]
    found = designed(["style", "size"], rows)
    assert found.rows.shape == (3, 3, 1) and found.total == 11
    assert found.left_out == ((("style",), ("c",)),)


def test_the_value_with_most_gaps_is_left_out() -> None:
    """One size failed for three of four styles."""
    rows = [place for place in itertools.product("abcd", [1, 2, 3]) if place[1] != 3 or place[0] == "a"]
    found = designed(["style", "size"], rows)
    assert found.rows.shape == (4, 2, 1) and found.left_out == ((("size",), (3,)),)


def test_a_missing_replicate_costs_one_of_each() -> None:
    rows = [(a, b, seed) for a in "xy" for b in "uv" for seed in range(3)][:-1]
    found = designed(["a", "b", "seed"], rows)
    assert found.rows.tolist() == [[[0, 1], [3, 4]], [[6, 7], [9, 10]]] and not found.left_out


def test_copies_count_once() -> None:
    """A start from the content gives the same picture with every seed."""
    rows = [(start, style, seed) for start in ("content", "noise") for style in "ab" for seed in (0, 1)]
    assert designed(["init", "style", "seed"], rows, [0, 0, 1, 1, 4, 5, 6, 7]).rows.tolist() == [[[0], [2]], [[4], [6]]]


def test_pairs_that_hardly_cross_are_one_factor() -> None:
    """Five pairs of four contents and four styles, each with three sizes."""
    pairs = ("ax", "ay", "by", "cz", "dw")
    found = designed(["content", "style", "size"], [(c, s, n) for c, s in pairs for n in (1, 2, 3)])
    assert [factor.keys for factor in found.factors] == [("content", "style"), ("size",)]
    assert found.rows.shape == (5, 3, 1) and found.total == 15


def test_a_design_with_too_many_gaps_is_refused() -> None:
    rows = [(number, (number + step) % 6) for number in range(6) for step in (0, 1)]
    said = find(frame(["a", "b"], rows), ["a", "b"])
    assert said == "The runs do not cross a and b: too many combinations are missing."


def test_a_half_fraction_is_refused() -> None:
    """Each factor equals the product of the other two: every main effect is an interaction, too."""
    rows = [(a, b, a * b) for a in (-1, 1) for b in (-1, 1)]
    said = find(frame("abc", rows), "abc")
    assert isinstance(said, str) and said.startswith("The runs do not cross a, b and c")


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        (["a"], [("x",), ("y",)]),  # one factor without replicates
        (["seed"], [(0,), (1,)]),
        (["a"], []),
        (["a", "b"], [(1, 1), (2, 2)]),  # one factor again
    ],
)
def test_too_little_to_explain(keys: list[str], rows: list[tuple[object, ...]]) -> None:
    assert find(frame(keys, rows), keys) == NOTHING


def test_missing_values_are_a_level() -> None:
    found = designed("ab", [(a, b) for a in (math.nan, 0.5) for b in (None, "x")])
    assert [factor.levels for factor in found.factors] == [((None,), (0.5,)), ((None,), ("x",))]
