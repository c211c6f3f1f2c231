"""Distances between the colours of two pictures, wherever they are: by channel, and by hue in log-chroma."""

import math

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image, Resampling

BINS = 128
"""Bins of a channel's 256 levels; always these, never the range of one picture."""
CHROMA_BINS, CHROMA_RANGE, CHROMA_WIDTH = 64, 3.0, 0.02
CHROMA_SIDE = 150
"""Pixels of the longer side at which chroma is counted."""
EPSILON = 1e-6
_OTHERS = ((1, 2), (0, 2), (0, 1))
"""For each of R, G and B the two channels that its logarithm is compared with."""

Array = npt.NDArray[np.float64]


def channel_cosine(image: Image, style: Image) -> float:
    """Return the mean over R, G and B of the cosine of two histograms of `BINS` bins."""
    pairs = zip(_channels(image), _channels(style), strict=True)
    return float(np.mean([ours @ theirs / math.sqrt((ours @ ours) * (theirs @ theirs)) for ours, theirs in pairs]))


def _channels(image: Image) -> list[Array]:
    levels = np.asarray(image).reshape(-1, 3)
    return [np.bincount(levels[:, channel] // (256 // BINS), minlength=BINS).astype(np.float64) for channel in range(3)]


def log_chroma_distance(image: Image, style: Image) -> float:
    """Return the Hellinger distance of two pictures' histograms of chroma: 0 for equal ones, 1 for disjoint ones."""
    return hellinger(chroma_histogram(image), chroma_histogram(style))


def hellinger(one: Array, other: Array) -> float:
    """Return the Hellinger distance of distributions: the root of half the squared difference of their roots."""
    return float(np.sqrt(np.square(np.sqrt(one) - np.sqrt(other)).sum() / 2))


def chroma_histogram(image: Image) -> Array:
    """Return the distribution (3, 64, 64) of a picture's log-chroma (Afifi et al. 2021, RGB-uv).

    For each channel, u and v are its logarithm less that of the two others. A pixel counts in every bin with the
    inverse quadratic 1 / (1 + (d / 0.02)^2) of its distance d, weighted by its brightness, the length of its colour.
    """
    pixels = _small(image).reshape(-1, 3)
    logs = np.log(pixels + EPSILON)
    weights = np.linalg.norm(pixels, axis=1) + EPSILON
    planes = [
        _product(_kernel(logs[:, channel] - logs[:, u]) * weights, _kernel(logs[:, channel] - logs[:, v]))
        for channel, (u, v) in enumerate(_OTHERS)
    ]
    histogram = np.stack(planes)
    found: Array = histogram / histogram.sum()
    return found


def _kernel(values: Array) -> Array:
    """Return how much each value counts in each bin, (bins, values)."""
    centres = np.linspace(-CHROMA_RANGE, CHROMA_RANGE, CHROMA_BINS)[:, None]
    kernel: Array = 1 / (1 + ((values - centres) / CHROMA_WIDTH) ** 2)
    return kernel


def _product(one: Array, other: Array) -> Array:
    """Return one @ other.T, by PyTorch: its threads are as many as this process was given."""
    product: Array = (torch.from_numpy(one) @ torch.from_numpy(other).T).numpy()
    return product


def _small(image: Image) -> Array:
    scale = CHROMA_SIDE / max(image.size)
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in image.size)
        image = image.resize((width, height), Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float64) / 255
