"""Scales of stripes of known width."""

import math

import numpy as np
import pytest

from nst.writeup.claims.spectrum import areas, areas_share, centroid, fine, power, stroke_distance

from .conftest import grey, noise, waves


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
