"""Read TIFF (revision 6.0): Pillow decodes the kinds that it decodes correctly, tifffile others; the rest are refused.

Pillow silently decodes some kinds wrongly: uncompressed planes of 16 bits are scrambled, 16-bit grey with 0 as white is
a negative, unsigned 32 bits, or compressed big-endian ones, are other numbers.
"""

import ctypes
import io
import logging
import math
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from nst.errors import UserError
from nst.pictures.formats.colour import grey_levels
from nst.pictures.formats.recognise import DEVELOP

if TYPE_CHECKING:
    from tifffile import TiffPage

SIGNATURES = tuple(TiffImagePlugin.PREFIXES)

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
GREY = (WHITE_IS_ZERO, BLACK_IS_ZERO)
RAW_COLOURS = (32803, 34892)  # a camera's sensor: colour filter array, and linear
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
NOT_COMPRESSED = 1
DEFLATE = (8, 32946)
INK_SET, ORIENTATION, ICC_PROFILE = 332, 274, 34675

MAX_SAMPLES = 6  # that tifffile decodes, so that the memory for a malicious file is bounded
TILE = 2**22
NAMES = {WHITE_IS_ZERO: "grey", BLACK_IS_ZERO: "grey", RGB: "RGB", PALETTE: "palette", CMYK: "CMYK", YCBCR: "YCbCr"}
CAMERA_RAW = f"it is a camera's raw picture: {DEVELOP}"
ADVICE = "save it with 8 or 16 bits a channel and without compression, or as PNG"


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image:
    """Open the first picture; `check_size` may refuse its (width, height). Raises `UserError` for unsupported kinds."""
    import tifffile

    if data[8:10] == b"CR":
        raise UserError(CAMERA_RAW)
    for name in ("tifffile", "PIL"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages.first
        if _is_camera_raw(page):
            raise UserError(CAMERA_RAW)
        if not (page.imagewidth and page.imagelength):
            raise UserError("it is damaged: its width or height is missing")
        check_size((page.imagewidth, page.imagelength))
        if page.tags.valueof(INK_SET, 1) == 1:
            if suits_pillow(page):
                _silence_libtiff()
                return _open_with_pillow(data, page)
            if suits_tifffile(page):
                return _open_with_tifffile(data, page)
        raise UserError(f"it is a kind of TIFF that nst does not read ({described(page)}): {ADVICE}")


def count_pages(data: bytes) -> int:
    """Return the number of pages, those that repeat another in smaller left out."""
    import tifffile

    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return sum(1 for page in file.pages if not page.aspage().is_reduced)


@cache
def _silence_libtiff() -> None:
    """Keep the libtiff of Pillow's wheels from printing its complaints about a file on stderr."""
    site = Path(Image.__file__).parents[1]
    for path in (*site.glob("pillow.libs/libtiff*"), *site.glob("PIL/.dylibs/libtiff*")):
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(str(path))
            for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
                set_handler = getattr(library, name)
                set_handler.argtypes, set_handler.restype = [ctypes.c_void_p], ctypes.c_void_p
                set_handler(None)


def suits_pillow(page: "TiffPage") -> bool:
    """Return whether Pillow decodes it correctly, or refuses it itself (as most unknown kinds)."""
    bits, number, colour = np.max(page.bitspersample), page.sampleformat, page.photometric
    raw, planar = page.compression == NOT_COMPRESSED, page.planarconfig == 2  # all but raw is decoded by libtiff
    if colour == YCBCR and raw and page.is_subsampled:
        return False
    if planar and page.samplesperpixel > 1 and colour in GREY:
        return False
    if planar and raw:
        return bool(number == UNSIGNED and bits == 8 and colour != WHITE_IS_ZERO and not page.extrasamples)
    if bits <= 8:
        return number == UNSIGNED
    one_grey = colour == BLACK_IS_ZERO and page.samplesperpixel == 1
    if bits == 16 and number == UNSIGNED:
        return one_grey or colour in (RGB, CMYK)
    swapped = page.parent.byteorder == ">" and not raw
    return one_grey and (bits, number) in ((16, SIGNED), (32, SIGNED), (32, FLOAT)) and not swapped


def suits_tifffile(page: "TiffPage") -> bool:
    """Return whether tifffile decodes it, without an optional codec."""
    bits, number, samples = page.bitspersample, page.sampleformat, page.samplesperpixel
    is_decoded = page.compression in (NOT_COMPRESSED, *DEFLATE) and page.predictor in (1, 2)
    if not is_decoded or page.planarconfig not in (1, 2) or samples > MAX_SAMPLES:
        return False
    eight_or_sixteen = number == UNSIGNED and bits in (8, 16)
    if page.photometric in GREY and samples == 1 + len(page.extrasamples):
        other = bits in {UNSIGNED: (32,), SIGNED: (8, 16, 32), FLOAT: (16, 32, 64)}.get(number, ())
        return eight_or_sixteen or (other and not _alpha(page))
    return eight_or_sixteen and samples >= {RGB: 3, CMYK: 4}.get(page.photometric, math.inf)


def described(page: "TiffPage") -> str:
    """Describe its layout in words, for messages."""
    bits = "/".join(str(bits) for bits in dict.fromkeys(np.atleast_1d(page.bitspersample)))
    number = {SIGNED: "signed ", FLOAT: "floating-point "}.get(page.sampleformat, "")
    name = NAMES.get(page.photometric, f"photometric interpretation {int(page.photometric)}")
    layout = "a plane a channel, " if page.planarconfig == 2 and page.samplesperpixel > 1 else ""
    packed = TiffImagePlugin.COMPRESSION_INFO.get(page.compression, page.compression)
    return f"{number}{name}, {bits} bits a channel, {layout}compression {packed}"


def _is_camera_raw(page: "TiffPage") -> bool:
    """Return whether it is a camera's raw picture: a TIFF whose first picture is a small preview."""
    inner = [page.pages[number].aspage() for number in range(min(len(page.pages), 8))] if page.pages else []
    return page.is_dng or any(each.photometric in RAW_COLOURS for each in (page, *inner))


def _alpha(page: "TiffPage") -> int:
    """Return 1 for premultiplied alpha, 2 for other, 0 for none; a fourth sample of RGB is alpha, as in Pillow."""
    if page.extrasamples:
        return page.extrasamples[0] if page.extrasamples[0] in (1, 2) else 0
    return 2 if page.photometric == RGB and page.samplesperpixel == 4 else 0


def _open_with_pillow(data: bytes, page: "TiffPage") -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=["TIFF"])
    except UnidentifiedImageError:
        raise UserError(
            f"it is damaged, or a kind of TIFF that nst does not read ({described(page)}): {ADVICE}"
        ) from None


def _open_with_tifffile(data: bytes, page: "TiffPage") -> Image.Image:
    _check_segments(data, page)
    planes, _, height, width, samples = page.shaped
    values = np.asarray(page.asarray(maxworkers=1)).reshape(planes, height, width, samples)
    image = _picture(page, [values[plane, ..., at] for plane in range(planes) for at in range(samples)])
    image.getexif()[ORIENTATION] = page.tags.valueof(ORIENTATION, 1)
    profile = page.tags.valueof(ICC_PROFILE)
    if profile is not None:
        image.info["icc_profile"] = profile
    return image


def _check_segments(data: bytes, page: "TiffPage") -> None:
    """Check that all strips or tiles exist, and that none unpacks to more than the picture and a tile."""
    if min(len(page.dataoffsets), len(page.databytecounts)) < math.prod(page.chunked):
        raise UserError("it is damaged: parts of it are missing")
    for start, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        if length < 1 or start + length > len(data):
            raise UserError("it is cut off")
        if page.compression in DEFLATE:
            unpacked = zlib.decompressobj()
            unpacked.decompress(data[start : start + length], page.nbytes + TILE)
            if unpacked.unconsumed_tail:
                raise UserError("it is damaged: a part of it unpacks to more than the whole")


def _picture(page: "TiffPage", channels: list[np.ndarray]) -> Image.Image:
    alpha = _alpha(page)
    if page.photometric in GREY:
        grey = Image.fromarray(grey_levels(channels[0], page.photometric == WHITE_IS_ZERO))
        if not alpha:
            return grey
        return Image.merge(("La", "LA")[alpha - 1], [grey, Image.fromarray(grey_levels(channels[1]))])
    mode = "CMYK" if page.photometric == CMYK else ("RGB", "RGBa", "RGBA")[alpha]
    return Image.merge(mode, [_channel(each) for each in channels[: len(mode)]])


def _channel(samples: np.ndarray) -> Image.Image:
    """Return the high 8 bits of 8 or 16, as Pillow does."""
    high = samples >> 8 if samples.dtype.itemsize == 2 else samples
    return Image.fromarray(np.ascontiguousarray(high, dtype=np.uint8))
