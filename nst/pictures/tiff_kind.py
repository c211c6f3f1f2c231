"""Describe the layout of a TIFF picture's samples, and decide which library decodes it correctly."""

from dataclasses import dataclass
from typing import Any

from PIL import TiffImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from nst.errors import UserError

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
RAW_COLOURS = (32803, 34892)
"""A camera's sensor: colour filter array, and linear."""
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
NOT_COMPRESSED = 1
DEFLATE = (8, 32946)
MAX_SAMPLES = 6
"""Most channels that tifffile decodes, so that the memory for a malicious file is bounded."""
NAMES = {WHITE_IS_ZERO: "grey", BLACK_IS_ZERO: "grey", RGB: "RGB", PALETTE: "palette", CMYK: "CMYK", YCBCR: "YCbCr"}


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


def kind_of(tags: ImageFileDirectory_v2) -> Kind:
    """Return the kind of a picture by its tags; raises `UserError` if it has no size."""
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


def suits_pillow(kind: Kind) -> bool:
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


def suits_tifffile(kind: Kind) -> bool:
    """Return whether tifffile decodes it, without an optional codec."""
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


def described(kind: Kind) -> str:
    """Return its layout in words, for messages."""
    bits = "/".join(str(bits) for bits in dict.fromkeys(kind.bits))
    number = {SIGNED: "signed ", FLOAT: "floating-point "}.get(kind.number, "")
    name = NAMES.get(kind.photometric, f"photometric interpretation {kind.photometric}")
    layout = "a plane a channel, " if kind.planar and kind.samples > 1 else ""
    packed = TiffImagePlugin.COMPRESSION_INFO.get(kind.compression, kind.compression)
    return f"{number}{name}, {bits} bits a channel, {layout}compression {packed}"
