"""Load the pictures of a `Spec`, read or blended once at full size, and fit them to the size of a run."""

import math
from functools import lru_cache
from pathlib import Path

from PIL import ImageOps
from PIL.Image import Image, Resampling

from nst.errors import UserError
from nst.pictures.find import Blend, PictureFile
from nst.pictures.read import read_verified

MAX_ASPECT = 4  # a longer picture is shrunk to as many pixels as one of this aspect has


@lru_cache(maxsize=8)
def full_image(reference: PictureFile | Blend) -> Image:
    """Return the picture at its own size, RGB; a blend is solved.

    A file is read only if its bytes still have the hash of the reference, which is also the key of the cache: another
    picture under the same path is never taken for it. Raises `UserError` if it cannot be read or blended.
    """
    if isinstance(reference, PictureFile):
        return read_verified(Path(reference.path), reference.sha256)
    from nst.pictures.blend import blend, ellipse_mask

    source = full_image(reference.source)
    mask = full_image(reference.mask) if reference.mask else ellipse_mask(*source.size)
    try:
        return blend(source, mask, full_image(reference.target), reference.offset, reference.mode)
    except UserError as error:
        raise UserError(f"blend: {error}") from None
    except MemoryError:
        raise UserError("blend: there is not enough memory for it") from None


def fitted_shape(width: int, height: int, size: int) -> tuple[int, int]:
    """Return (height, width) in pixels for a `width` x `height` picture whose shorter side becomes `size`.

    The other side is in proportion, rounded to nearest. If that makes more than `MAX_ASPECT * size**2` pixels, both
    sides shrink to that many in the same shape, never below 1. Raises `UserError` for a size or a side below 1.
    """
    if min(width, height, size) < 1:
        raise UserError(
            f"a picture of {width} x {height} cannot be fitted to size {size}: all must be at least 1 pixel"
        )
    short, long = sorted((width, height))
    fitted, budget = (size, max(size, (2 * long * size + short) // (2 * short))), MAX_ASPECT * size**2
    if fitted[0] * fitted[1] > budget:
        scale = math.sqrt(budget / (short * long))
        shorter = max(1, round(short * scale))
        fitted = shorter, max(1, min(round(long * scale), budget // shorter))
    return fitted if height <= width else (fitted[1], fitted[0])


def shape_of_long(width: int, height: int, long: int) -> tuple[int, int]:
    """Return (height, width) in pixels for a `width` x `height` picture whose longer side becomes `long`.

    The other side is in proportion, rounded to nearest and never below 1, however long the picture is.
    """
    shorter, longer = sorted((width, height))
    other = max(1, (2 * shorter * long + longer) // (2 * longer))
    return (other, long) if height <= width else (long, other)


def scaled_size(size: int, scale: float | None, width: int, height: int) -> int:
    """Return the size that a `width` x `height` picture enters at, at `scale` (None: 1) times the `size` of a run.

    Above 1 it is at most that of the picture itself, or `size` if that is larger: nothing is enlarged further.
    """
    if scale is None:
        return size
    wanted = round(size * scale)
    return min(wanted, max(size, min(width, height))) if scale > 1 else wanted


def fit(image: Image, size: int, resize: str = "lanczos") -> Image:
    """Return a new image of the whole picture in its `fitted_shape`, by Pillow's antialiased filter of that name.

    `bilinear` gives the pixels of torchvision's `Resize` on a Pillow image.
    """
    return resized(image, *fitted_shape(*image.size, size), resize)


def resized(image: Image, height: int, width: int, resize: str = "lanczos") -> Image:
    """Return a new image of the whole picture in this shape, by Pillow's antialiased filter of that name."""
    return image.resize((width, height), Resampling[resize.upper()])


def centre_crop(image: Image, height: int, width: int, resize: str = "lanczos") -> Image:
    """Return the centre of `image`, scaled to cover `height` x `width`: that exact shape, undistorted."""
    return ImageOps.fit(image, (width, height), Resampling[resize.upper()], centering=(0.5, 0.5))
