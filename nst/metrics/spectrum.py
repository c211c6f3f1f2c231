"""The scale of a picture's strokes by the power spectrum of its luma, wherever they lie.

Frequencies are in cycles per picture (per its shorter side), so that pictures of different size compare. A Hann window
keeps the edges, which do not continue on the other side, from counting as strokes.
"""

import math

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

Array = npt.NDArray[np.float64]

FIRST = 4
"""Cycles per picture below which there are too few waves in a half-octave for their mean to say anything."""
FINE = 0.25
"""Cycles per pixel, half of what a pixel grid can hold, above which there is noise rather than strokes."""
_LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709


def short_side(picture: Array) -> int:
    """Return the pixels of the shorter side."""
    return min(int(side) for side in picture.shape[:2])


def luma(picture: Array) -> Array:
    """Return the (H, W) weighted sum of the gamma-coded channels, in levels."""
    grey: Array = picture @ _LUMA
    return grey


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


def stroke_distance(a: Array, b: Array) -> float:
    """Return the root mean square difference, in octaves of power, of two spectra over half-octaves of frequency."""
    ours, theirs = (_half_octaves(picture) for picture in (a, b))
    count = min(len(ours), len(theirs))
    return float(np.sqrt(np.mean((ours[:count] - theirs[:count]) ** 2))) if count else math.nan


def _half_octaves(picture: Array) -> Array:
    """Return log2 of the mean power from `FIRST` upwards, a value each half-octave.

    Power is that per square of one cycle per shorter side, which a picture of another shape has more or less of.
    """
    frequencies, spectrum = power(picture)
    edges = FIRST * 2 ** (np.arange(0, 2 * math.log2(short_side(picture) / 2 / FIRST) + 1e-9) / 2)
    places = np.digitize(frequencies.ravel(), edges)
    sums = np.bincount(places, spectrum.ravel(), len(edges) + 1)
    counts = np.bincount(places, minlength=len(edges) + 1)
    squares = picture.shape[0] * picture.shape[1] / short_side(picture) ** 2
    means = squares * sums[1:-1] / np.maximum(counts[1:-1], 1)
    octaves: Array = np.log2(means[counts[1:-1] > 0] + 1e-6)
    return octaves


def _hann(length: int) -> Array:
    """Return a window that is never 0, so that a row of one pixel has one, too."""
    window: Array = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    return window


def levels(image: Image) -> Array:
    """Return an 8-bit picture as (H, W, 3) levels."""
    return np.asarray(image, dtype=np.float64)


def stroke_scale(change: Array) -> float | None:
    """Return the wavelength, in pixels, at the centroid of what a transfer changed; None if nothing was."""
    frequency = centroid(change)
    return short_side(change) / frequency if frequency > 0 else None
