"""Read TIFF (revision 6.0): Pillow decodes the kinds that it decodes correctly, tifffile others; the rest are refused.

Pillow silently decodes some kinds wrongly: uncompressed planes of 16 bits are scrambled, 16-bit grey with 0 as white is
a negative, unsigned 32 bits, or compressed big-endian ones, are other numbers.
"""

import io
import logging
import math
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, TiffImagePlugin, UnidentifiedImageError
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from nst.errors import UserError
from nst.pictures.colour import grey_levels
from nst.pictures.formats import DEVELOP
from nst.pictures.tiff_kind import (
    CMYK,
    DEFLATE,
    RAW_COLOURS,
    WHITE_IS_ZERO,
    Kind,
    described,
    kind_of,
    suits_pillow,
    suits_tifffile,
)

SIGNATURES = tuple(TiffImagePlugin.PREFIXES)

DNG_VERSION, SUB_IFDS, INK_SET, ORIENTATION, PREDICTOR = 50706, 330, 332, 274, 317
TILE = 2**22
ADVICE = "save it with 8 or 16 bits a channel and without compression, or as PNG"


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image:
    """Open the first picture; `check_size` may refuse its (width, height). Raises `UserError` for unsupported kinds."""
    tags = _directory(data)
    if _is_camera_raw(data, tags):
        raise UserError(f"it is a camera's raw picture: {DEVELOP}")
    kind = kind_of(tags)
    check_size(kind.size)
    if suits_pillow(kind) and tags.get(INK_SET, 1) == 1:
        return _open_with_pillow(data, kind)
    if not suits_tifffile(kind) or tags.get(INK_SET, 1) != 1 or tags.get(PREDICTOR, 1) not in (1, 2):
        raise UserError(f"it is a TIFF of a kind that is not read ({described(kind)}): {ADVICE}")
    image = _picture(kind, _samples(data, kind))
    image.getexif()[ORIENTATION] = tags.get(ORIENTATION, 1)
    if TiffImagePlugin.ICCPROFILE in tags:
        image.info["icc_profile"] = tags[TiffImagePlugin.ICCPROFILE]
    return image


def _open_with_pillow(data: bytes, kind: Kind) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=["TIFF"])
    except UnidentifiedImageError:
        raise UserError(f"it is damaged or a TIFF of a kind that is not read ({described(kind)}): {ADVICE}") from None


def _directory(data: bytes, offset: int | None = None) -> ImageFileDirectory_v2:
    """Return the tags of the first picture, or of the one whose directory is at `offset`."""
    tags = ImageFileDirectory_v2(data[:16] if data[2] == 43 else data[:8])
    file = io.BytesIO(data)
    file.seek(tags.next if offset is None else offset)
    tags.load(file)
    return tags


def _is_camera_raw(data: bytes, tags: ImageFileDirectory_v2) -> bool:
    """Return whether it is a camera's raw picture: a TIFF whose first picture is a small preview."""
    if DNG_VERSION in tags or data[8:10] == b"CR":
        return True
    offsets = tags.get(SUB_IFDS, ())
    inner = [_directory(data, at) for at in (offsets if isinstance(offsets, tuple) else (offsets,))[:8]]
    colours = [found.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) for found in (tags, *inner)]
    return any(colour in RAW_COLOURS for colour in colours)


def _samples(data: bytes, kind: Kind) -> np.ndarray:
    """Return (height, width, samples) in the type of the file."""
    import tifffile

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        _check_segments(data, kind, page.dataoffsets, page.databytecounts, math.prod(page.chunked))
        values = np.asarray(page.asarray(maxworkers=1))
    width, height = kind.size
    shaped = values.reshape((kind.samples, height, width) if kind.planar else (height, width, kind.samples))
    return np.moveaxis(shaped, 0, -1) if kind.planar else shaped


def _check_segments(data: bytes, kind: Kind, starts: Sequence[int], lengths: Sequence[int], wanted: int) -> None:
    """Check that all strips or tiles exist, and that none unpacks to more than the picture and a tile."""
    if min(len(starts), len(lengths)) < wanted:
        raise UserError("it is damaged: parts of it are missing")
    picture = math.prod(kind.size) * kind.samples * kind.bits[0] // 8
    for start, length in zip(starts, lengths, strict=True):
        if length < 1 or start + length > len(data):
            raise UserError("it is cut off")
        if kind.compression in DEFLATE:
            unpacked = zlib.decompressobj()
            unpacked.decompress(data[start : start + length], picture + TILE)
            if unpacked.unconsumed_tail:
                raise UserError("it is damaged: a part of it unpacks to more than the whole")


def _picture(kind: Kind, samples: np.ndarray) -> Image.Image:
    if kind.is_grey:
        grey = grey_levels(samples[..., 0], kind.photometric == WHITE_IS_ZERO)
        if not kind.alpha:
            return Image.fromarray(grey)
        layers = [Image.fromarray(grey), Image.fromarray(grey_levels(samples[..., 1]))]
        return Image.merge("La" if kind.alpha == 1 else "LA", layers)
    mode = "CMYK" if kind.photometric == CMYK else {0: "RGB", 1: "RGBa", 2: "RGBA"}[kind.alpha]
    return Image.merge(mode, [_channel(samples[..., at]) for at in range(len(mode))])


def _channel(samples: np.ndarray) -> Image.Image:
    """Return the high 8 bits of 8 or 16, as Pillow does."""
    high = samples >> 8 if samples.dtype.itemsize == 2 else samples
    return Image.fromarray(np.ascontiguousarray(high, dtype=np.uint8))
