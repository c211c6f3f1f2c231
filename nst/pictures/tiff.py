"""Read TIFF (revision 6.0): Pillow decodes the kinds that it decodes correctly, tifffile others; the rest are refused.

Pillow silently decodes some kinds wrongly: uncompressed planes of 16 bits are scrambled, 16-bit grey with 0 as white is
a negative, unsigned 32 bits, or compressed big-endian ones, are other numbers.
"""

import io
import logging
import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin, UnidentifiedImageError
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from nst.errors import UserError
from nst.pictures.colour import grey_levels
from nst.pictures.formats import DEVELOP

SIGNATURES = tuple(TiffImagePlugin.PREFIXES)

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
RAW_COLOURS = (32803, 34892)
"""A camera's sensor: colour filter array, and linear."""
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
NOT_COMPRESSED = 1
DEFLATE = (8, 32946)
MAX_SAMPLES = 6
"""Most channels that tifffile decodes, so that the memory for a malicious file is bounded."""
DNG_VERSION, SUB_IFDS, INK_SET, ORIENTATION, PREDICTOR = 50706, 330, 332, 274, 317
NAMES = {WHITE_IS_ZERO: "grey", BLACK_IS_ZERO: "grey", RGB: "RGB", PALETTE: "palette", CMYK: "CMYK", YCBCR: "YCbCr"}
TILE = 2**22
ADVICE = "save it with 8 or 16 bits a channel and without compression, or as PNG"


@dataclass(frozen=True)
class Kind:
    """The layout of a TIFF picture's samples."""

    size: tuple[int, int]  # width, height
    photometric: int
    bits: tuple[int, ...]
    number: int  # UNSIGNED, SIGNED, FLOAT or another
    samples: int
    extras: tuple[int, ...]  # the meaning of the last samples: 1 premultiplied alpha, 2 alpha
    planar: bool
    compression: int
    big_endian: bool
    subsampled: bool

    @property
    def is_raw(self) -> bool:
        """Whether it is uncompressed: Pillow decodes that itself, all else by libtiff."""
        return self.compression == NOT_COMPRESSED

    @property
    def is_grey(self) -> bool:
        return self.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO)

    @property
    def alpha(self) -> int:
        """Alpha: 1 premultiplied, 2 not, 0 none; an unexplained fourth sample of RGB is alpha, as in Pillow."""
        if self.extras:
            return self.extras[0] if self.extras[0] in (1, 2) else 0
        return 2 if self.photometric == RGB and self.samples == 4 else 0


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image:
    """Open the first picture, with its orientation; `check_size` may refuse its (width, height).

    Raises `UserError` for a kind or a compression that is not supported.
    """
    tags = _directory(data)
    if _is_camera_raw(data, tags):
        raise UserError(f"it is a camera's raw picture: {DEVELOP}")
    kind = _kind(tags)
    check_size(kind.size)
    if _suits_pillow(kind) and tags.get(INK_SET, 1) == 1:
        return _as_pillow_has_it(data, kind)
    if not _suits_tifffile(kind) or tags.get(INK_SET, 1) != 1 or tags.get(PREDICTOR, 1) not in (1, 2):
        raise UserError(f"it is a TIFF of a kind that is not read ({_described(kind)}): {ADVICE}")
    image = _picture(kind, _samples(data, kind))
    image.getexif()[ORIENTATION] = tags.get(ORIENTATION, 1)
    if TiffImagePlugin.ICCPROFILE in tags:
        image.info["icc_profile"] = tags[TiffImagePlugin.ICCPROFILE]
    return image


def _as_pillow_has_it(data: bytes, kind: Kind) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=["TIFF"])
    except UnidentifiedImageError:
        raise UserError(f"it is damaged or a TIFF of a kind that is not read ({_described(kind)}): {ADVICE}") from None


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


def _kind(tags: ImageFileDirectory_v2) -> Kind:
    if not {TiffImagePlugin.IMAGEWIDTH, TiffImagePlugin.IMAGELENGTH} <= set(tags):
        raise UserError("it is damaged: it does not say how large it is")
    numbers = set(_many(tags.get(TiffImagePlugin.SAMPLEFORMAT, (UNSIGNED,))))
    return Kind(
        size=(int(tags[TiffImagePlugin.IMAGEWIDTH]), int(tags[TiffImagePlugin.IMAGELENGTH])),
        photometric=int(tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION, WHITE_IS_ZERO)),
        bits=_many(tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))),
        number=numbers.pop() if len(numbers) == 1 else 0,
        samples=int(tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1)),
        extras=_many(tags.get(TiffImagePlugin.EXTRASAMPLES, ())),
        planar=tags.get(TiffImagePlugin.PLANAR_CONFIGURATION, 1) == 2,
        compression=int(tags.get(TiffImagePlugin.COMPRESSION, NOT_COMPRESSED)),
        big_endian=tags.prefix == b"MM",
        subsampled=tuple(tags.get(TiffImagePlugin.YCBCRSUBSAMPLING, (2, 2))) != (1, 1),
    )


def _many(value: Any) -> tuple[int, ...]:
    return tuple(int(one) for one in value) if isinstance(value, tuple) else (int(value),)


def _suits_pillow(kind: Kind) -> bool:
    """Return whether Pillow decodes it correctly, or refuses it itself (as most unknown kinds)."""
    bits = max(kind.bits)
    if kind.photometric == YCBCR and kind.is_raw and kind.subsampled:
        return False
    if kind.planar and kind.samples > 1 and kind.is_grey:
        return False
    if kind.planar and kind.is_raw:
        return kind.number == UNSIGNED and bits == 8 and kind.photometric != WHITE_IS_ZERO and not kind.extras
    if bits <= 8:
        return kind.number == UNSIGNED
    if bits == 16 and kind.number == UNSIGNED:
        return kind.photometric in (RGB, CMYK) or (kind.photometric == BLACK_IS_ZERO and kind.samples == 1)
    swapped = kind.big_endian and not kind.is_raw
    known = (bits, kind.number) in ((16, SIGNED), (32, SIGNED), (32, FLOAT))
    return kind.photometric == BLACK_IS_ZERO and kind.samples == 1 and known and not swapped


def _suits_tifffile(kind: Kind) -> bool:
    if kind.compression not in (NOT_COMPRESSED, *DEFLATE) or len(set(kind.bits)) != 1 or kind.samples > MAX_SAMPLES:
        return False
    eight_or_sixteen = kind.number == UNSIGNED and kind.bits[0] in (8, 16)
    if kind.is_grey and kind.samples == 1 + len(kind.extras):
        other = (kind.number, kind.bits[0]) in (
            *((number, bits) for number in (UNSIGNED, SIGNED) for bits in (8, 16, 32)),
            *((FLOAT, bits) for bits in (16, 32, 64)),
        )
        return eight_or_sixteen or (other and not kind.alpha)
    colours = {RGB: 3, CMYK: 4}.get(kind.photometric, 0)
    return eight_or_sixteen and bool(colours) and kind.samples >= colours


def _described(kind: Kind) -> str:
    bits = "/".join(str(bits) for bits in dict.fromkeys(kind.bits))
    number = {SIGNED: "signed ", FLOAT: "floating-point "}.get(kind.number, "")
    name = NAMES.get(kind.photometric, f"photometric interpretation {kind.photometric}")
    layout = "a plane a channel, " if kind.planar and kind.samples > 1 else ""
    packed = TiffImagePlugin.COMPRESSION_INFO.get(kind.compression, kind.compression)
    return f"{number}{name}, {bits} bits a channel, {layout}compression {packed}"


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
