"""Similarity of gradients: how much of the content's edges is kept (Xue et al. 2014)."""

import numpy as np
import numpy.typing as npt
from PIL.Image import Image
from scipy.ndimage import prewitt

GREY = np.array([0.299, 0.587, 0.114])
STABILITY = 170.0
"""The constant for levels from 0 to 255."""

Array = npt.NDArray[np.float64]


def gradient_similarity(image: Image, content: Image) -> tuple[float, float] | None:
    """Return mean (GMS) and deviation of the similarity of gradients; 1 and 0 for equal pictures, None below 4 pixels.

    (2 g g' + t) / (g^2 + g'^2 + t) at every position, of the lengths of Prewitt gradients of grey pictures, each
    averaged over 2 x 2 pixels first. Beyond the border the outermost pixels are repeated.
    """
    if min(image.size) < 4:
        return None
    ours, theirs = (_gradient(each) for each in (image, content))
    similarity = (2 * ours * theirs + STABILITY) / (ours**2 + theirs**2 + STABILITY)
    return float(similarity.mean()), float(similarity.std())


def _gradient(image: Image) -> Array:
    grey = np.asarray(image, dtype=np.float64) @ GREY
    height, width = (side // 2 * 2 for side in grey.shape)
    small = grey[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    down, across = (prewitt(small, axis=axis, mode="nearest") / 3 for axis in (0, 1))
    gradient: Array = np.hypot(down, across)
    return gradient
