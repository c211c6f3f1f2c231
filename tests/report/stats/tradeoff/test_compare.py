"""Comparisons with known answers: in both directions, by chance, of few pictures, and of methods that are worse."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from nst.report.stats.intervals import Mean, mean
from nst.report.stats.tradeoff.choice import choose
from nst.report.stats.tradeoff.compare import Comparison, chance, comparisons, independent

from .frames import PAIRS, WOBBLE, Points, frame, line, rows

LIFT = 0.1


def compared(runs: pd.DataFrame) -> list[Comparison]:
    choice = choose(runs, {})
    assert choice is not None
    return comparisons(runs, choice)


@pytest.mark.parametrize(("lift", "winner"), [(LIFT, "cmd"), (-LIFT, "sliced")])
def test_in_both_directions(lift: float, winner: str) -> None:
    """Every axis says so, those of measures of which less is better, too."""
    found = compared(frame(rows("sliced", line()), rows("cmd", line(lift))))
    assert len(found) == 2 * 2 and {one.winner for one in found} == {winner}
    for one in found:
        assert (one.first, one.second, one.unit, one.wins, one.apart) == ("cmd", "sliced", "pairs", 6, 0)
        assert one.share == pytest.approx(1)
        sign = 1 if one.y.better == "higher" else -1
        assert one.about.mean == pytest.approx(sign * (lift + 0.0005))  # the wobbles' mean
        assert one.about.half == pytest.approx(mean(WOBBLE).half)


def test_a_method_that_only_moves_along_the_curve_is_no_better() -> None:
    """As with twice the weight: more style for less content, but the same at equal content."""
    found = compared(frame(rows("sliced", line()), rows("cmd", line(shift=-0.1))))
    assert {one.verdict for one in found} == {"undecided"}
    assert found[0].share == pytest.approx(0.3 / 0.5)


@pytest.mark.parametrize("seed", range(5))
def test_added_noise_is_never_better(seed: int) -> None:
    """It costs content, and where it is kept, style."""
    random = np.random.default_rng(seed)

    def noisy(pair: int, weight: int) -> tuple[float, float]:
        x, y = line()(pair, weight)
        return x - abs(random.normal(0.05, 0.02)), y - abs(random.normal(0, 0.02))

    assert {one.winner for one in compared(frame(rows("sliced", line()), rows("cmd", noisy)))} == {"sliced"}


def test_half_the_evaluations_are_never_better() -> None:
    """The content changes as much, while the style is met half as well; as methods, numbers of steps."""

    def half(pair: int, weight: int) -> tuple[float, float]:
        x, y = line()(pair, weight)
        return x, y * (0.5 + 0.01 * pair)

    runs = frame(rows("sliced", line()), rows("sliced", half), keys=["steps"])
    runs["steps"] = [100] * 18 + [50] * 18
    choice = choose(runs, {"content_loss": "mse"})
    assert choice is not None and choice.method == "steps"
    assert {one.winner for one in comparisons(runs, choice)} == {100}


def test_shuffled_labels_give_no_verdict() -> None:
    """On each pair of pictures the names of the two methods are thrown anew, evenly."""
    names = [("sliced", "cmd"), ("cmd", "sliced")] * 3
    parts = [
        frame(rows(one, line(), [pair]), rows(other, line(LIFT), [pair]))
        for pair, (one, other) in zip(PAIRS, names, strict=True)
    ]
    runs = pd.concat(parts, ignore_index=True)
    runs.attrs["keys"] = parts[0].attrs["keys"]
    found = compared(runs)
    assert {one.verdict for one in found} == {"undecided"} and {one.wins for one in found} == {3}


@pytest.mark.parametrize("many", [1, 4])
def test_few_pictures_decide_nothing(many: int) -> None:
    found = compared(frame(rows("sliced", line(), PAIRS[:many]), rows("cmd", line(LIFT), PAIRS[:many])))
    assert {(one.verdict, len(one.gaps)) for one in found} == {("undecided", many)}
    with pytest.raises(ValueError, match="undecided"):
        _ = found[0].winner


def test_equal_differences_decide_nothing() -> None:
    """Copies of one observation have no spread."""

    def same(pair: int, weight: int) -> tuple[float, float]:
        return 0.5 + 0.25 * weight, 0.5 * weight

    found = compared(frame(rows("sliced", lambda pair, weight: (0.5 + 0.25 * weight, 0.0)), rows("cmd", same)))
    assert {(one.verdict, one.about.half) for one in found} == {("undecided", None)}


def test_pictures_in_several_pairs_count_once() -> None:
    """Three contents in each of four styles are three pictures, not twelve pairs."""
    grid = [(content, style) for content in "abc" for style in "klmn"]

    def lifted(pair: int, weight: int) -> tuple[float, float]:
        x, y = 0.8 - 0.2 * weight, 0.2 + 0.2 * weight
        return x, y + LIFT + 0.001 * pair

    found = compared(frame(rows("sliced", lambda _, weight: line()(0, weight), grid), rows("cmd", lifted, grid)))
    assert {(one.unit, len(one.gaps), one.verdict) for one in found} == {("contents", 3, "undecided")}
    assert found[0].gaps == pytest.approx((0.1015, 0.1055, 0.1095))  # means of 0 to 3, 4 to 7, and 8 to 11


def test_seeds_are_averaged_within_a_pair() -> None:
    runs = frame(*(rows(name, line(up), PAIRS[:4]) for up in (0.0, 0.2) for name in ("sliced", "cmd")), keys=["seed"])
    runs["seed"] = [0] * 24 + [1] * 24
    runs.loc[runs["style_loss"].eq("cmd"), "global_effects"] += 0.05
    found = compared(runs)[0]
    assert len(found.gaps) == 4 and found.gaps == pytest.approx((0.05,) * 4)


def test_without_content_kept_in_common() -> None:
    found = compared(frame(rows("sliced", line()), rows("cmd", line(shift=-1))))
    assert {(one.gaps, one.apart, one.verdict) for one in found} == {((), 6, "undecided")}


@pytest.mark.parametrize(
    ("pairs", "unit", "groups"),
    [
        ([("a", "k"), ("b", "l")], "pairs", 2),
        ([("a", "k"), ("b", "k"), ("c", "k")], "pairs", 3),  # of one style
        ([("a", "k"), ("b", "k"), ("c", "l"), ("d", "m")], "styles", 3),
        ([("a", "k"), ("a", "l"), ("b", "m")], "contents", 2),
        ([("a", "k"), ("a", "k")], "pairs", 1),
        ([], "pairs", 0),
    ],
)
def test_independent_pictures(pairs: Sequence[tuple[str, str]], unit: str, groups: int) -> None:
    found = independent(pairs)
    assert (found[0], len(found[1])) == (unit, groups)
    assert set().union(*found[1]) == set(pairs)


def test_chance() -> None:
    """An interval that ends at 0 has p = 0.05; none has 1."""
    assert chance(Mean(6, 2.0, 2.0)) == chance(Mean(6, -2.0, 2.0)) == pytest.approx(0.05)
    assert chance(Mean(6, 2.0)) == 1


def test_holm() -> None:
    """Of three methods: t(5) is 2.571 at 0.05 and 3.534 at 0.05 / 3. A lift of 3 standard errors is decided alone only.

    Wobbles of +-s have a standard error of s sqrt(6 / 5) / sqrt(6) = s / sqrt(5).
    """
    spread = 0.05

    def lifted(errors: float, order: Sequence[int]) -> Points:
        def at(pair: int, weight: int) -> tuple[float, float]:
            x, y = line()(pair, weight)
            return x, y + spread * (errors / math.sqrt(5) + order[pair])

        return at

    odd, pairwise = (1, -1, 1, -1, 1, -1), (1, 1, -1, -1, 1, -1)
    two = [rows("sliced", line()), rows("cmd", lifted(3, odd))]
    assert {one.verdict for one in compared(frame(*two))} == {"first"}
    three = compared(frame(*two, rows("mean", lifted(0, pairwise))))
    assert {(one.first, one.verdict) for one in three if one.first == "cmd"} == {("cmd", "undecided")}


def test_more_than_six_methods_are_compared_with_the_first() -> None:
    many = ["sliced", "cmd", "remd", "mean", "mean_std", "histogram", "patches"]
    found = compared(frame(*(rows(name, line(0.01 * number), PAIRS[:1]) for number, name in enumerate(many))))
    assert [one.first for one in found if one.x == found[0].x and one.y == found[0].y] == many[1:]
    assert {one.second for one in found} == {"sliced"}
