"""Third moments, worked out by hand."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst.metrics.moments import feature_distance, pixel_distance, third_moments


def picture(*levels: float) -> Image.Image:
    """Columns of these greys."""
    row = np.repeat(np.array(levels, dtype=np.uint8)[None, :, None], 3, axis=2)
    return Image.fromarray(np.repeat(row, 4, axis=0))


def test_third_moments_keep_their_sign() -> None:
    """{0, 0, 3}: mean 1, cubes -1, -1, 8, so 2; mirrored, -2; a constant has 0."""
    rows = torch.tensor([[0.0, 0.0, 5.0], [0.0, 0.0, 5.0], [3.0, -3.0, 5.0]])
    root = 2 ** (1 / 3)
    torch.testing.assert_close(third_moments(rows), torch.tensor([root, -root, 0.0], dtype=torch.float64))


def test_colours_in_levels() -> None:
    """{0, 0, 30} has 10 times the root of 2; {0, 15, 30} is even."""
    assert pixel_distance(picture(0, 0, 30), picture(0, 15, 30)) == pytest.approx(10 * 2 ** (1 / 3), rel=1e-4)
    assert pixel_distance(picture(0, 0, 30), picture(100, 130, 100)) == pytest.approx(0, abs=1e-4)


def test_features() -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8))
    turned = noise.rotate(90)
    assert feature_distance(noise, noise) == 0
    assert 0 < (feature_distance(noise, turned) or 0) < (feature_distance(noise, Image.new("RGB", (24, 24))) or 0)


def test_a_picture_too_small_has_no_features() -> None:
    assert feature_distance(picture(0, 1, 2), picture(0, 1, 2)) is None
