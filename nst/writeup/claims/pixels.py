"""Measure stored pictures in 8-bit levels: distances between two of them, and the scale of one's strokes.

Distances need no alignment, or do it themselves. Scales come from the power spectrum, wherever strokes lie; frequencies
are in cycles per picture (per shorter side), so that pictures of different sizes are comparable. A Hann window keeps
the edges, which do not continue on the opposite side, from counting as strokes.
"""

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
AREA = 8
"""Cycles per picture below which power comes from areas, not strokes: a sixteenth of the picture or larger."""
FIRST = 4
"""Cycles per picture below which a half-octave has too few waves for a meaningful average."""
FINE = 0.25
"""Cycles per pixel, half the Nyquist limit, above which power comes from noise, not strokes."""
_QUANTILES = (np.arange(256) + 0.5) / 256
_LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
_SIGNS = [signs for signs in itertools.product((-1, 0, 1), repeat=3) if signs > (0, 0, 0)]
_DIRECTIONS = np.array(_SIGNS, dtype=np.float64).T / np.linalg.norm(_SIGNS, axis=1)


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
    """Return the length of the shorter side in pixels."""
    return min(int(side) for side in picture.shape[:2])


def corner(picture: Array) -> Array:
    """Return the upper left 100 x 100 pixels of a picture of 512 or more, proportionally fewer of a smaller one."""
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
    """Return `difference` at the best cyclic shift of one against the other (FFT): 0 if one is merely shifted."""
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


def power(picture: Array) -> tuple[Array, Array]:
    """Return frequencies, and the power there of a picture's luma, or of greys (H, W): its variance in levels^2."""
    grey = luma(picture) if picture.ndim == 3 else picture
    height, width = grey.shape
    window = np.outer(_hann(height), _hann(width))
    mean = np.sum(grey * window) / np.sum(window)
    spectrum = np.abs(np.fft.fft2((grey - mean) * window)) ** 2 / (grey.size * np.sum(window**2))
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
    return np.hypot(rows, columns) * short_side(picture), spectrum


def centroid(picture: Array) -> float:
    """Return the mean frequency, weighted by power, in cycles per picture; NaN for a picture of one grey."""
    frequencies, spectrum = power(picture)
    total = float(spectrum.sum())
    return float(np.sum(frequencies * spectrum)) / total if total > 1e-9 else math.nan


def fine(picture: Array) -> float:
    """Return the root mean square, in levels, of the part above `FINE`."""
    frequencies, spectrum = power(picture)
    return math.sqrt(float(spectrum[frequencies >= FINE * short_side(picture)].sum()))


def areas(picture: Array) -> float:
    """Return the root mean square, in levels, of the part below `AREA`."""
    frequencies, spectrum = power(picture)
    return math.sqrt(float(spectrum[frequencies < AREA].sum()))


def areas_share(picture: Array) -> float:
    """Return the share of the variance below `AREA`; NaN for a picture of one grey."""
    total = float(power(picture)[1].sum())
    return areas(picture) ** 2 / total if total > 1e-9 else math.nan


def stroke_distance(a: Array, b: Array) -> float:
    """Return the root mean square difference, in octaves of power, of two spectra over half-octaves of frequency."""
    ours, theirs = (_half_octaves(picture) for picture in (a, b))
    count = min(len(ours), len(theirs))
    return float(np.sqrt(np.mean((ours[:count] - theirs[:count]) ** 2))) if count else math.nan


def _half_octaves(picture: Array) -> Array:
    """Return log2 of the mean power from `FIRST` upwards, one value per half-octave."""
    frequencies, spectrum = power(picture)
    edges = FIRST * 2 ** (np.arange(0, 2 * math.log2(short_side(picture) / 2 / FIRST) + 1e-9) / 2)
    places = np.digitize(frequencies.ravel(), edges)
    sums = np.bincount(places, spectrum.ravel(), len(edges) + 1)
    counts = np.bincount(places, minlength=len(edges) + 1)
    means = sums[1:-1] / np.maximum(counts[1:-1], 1)
    octaves: Array = np.log2(means[counts[1:-1] > 0] + 1e-6)
    return octaves


def _hann(length: int) -> Array:
    """Return a window that is never 0, so that it also works for a single pixel."""
    window: Array = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    return window
