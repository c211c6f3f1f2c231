"""Load and draw masks: weights of pixels, from black (0) to white (1), of a given shape."""

from collections.abc import Iterator

import numpy as np
from PIL import Image
from PIL.Image import Resampling

from nst.pictures.find import Mask, PictureFile
from nst.pictures.load import full_image

SHAPES = ("left", "right", "top", "bottom", "ellipse")
"""Masks drawn by code: halves (a middle line belongs to left or top) and the largest ellipse."""
WHITE = 255


def mask_image(mask: Mask, height: int, width: int) -> Image.Image:
    """Return a mask of this shape, mode L; a file is resized by averages, which do not ring at edges."""
    return Image.fromarray(_levels(mask, height, width))


def files(mask: Mask) -> Iterator[PictureFile]:
    """Yield the picture files that a mask is made from."""
    for part in mask.parts:
        if isinstance(part, Mask):
            yield from files(part)
        elif isinstance(part, PictureFile):
            yield part


def has_aspect(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two pictures (width, height) have the same shape, up to a pixel of the sides of either."""
    (width, height), (wide, high) = size, other
    return abs(width * high - height * wide) <= max(width, height, wide, high)


def _levels(mask: Mask, height: int, width: int) -> np.ndarray:
    total = np.zeros((height, width), dtype=np.int64)
    for part in mask.parts:
        total += _part(part, height, width)
    levels = np.minimum(total, WHITE).astype(np.uint8)
    return WHITE - levels if mask.inverted else levels


def _part(part: PictureFile | Mask | str, height: int, width: int) -> np.ndarray:
    if isinstance(part, Mask):
        return _levels(part, height, width)
    if isinstance(part, PictureFile):
        return np.asarray(full_image(part).convert("L").resize((width, height), Resampling.BILINEAR))
    return _drawn(part, height, width)


def _drawn(shape: str, height: int, width: int) -> np.ndarray:
    if shape == "ellipse":
        from nst.pictures.blend import ellipse_mask  # late: it loads SciPy

        return np.asarray(ellipse_mask(width, height))
    is_column = shape in ("left", "right")
    length = width if is_column else height
    first = np.where(2 * np.arange(length) < length, WHITE, 0).astype(np.uint8)
    line = first if shape in ("left", "top") else WHITE - first
    return np.broadcast_to(line if is_column else line[:, None], (height, width))
