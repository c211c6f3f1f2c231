"""Fit a picture to the size of a run: the whole picture, or its centre in a given shape."""

import math

from PIL import Image, ImageOps

from nst.errors import UserError

FILTERS = {
    "lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
}
"""Pillow's antialiased filters by name; `bilinear` gives the pixels of torchvision's `Resize` on a Pillow image."""

MAX_ASPECT = 4
"""A picture longer than this times its shorter side is shrunk to as many pixels as one of that aspect has."""


def fitted_shape(width: int, height: int, size: int) -> tuple[int, int]:
    """Return (height, width) in pixels for a `width` x `height` picture whose shorter side becomes `size`.

    The other side is in proportion, rounded to nearest. If that makes more than `MAX_ASPECT * size**2` pixels, both
    sides shrink to that many in the same shape, never below 1. Raises `UserError` for a size or a side below 1.
    """
    if min(width, height, size) < 1:
        raise UserError(
            f"a picture of {width} x {height} cannot be fitted to size {size}: all must be at least 1 pixel"
        )
    short, long = min(width, height), max(width, height)
    fitted = (size, max(size, (2 * long * size + short) // (2 * short)))
    if fitted[0] * fitted[1] > MAX_ASPECT * size**2:
        fitted = _within(MAX_ASPECT * size**2, short, long)
    return fitted if height <= width else (fitted[1], fitted[0])


def _within(budget: int, short: int, long: int) -> tuple[int, int]:
    """Return the largest sides in the proportion `short : long` with at most `budget` pixels."""
    scale = math.sqrt(budget / (short * long))
    fitted = max(1, round(short * scale))
    return fitted, max(1, min(round(long * scale), budget // fitted))


def fit(image: Image.Image, size: int, resize: str = "lanczos") -> Image.Image:
    """Return a new image of the whole picture in its `fitted_shape`, by the filter of that name."""
    height, width = fitted_shape(*image.size, size)
    return image.resize((width, height), FILTERS[resize])


def centre_crop(image: Image.Image, height: int, width: int, resize: str = "lanczos") -> Image.Image:
    """Return the centre of `image`, scaled to cover `height` x `width`: that exact shape, undistorted."""
    return ImageOps.fit(image, (width, height), FILTERS[resize], centering=(0.5, 0.5))
