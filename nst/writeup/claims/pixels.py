"""Stored pictures as arrays in 8-bit levels, and distances between two of them that need no alignment or make it."""

import itertools
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nst.pictures.read import open_own
from nst.report.figure.pictures import BROKEN

Array = npt.NDArray[np.float64]

CROP = 100 / 512
"""The write-up enlarges (0, 0) to (100, 100) of pictures whose shorter side is 512."""
_QUANTILES = (np.arange(256) + 0.5) / 256
_LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709


def read(path: Path | None) -> Array | None:
    """Read a picture as (H, W, 3) RGB in [0, 255]; None if there is none, or if it is broken."""
    if path is None:
        return None
    try:
        with open_own(path) as image:
            return np.asarray(image.convert("RGB"), dtype=np.float64)
    except BROKEN:
        return None


def short_side(picture: Array) -> int:
    """Return the pixels of the shorter side."""
    return min(int(side) for side in picture.shape[:2])


def corner(picture: Array) -> Array:
    """Return the upper left 100 x 100 pixels of a picture of 512 or more, fewer in proportion of a smaller one."""
    side = min(100, round(CROP * short_side(picture)))
    return picture[:side, :side]


def luma(picture: Array) -> Array:
    """Return the (H, W) weighted sum of the gamma-coded channels, in levels."""
    grey: Array = picture @ _LUMA
    return grey


def difference(a: Array, b: Array) -> float:
    """Return the root mean square difference in levels; NaN for pictures of different shape."""
    return float(np.sqrt(np.mean((a - b) ** 2))) if a.shape == b.shape else math.nan


def aligned_difference(a: Array, b: Array) -> float:
    """Return `difference` at the best cyclic shift of one against the other (FFT): 0 for a mere shift."""
    if a.shape != b.shape:
        return math.nan
    spectra = np.conj(np.fft.rfft2(a, axes=(0, 1))) * np.fft.rfft2(b, axes=(0, 1))
    best = float(np.fft.irfft2(spectra.sum(axis=2), s=a.shape[:2]).max())
    squared = float(np.sum(a**2) + np.sum(b**2)) - 2 * best
    return math.sqrt(max(0.0, squared) / a.size)


def colour_distance(a: Array, b: Array) -> float:
    """Return the sliced 1-Wasserstein distance of two pictures' colours, in levels; shapes may differ.

    The mean over the 13 directions {-1, 0, 1}^3 of colour space (up to sign) of the distance between the projections.
    """
    projected = (pixels.reshape(-1, 3) @ _DIRECTIONS for pixels in (a, b))
    ours, theirs = (np.quantile(values, _QUANTILES, axis=0) for values in projected)
    return float(np.mean(np.abs(ours - theirs)))


def _directions() -> Array:
    signs = [v for v in itertools.product((-1, 0, 1), repeat=3) if v > (0, 0, 0)]
    vectors = np.array(signs, dtype=np.float64).T
    unit: Array = vectors / np.linalg.norm(vectors, axis=0)
    return unit


_DIRECTIONS = _directions()
