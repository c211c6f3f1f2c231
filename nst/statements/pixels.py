"""Measure stored pictures in 8-bit levels: distances between two of them, and the scale of one's strokes.

Distances need no alignment. Scales come from the power spectrum, wherever strokes lie; frequencies
are in cycles per picture (per shorter side), so that pictures of different sizes are comparable. A Hann window keeps
the edges, which do not continue on the opposite side, from counting as strokes.
"""

import itertools
import math
from pathlib import Path

import numpy as np

from nst.metrics.spectrum import FINE as FINE
from nst.metrics.spectrum import Array as Array
from nst.metrics.spectrum import centroid as centroid
from nst.metrics.spectrum import fine as fine
from nst.metrics.spectrum import luma as luma
from nst.metrics.spectrum import power as power
from nst.metrics.spectrum import short_side as short_side
from nst.metrics.spectrum import stroke_distance as stroke_distance
from nst.pictures.read import open_own
from nst.report.figure.pictures import BROKEN

CROP = 100 / 512
"""The write-up enlarges (0, 0) to (100, 100) of pictures whose shorter side is 512."""
AREA = 8
"""Cycles per picture below which power comes from areas, not strokes: a sixteenth of the picture or larger."""
_QUANTILES = (np.arange(256) + 0.5) / 256
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


def corner(picture: Array) -> Array:
    """Return the upper left 100 x 100 pixels of a picture of 512 or more, proportionally fewer of a smaller one."""
    side = min(100, round(CROP * short_side(picture)))
    return picture[:side, :side]


def difference(a: Array, b: Array) -> float:
    """Return the root mean square difference in levels; NaN for pictures of different shape."""
    return float(np.sqrt(np.mean((a - b) ** 2))) if a.shape == b.shape else math.nan


def colour_distance(a: Array, b: Array) -> float:
    """Return the sliced 1-Wasserstein distance of two pictures' colours, in levels; shapes may differ.

    The mean over the 13 directions {-1, 0, 1}^3 of colour space (up to sign) of the distance between the projections.
    """
    projected = (pixels.reshape(-1, 3) @ _DIRECTIONS for pixels in (a, b))
    ours, theirs = (np.quantile(values, _QUANTILES, axis=0) for values in projected)
    return float(np.mean(np.abs(ours - theirs)))


def areas(picture: Array) -> float:
    """Return the root mean square, in levels, of the part below `AREA`."""
    frequencies, spectrum = power(picture)
    return math.sqrt(float(spectrum[frequencies < AREA].sum()))


def areas_share(picture: Array) -> float:
    """Return the share of the variance below `AREA`; NaN for a picture of one grey."""
    total = float(power(picture)[1].sum())
    return areas(picture) ** 2 / total if total > 1e-9 else math.nan
