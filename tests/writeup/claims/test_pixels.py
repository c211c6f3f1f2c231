"""Distances of pictures, worked out by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from nst.writeup.claims.pixels import aligned_difference, colour_distance, corner, difference, luma, read

from .conftest import grey, noise


def test_difference() -> None:
    a, b = grey(10), grey(10)
    b[..., 0] += 6
    assert difference(a, b) == pytest.approx(6 / math.sqrt(3))
    assert math.isnan(difference(a, a[:5])) and math.isnan(aligned_difference(a, a[:5]))


def test_a_shift_is_no_difference_once_aligned() -> None:
    a = noise(0, (24, 31))
    b = np.roll(a, (5, -7), axis=(0, 1))
    assert difference(a, b) > 90
    assert aligned_difference(a, b) == pytest.approx(0, abs=1e-3)
    assert aligned_difference(a, b + 4) == pytest.approx(4)


def test_colours_wherever_they_are() -> None:
    """10 levels more in all channels: 10 along 3 axes, 20 / sqrt 2 along 3 diagonals and 0 along 3 others, 30 / sqrt 3
    along one and 10 / sqrt 3 along 3."""
    a = noise(0) / 2
    shuffled = np.random.default_rng(1).permutation(a.reshape(-1, 3)).reshape(16, 64, 3)
    assert colour_distance(a, shuffled) == pytest.approx(0)
    expected = (3 * 10 + 3 * 20 / math.sqrt(2) + 30 / math.sqrt(3) + 3 * 10 / math.sqrt(3)) / 13
    assert colour_distance(a, shuffled + 10) == pytest.approx(expected)


@pytest.mark.parametrize(("side", "expected"), [(512, 100), (1024, 100), (128, 25), (256, 50)])
def test_corner(side: int, expected: int) -> None:
    assert corner(np.zeros((side, side + 8, 3))).shape == (expected, expected, 3)


def test_luma() -> None:
    assert luma(grey(100)) == pytest.approx(np.full((32, 32), 100.0))


def test_a_broken_picture_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG no more")
    assert read(tmp_path / "a.png") is None and read(tmp_path / "b.png") is None and read(None) is None
