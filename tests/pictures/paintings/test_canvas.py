"""Colours, ramps and edges against numbers worked out by hand; strokes stay where they are put."""

import numpy as np
import pytest

from nst.pictures.paintings.canvas import (
    SIDE,
    Brush,
    cells,
    grid,
    over,
    paint,
    polygon,
    ramp,
    rgb,
    smooth_noise,
    soft_step,
)


def test_colours_in_hexadecimal() -> None:
    assert rgb("ff0033", "000000").tolist() == [[1.0, 0.0, 0.2], [0.0, 0.0, 0.0]]


def test_a_ramp_is_linear_between_its_colours() -> None:
    found = ramp(np.array([0.0, 0.25, 1.0]), rgb("000000", "ff0000", "ffffff"))
    assert found.tolist() == [[0, 0, 0], [0.5, 0, 0], [1, 1, 1]]


def test_a_soft_step_is_half_at_its_edge() -> None:
    assert soft_step(np.array([0.0, 0.5, 0.55, 2.0]), 0.5, 0.2).tolist() == pytest.approx([0, 0.5, 0.84375, 1])


def test_laid_over_by_cover() -> None:
    below, above = np.zeros((1, 2, 3)), np.ones((1, 2, 3))
    assert over(below, above, np.array([[0.0, 0.25]]))[0, :, 0].tolist() == [0, 0.25]


def test_the_corners_of_the_grid() -> None:
    x, y = grid()
    assert x[0, 0] == y[0, 0] == 0.5 / SIDE and x[0, -1] == y[-1, 0] == 1 - 0.5 / SIDE


def test_noise_is_bounded_and_the_same_each_time() -> None:
    found = smooth_noise(3, 7)
    assert np.abs(found).max() <= 1 and np.array_equal(found, smooth_noise(3, 7))
    assert not np.array_equal(found, smooth_noise(4, 7))


def test_the_nearest_point_and_the_gap_to_the_next() -> None:
    x, y = np.array([[0.0, 0.6]]), np.zeros((1, 2))
    index, gap = cells(np.array([[0.0, 0.0], [1.0, 0.0]]), x, y)
    assert index.tolist() == [[0, 1]] and gap[0].tolist() == pytest.approx([1.0, 0.2])


def test_inside_a_polygon() -> None:
    x, y = np.array([0.5, 2.0]), np.array([0.5, 0.5])
    assert polygon([(0, 0), (1, 0), (1, 1), (0, 1)], x, y).tolist() == [True, False]


def test_strokes_cover_the_canvas_in_the_colours_below() -> None:
    canvas, colours = np.zeros((SIDE, SIDE, 3)), np.full((SIDE, SIDE, 3), 0.5)
    flat = Brush(40, 40, 20, jitter=0, relief=0)
    paint(canvas, colours, np.zeros((SIDE, SIDE)), flat, seed=0)
    assert (canvas > 0.45).mean() > 0.95 and canvas.max() <= 0.5


def test_no_stroke_where_none_is_wanted() -> None:
    canvas, nowhere = np.zeros((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE))
    paint(canvas, canvas + 1, nowhere, Brush(20, 5, 64, 0.1), seed=0, where=nowhere)
    assert not canvas.any()
