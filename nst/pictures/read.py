"""Reading a picture file into 8-bit sRGB, whatever it holds, or saying in one line why it cannot be read."""

import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from nst.errors import UserError
from nst.pictures.colour import to_srgb

MAX_PIXELS = 2**28
"""More pixels than this (16384 x 16384; 768 MiB once read) are taken for a decompression bomb."""

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "PPM", "JPEG2000", "AVIF")
"""Picture formats. Pillow's others stay out: EPS, for one, would run Ghostscript on the file."""

_pillow = threading.Lock()


def read(path: Path) -> Image.Image:
    """The picture in `path`, mode RGB, 8 bit, sRGB, upright, without metadata; the file is closed.

    The first frame of an animation; transparency over white; EXIF orientation applied; an embedded ICC profile
    converted to sRGB. Raises `UserError` with the path in it for anything that is not a whole, readable picture of
    at most `MAX_PIXELS` pixels.
    """
    try:
        with path.open("rb") as file, _patient_pillow(), Image.open(file, formats=_formats()) as image:
            _check_size(image.size)
            image.load()
            return to_srgb(_upright(image))
    except UserError as error:
        raise UserError(f"cannot read the picture {str(path)!r}: {error}") from None
    except Exception as error:  # what a decoder raises on hostile bytes cannot be listed
        raise UserError(f"cannot read the picture {str(path)!r}: {_reason(path, error)}") from error


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


@contextmanager
def _patient_pillow() -> Iterator[None]:
    """Pillow's own, lower pixel limit and its warnings off; both are global, so one thread at a time."""
    with _pillow, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise UserError(f"it has no pixels ({width} x {height})")
    if width * height > MAX_PIXELS:
        raise UserError(f"{width} x {height} pixels are more than the {MAX_PIXELS} allowed")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):  # unreadable EXIF is no EXIF
        return image.copy()


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        if path.stat().st_size == 0:
            return "the file is empty"
        return f"it is damaged or not a picture of a known format ({', '.join(_formats())})"
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
