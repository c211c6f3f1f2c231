"""Labels moved apart as little as needed."""

import pytest

from nst.report.figure.avoid_overlap import spread


def test_far_apart_stays() -> None:
    assert spread([10, 90, 50], 20, 0, 100) == [10, 90, 50]


def test_neighbours_part_around_their_middle() -> None:
    assert spread([50, 50], 20, 0, 100) == [40, 60]
    assert spread([50, 52, 90], 20, 0, 100) == [41, 61, 90]


def test_kept_inside() -> None:
    assert spread([1, 2, 3], 20, 0, 100) == [0, 20, 40]
    assert spread([99, 100], 20, 0, 100) == [80, 100]


def test_too_many_share_what_there_is() -> None:
    assert spread([5, 5, 5], 100, 0, 100) == pytest.approx([0, 50, 100])


def test_nothing() -> None:
    assert spread([], 10, 0, 100) == []
