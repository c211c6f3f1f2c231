"""Read any picture file into 8-bit sRGB, or say in one line why it cannot be read."""

import hashlib
import io
import os
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

from nst.errors import UserError
from nst.pictures.formats import heic, png, recognise, tiff
from nst.pictures.formats.colour import alpha_of, to_srgb

Made = TypeVar("Made")
MAX_PIXELS = 2**28  # of 16384 x 16384, which take 1 GiB, and up to 2 more to read; more are a decompression bomb
MAX_BYTES = 2**32  # no picture of `MAX_PIXELS` pixels needs as much
_pillow = threading.Lock()


def read(path: Path) -> Image.Image:
    """Return the picture in `path`: mode RGB, 8 bit, sRGB, upright, without metadata; the file is closed.

    Animations give their first frame, transparent parts are white, an embedded ICC profile is converted to sRGB.
    Raises `UserError` with the path for anything but a complete picture of at most `MAX_PIXELS` pixels.
    """
    with _naming(path):
        return _decoded(_contents(path), to_srgb)


def read_verified(path: Path, sha256: str) -> Image.Image:
    """Read a file whose bytes have this SHA-256 (64 hex digits), else raise `UserError`: it has changed since."""
    with _naming(path):
        return _decoded(_verified(path, sha256), to_srgb)


def read_alpha(path: Path, sha256: str) -> Image.Image | None:
    """Return the opacity of the picture that `read_verified` reads, mode L; None if it is opaque."""
    with _naming(path):
        return _decoded(_verified(path, sha256), alpha_of)


def _verified(path: Path, sha256: str) -> bytes:
    data = _contents(path)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise UserError(
            f"it has changed since this run was planned (SHA-256 {found[:12]}, not {sha256[:12]}); "
            "give the command again to use it as it is now"
        )
    return data


def open_own(path: Path) -> Image.Image:
    """Open a picture that nst wrote, a PNG or a WebP, for a `with` block.

    Whatever a file in a store is called, Pillow's other formats are never tried on it: EPS would start Ghostscript.
    Raises `OSError` (`UnidentifiedImageError`) for anything else.
    """
    return Image.open(path, formats=("PNG", "WEBP"))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn any error into a `UserError` with the path."""
    try:
        yield
    except UserError as error:
        raise UserError(f"cannot read the picture {str(path)!r}: {error}") from None
    except Exception as error:  # decoders may raise anything on hostile bytes
        raise UserError(f"cannot read the picture {str(path)!r}: {_reason(error)}") from error


def _contents(path: Path) -> bytes:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise UserError(f"its {size / 2**30:.1f} GiB are more than the {MAX_BYTES // 2**30} GiB allowed")
        return file.read()


def _decoded(data: bytes, convert: Callable[[Image.Image], Made]) -> Made:
    """Return what `convert` makes of the picture, upright by its EXIF orientation; unreadable EXIF counts as none."""
    with without_pillow_limits(), _opened(data) as image:
        image.load()
        with suppress(OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
            ImageOps.exif_transpose(image, in_place=True)
        return convert(image)


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise UserError("the file is empty")
    if data.startswith(png.SIGNATURE):
        return png.opened(data, _check_size)
    if data.startswith(tiff.SIGNATURES):
        return tiff.opened(data, _check_size)
    try:
        image = Image.open(io.BytesIO(data), formats=recognise.readable())
    except UnidentifiedImageError:
        found = heic.opened(data, _check_size) if recognise.is_heic(data) else None
        if found is not None:
            return found
        known = recognise.known(data[: recognise.HEAD])
        if known is None:
            raise
        raise UserError(known) from None
    _check_size(image.size)
    return image


@contextmanager
def without_pillow_limits() -> Iterator[None]:
    """Turn off Pillow's own, lower pixel limit and its warnings; both are global, so one thread at a time."""
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


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"it is damaged or not a picture of a known format ({', '.join(recognise.readable())})"
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if not isinstance(error, (OSError, SyntaxError, ValueError)):
        return f"it is damaged ({type(error).__name__})"
    return " ".join(str(error).split()) or type(error).__name__
