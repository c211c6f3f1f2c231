"""Distances of colours, whose places do not count, against numbers worked out by hand."""

import math

import numpy as np
import pytest
from PIL import Image

from nst.metrics.colours import channel_cosine, chroma_histogram, hellinger, log_chroma_distance


def two(first: tuple[int, int, int], second: tuple[int, int, int]) -> Image.Image:
    """Half of one colour, half of another."""
    picture = Image.new("RGB", (8, 8), first)
    picture.paste(second, (0, 0, 8, 4))
    return picture


def test_hellinger_of_disjoint_and_of_half_shared_distributions() -> None:
    """1 for disjoint ones; of (1/2, 1/2) and (1, 0): sqrt(1 - sqrt(1/2)) = .5412."""
    halves, one, other = np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert hellinger(one, other) == pytest.approx(1) and hellinger(one, one) == 0
    assert hellinger(halves, one) == pytest.approx(0.5412, abs=5e-5)


def test_channels_by_bins_of_two_levels() -> None:
    """R: half of its pixels shared, 1/2 over 1/sqrt 2 = .7071; G and B the same: (.7071 + 2) / 3."""
    picture, style = Image.new("RGB", (8, 8), (100, 9, 9)), two((101, 9, 9), (102, 9, 9))
    assert channel_cosine(picture, style) == pytest.approx((math.sqrt(0.5) + 2) / 3)


def test_a_shifted_picture_has_other_colours() -> None:
    """The bins are those of 0 to 255, not of one picture's range."""
    assert channel_cosine(Image.new("RGB", (8, 8), (10,) * 3), Image.new("RGB", (8, 8), (20,) * 3)) == 0


def test_places_do_not_count() -> None:
    picture = two((200, 30, 30), (20, 90, 200))
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    assert channel_cosine(picture, turned) == pytest.approx(1)
    assert log_chroma_distance(picture, turned) == pytest.approx(0, abs=1e-7)


def test_chroma_is_a_distribution_and_ignores_brightness() -> None:
    """Half as bright is the same hue; another hue is nearly disjoint but for the kernel's tails."""
    red, dark, blue = (Image.new("RGB", (8, 8), colour) for colour in ((200, 40, 40), (100, 20, 20), (40, 40, 200)))
    assert chroma_histogram(red).sum() == pytest.approx(1) and chroma_histogram(red).shape == (3, 64, 64)
    assert log_chroma_distance(red, dark) < 1e-3 < 0.8 < log_chroma_distance(red, blue) < 1


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_constant_picture_has_finite_colours(level: int) -> None:
    picture = Image.new("RGB", (5, 400), (level,) * 3)
    assert np.isfinite(chroma_histogram(picture)).all() and log_chroma_distance(picture, picture) == 0
    assert channel_cosine(picture, picture) == 1
