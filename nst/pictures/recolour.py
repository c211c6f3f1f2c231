"""Change the colours of a picture by an affine map of its pixels: to those of another picture, or to its luminance.

Matching gives a style the mean and the covariance of a content's colours (Gatys et al. 2017, "Controlling Perceptual
Factors in Neural Style Transfer", section 5), in sRGB as it is stored, 0 to 1. Of the matrices that do so, `match`
moves pixels least (Monge-Kantorovich; Pitie and Kokaram 2007), `match_pca` is that of image analogies (Hertzmann et al.
2001), and `match_cholesky` depends on the order of the channels.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

LUMA = np.array([0.299, 0.587, 0.114])
"""Shares of red, green and blue in the luminance (ITU-R BT.601)."""
EPSILON = 1e-5
"""Added to variances, so that the covariance of a grey picture is invertible, too."""
BAND = 2**20
"""Pixels that are converted at a time."""


class Moments(NamedTuple):
    """Mean (3,) and covariance (3, 3) of the colours of a picture, RGB in [0, 1]; divided by the number of pixels."""

    mean: np.ndarray
    covariance: np.ndarray


class Recolouring(NamedTuple):
    """An affine map of colours, RGB in [0, 1]: a pixel becomes `matrix` @ pixel + `shift`, clipped."""

    matrix: np.ndarray
    shift: np.ndarray

    def apply(self, image: Image.Image) -> Image.Image:
        """Return the recoloured image, rounded to the nearest level."""
        levels = np.asarray(image.convert("RGB"))
        changed = np.empty_like(levels)
        for rows in _bands(levels):
            changed[rows] = np.rint((levels[rows] @ self.matrix.T + 255 * self.shift).clip(0, 255))
        return Image.fromarray(changed)


LUMINANCE = Recolouring(np.tile(LUMA, (3, 1)), np.zeros(3))
"""To three equal channels; a grey picture stays as it is."""


def moments(image: Image.Image) -> Moments:
    """Return mean and covariance of the colours; sums of products of levels are exact."""
    levels = np.asarray(image.convert("RGB"))
    total, products = np.zeros(3), np.zeros((3, 3))
    for rows in _bands(levels):
        pixels = levels[rows].reshape(-1, 3).astype(np.float64)
        total += pixels.sum(axis=0)
        products += pixels.T @ pixels
    count = levels.shape[0] * levels.shape[1]
    mean = total / count
    return Moments(mean / 255, (products / count - np.outer(mean, mean)) / 255**2)


def matching(kind: str, content: Moments, style: Moments) -> Recolouring:
    """Return the map that gives a style the colours of a content, by a `kind` of `matrix`."""
    flat = EPSILON * np.eye(3)
    found = matrix(kind, content.covariance + flat, style.covariance + flat)
    return Recolouring(found, content.mean - found @ style.mean)


def matrix(kind: str, content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """Return A with A `style` A' = `content`, both positive definite: the covariance becomes that of the content.

    `match`: S^(-1/2) (S^(1/2) C S^(1/2))^(1/2) S^(-1/2), which is symmetric; `match_pca`: C^(1/2) S^(-1/2);
    `match_cholesky`: L_C / L_S, the lower Cholesky factors.
    """
    found: np.ndarray
    if kind == "match_cholesky":
        found = np.linalg.cholesky(content) @ np.linalg.inv(np.linalg.cholesky(style))
        return found
    root, inverse = _power(style, 0.5), _power(style, -0.5)
    found = (
        _power(content, 0.5) @ inverse
        if kind == "match_pca"
        else inverse @ _power(root @ content @ root, 0.5) @ inverse
    )
    return found


def matching_luminance(content: Moments, style: Moments) -> Recolouring:
    """Return the map to a luminance with the content's mean and standard deviation: s_C / s_S (Y - m_S) + m_C.

    This is the formula of the paper; the code that its authors published matches means alone.
    """
    ratio = np.sqrt((_variance(content) + EPSILON) / (_variance(style) + EPSILON))
    return Recolouring(ratio * LUMINANCE.matrix, np.full(3, LUMA @ content.mean - ratio * (LUMA @ style.mean)))


def _variance(of: Moments) -> float:
    return max(0.0, float(LUMA @ of.covariance @ LUMA))


def _power(covariance: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    powers: np.ndarray = (vectors * values**exponent) @ vectors.T
    return powers


def _bands(levels: np.ndarray) -> list[slice]:
    rows = max(1, BAND // levels.shape[1])
    return [slice(top, top + rows) for top in range(0, levels.shape[0], rows)]
