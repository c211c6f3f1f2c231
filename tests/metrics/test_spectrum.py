"""The scale of strokes; the other functions are tested with the write-up's claims."""

import numpy as np
import pytest

from nst.metrics.spectrum import stroke_distance, stroke_scale


def test_the_wavelength_of_a_grating() -> None:
    """Eight waves across 64 pixels: 8 pixels each."""
    wave = np.sin(2 * np.pi * 8 * np.arange(64) / 64) * 40
    change = np.repeat(wave[None, :, None], 64, axis=0).repeat(3, axis=2)
    assert stroke_scale(change) == pytest.approx(8, rel=0.02)


@pytest.mark.parametrize("shape", [(256, 512), (1024, 256), (512, 512)])
def test_one_texture_in_pictures_of_two_shapes_has_one_spectrum(shape: tuple[int, int]) -> None:
    """White noise. At twice the side, its power is spread over four times as many squares of a cycle per side."""
    rng = np.random.default_rng(0)
    one, other = (rng.normal(128, 20, size) for size in ((256, 256), shape))
    expected = 2 * np.log2(min(shape) / 256)
    assert stroke_distance(one, other) == pytest.approx(expected, abs=0.45)  # the lowest half-octave has 50 frequencies


def test_no_change_has_no_strokes() -> None:
    assert stroke_scale(np.zeros((32, 48, 3))) is None
