"""Distances of pictures, worked out by hand, and scales of stripes of known width."""

import math
from pathlib import Path

import numpy as np
import pytest

from nst.statements.pixels import (
    areas,
    areas_share,
    centroid,
    colour_distance,
    corner,
    difference,
    fine,
    luma,
    power,
    read,
    stroke_distance,
)

from .conftest import grey, noise, waves


def test_difference() -> None:
    a, b = grey(10), grey(10)
    b[..., 0] += 6
    assert difference(a, b) == pytest.approx(6 / math.sqrt(3))
    assert math.isnan(difference(a, a[:5]))


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


def test_stripes_have_the_frequency_and_the_power_of_their_wave() -> None:
    """A cosine of amplitude a has the variance a^2 / 2. The window spreads it by one cycle to both sides."""
    picture = waves(cycles=12, strength=40)
    assert centroid(picture) == pytest.approx(12, abs=0.05)
    assert power(picture)[1].sum() == pytest.approx(40**2 / 2, rel=0.01)
    wide = np.concatenate([picture, picture], axis=1)
    assert centroid(wide) == pytest.approx(12, abs=0.05)


def test_areas_strokes_and_noise() -> None:
    """4, 12 and 24 of 64 cycles: below 8 a picture; between; above 0.25 a pixel."""
    shares = [(areas(p), fine(p)) for p in (waves(4, 20), waves(12, 20), waves(24, 20))]
    strong = 20 / math.sqrt(2)
    expected = [(strong, 0), (0, 0), (0, strong)]
    assert np.array(shares) == pytest.approx(np.array(expected), abs=0.5)
    assert areas_share(waves(4, 20)) == pytest.approx(1, abs=0.01)


def test_a_picture_of_one_grey_has_no_scale() -> None:
    assert math.isnan(centroid(grey(9))) and math.isnan(areas_share(grey(9)))
    assert areas(grey(9)) == pytest.approx(0, abs=1e-9)


def test_stroke_distance_counts_octaves_of_power() -> None:
    """Twice as strong is four times the power at every frequency: two octaves. A shift changes nothing."""
    picture = noise(3, (48, 48)) / 4
    assert stroke_distance(picture, 2 * picture) == pytest.approx(2, abs=1e-4)
    assert stroke_distance(waves(6, 30), waves(6, 30, phase=0.5)) == pytest.approx(0, abs=0.05)
