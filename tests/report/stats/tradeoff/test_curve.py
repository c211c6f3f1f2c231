"""Curves and the distance between them, worked out by hand."""

from pathlib import Path

import pytest

from nst.report.stats.tradeoff.choice import choose
from nst.report.stats.tradeoff.curve import Curve, Gap, curves, gap

from .frames import PAIRS, frame, line, rows


def curve(*points: tuple[float, float]) -> Curve:
    return Curve("m", ("a", "k"), (), tuple(range(len(points))), points)


def test_two_parallel_lines_where_both_are() -> None:
    """From 0 to 2 and from 1 to 4: they share 1 to 2, a quarter of what either reaches."""
    found = gap(curve((0, 3), (2, 3)), curve((1, 1), (4, 1)))
    assert found == Gap(pytest.approx(2), pytest.approx(0.25))


def test_the_area_between_crossing_lines() -> None:
    """The difference is -1/2 at 0, 0 at 1/2 and 1 at 1: triangles of -1/8 and of 1/4."""
    found = gap(curve((0, 0), (1, 1)), curve((0, 0.5), (0.5, 0.5), (1, 0)))
    assert found is not None
    assert found.difference == pytest.approx(-0.125 + 0.25)
    assert found.share == 1


def test_nothing_is_extrapolated() -> None:
    assert gap(curve((0, 1), (1, 2)), curve((2, 9), (3, 9))) is None
    assert gap(curve((0, 1), (1, 2)), curve((1, 9), (3, 9))) is None  # one point is no range
    assert gap(curve((0, 1)), curve((0, 2), (1, 3))) is None
    assert gap(curve(), curve((0, 2), (1, 3))) is None


def test_a_curve_that_turns_back_is_joined_in_the_order_of_content_kept() -> None:
    back = curve((0.8, 0), (0.4, 1), (0.6, 3))
    assert back.turns_back and [list(side) for side in back.line] == [[0.4, 0.6, 0.8], [1, 3, 0]]
    assert not curve((0.8, 0), (0.6, 1), (0.6, 3), (0.4, 5)).turns_back
    assert [list(side) for side in curve((0.8, 0), (0.6, 1), (0.6, 3)).line] == [[0.6, 0.8], [2, 0]]


def test_one_for_each_method_and_pair() -> None:
    runs = frame(rows("sliced", line(), PAIRS[:2]), rows("cmd", line(0.1), PAIRS[:2]))
    choice = choose(runs, {})
    assert choice is not None
    found = curves(runs, choice, "content_fidelity", "global_effects")
    assert [(one.method, one.pair) for one in found] == [
        *(("sliced", ("a", "k")), ("sliced", ("b", "l")), ("cmd", ("a", "k")), ("cmd", ("b", "l")))
    ]
    assert found[0].at == (1e3, 1e4, 1e5)
    assert found[0].points == (pytest.approx((0.8, 0.2)), pytest.approx((0.6, 0.4)), pytest.approx((0.4, 0.6)))


def test_repeats_are_one_point_and_what_is_unfinished_or_not_measured_none() -> None:
    runs = frame(rows("sliced", line(), PAIRS[:1]) * 2, rows("cmd", line(), PAIRS[:1]))
    choice = choose(runs, {})
    assert choice is not None
    runs.loc[6, "state"] = "failed"
    runs.loc[7, "content_fidelity"] = float("nan")
    assert [len(one.points) for one in curves(runs, choice, "content_fidelity", "global_effects")] == [3, 1]


def test_a_copy_of_a_picture_has_its_name() -> None:
    runs = frame(rows("sliced", line(), PAIRS[:2]), rows("cmd", line(), PAIRS[:2]))
    choice = choose(runs, {})
    assert choice is not None
    runs["content_picture"] = [Path("same.png")] * len(runs)
    found = curves(runs, choice, "content_fidelity", "global_effects")
    assert {one.pair for one in found} == {("a", "k"), ("a", "l")}
