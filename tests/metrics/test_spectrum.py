"""The scale of strokes; the other functions are tested with the write-up's claims."""

import numpy as np
import pytest

from nst.metrics.spectrum import stroke_scale


def test_the_wavelength_of_a_grating() -> None:
    """Eight waves across 64 pixels: 8 pixels each."""
    wave = np.sin(2 * np.pi * 8 * np.arange(64) / 64) * 40
    change = np.repeat(wave[None, :, None], 64, axis=0).repeat(3, axis=2)
    assert stroke_scale(change) == pytest.approx(8, rel=0.02)


def test_no_change_has_no_strokes() -> None:
    assert stroke_scale(np.zeros((32, 48, 3))) is None
