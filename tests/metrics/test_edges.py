"""Similarity of gradients, against a value worked out by hand."""

import numpy as np
import pytest
from PIL import Image

from nst.metrics.edges import gradient_similarity


def ramp(step: int) -> Image.Image:
    """Greys that grow from left to right by `step` levels every two pixels."""
    row = np.repeat(np.arange(8, dtype=np.uint8) * step, 2)
    return Image.fromarray(np.repeat(row[None, :, None], 16, axis=0).repeat(3, axis=2))


def test_equal_pictures_are_1_and_0() -> None:
    assert gradient_similarity(ramp(9), ramp(9)) == (1, 0)


def test_a_ramp_against_a_flat_picture() -> None:
    """Prewitt / 3 sums three rows of right - left over 3: 2 x 10 levels inside, 10 at the two edges, 0 of the other.

    170 / (400 + 170) = .29825 on six columns of eight, 170 / (100 + 170) = .62963 on two.
    """
    found = gradient_similarity(ramp(10), Image.new("RGB", (16, 16), (50, 50, 50)))
    inside, edge = 170 / 570, 170 / 270
    mean = (6 * inside + 2 * edge) / 8
    assert found == pytest.approx((mean, abs(edge - inside) * np.sqrt(2 / 8 * 6 / 8)))


def test_constant_and_small_pictures() -> None:
    flat = Image.new("RGB", (9, 5), (7, 7, 7))
    assert gradient_similarity(flat, Image.new("RGB", (9, 5), (90, 90, 90))) == (1, 0)
    assert gradient_similarity(flat.resize((3, 9)), flat.resize((3, 9))) is None
