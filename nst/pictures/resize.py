"""Fitting a picture to the size a run asks for: the whole picture, or the centre of it in a given shape."""

import math

from PIL import Image, ImageOps

from nst.errors import UserError

MAX_ASPECT = 4
"""A picture longer than this times its shorter side is shrunk to the pixels of one that is not."""


def fitted_shape(width: int, height: int, size: int) -> tuple[int, int]:
    """(height, width), in pixels, of a `width` x `height` picture whose shorter side is to be `size`.

    The other side is in proportion, rounded to nearest. Where that makes more than `MAX_ASPECT * size**2` pixels,
    both sides are smaller: as many pixels as that, in the same shape. Neither side is ever below 1.
    Raises `UserError` for a size or a side below 1.
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
    """The largest short and long side in the proportion `short : long` with at most `budget` pixels."""
    scale = math.sqrt(budget / (short * long))
    fitted = max(1, round(short * scale))
    return fitted, max(1, min(round(long * scale), budget // fitted))


def fit(image: Image.Image, size: int) -> Image.Image:
    """The whole picture in the shape `fitted_shape` gives, by Pillow's antialiased Lanczos filter. A new picture."""
    height, width = fitted_shape(*image.size, size)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def centre_crop(image: Image.Image, height: int, width: int) -> Image.Image:
    """`image` scaled (Lanczos) until it covers `height` x `width`, then its centre: that exact shape, unstretched."""
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS, centering=(0.5, 0.5))
