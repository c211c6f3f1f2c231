"""Convert any mode of Pillow to 8-bit sRGB: depth, ICC profile, ink, transparency. A band of rows at a time."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from operator import methodcaller
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageCms

BAND = 2**20  # pixels converted at a time, so that a conversion needs little memory besides its result
Convert: TypeAlias = Callable[[Image.Image], Image.Image]
_to_rgb: Convert = methodcaller("convert", "RGB")
_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}


def to_srgb(image: Image.Image) -> Image.Image:
    """Return an image of any mode as RGB in sRGB, without metadata, transparent parts over white.

    Grey of 16 bit is divided by 257. Other integers are taken as 0..255 or 0..65535, floats as 0..1, if they fit,
    else stretched from their least to their greatest value. Ink (CMYK) and Lab follow the embedded profile; ink
    without one is inverted, Lab without one is D50. A profile that is broken or of another colour space than the
    pixels is ignored. Pillow has already corrected Adobe's inverted CMYK JPEGs.

    If `image` is opaque sRGB already, the two share pixels until one is changed.
    """
    image.load()
    shallow = _to_eight_bit(image)
    first = shallow(image.crop((0, 0, 1, 1)))
    convert = _management(_plain(first).mode, image.info.get("icc_profile"))
    if image.mode == "RGB" and convert is _to_rgb and not _is_transparent(first):
        return _bare(image)
    page = Image.new("RGB", image.size, "white")
    for box in _bands(image.size):
        part = shallow(image.crop(box))
        alpha = part.convert("RGBA").getchannel("A") if _is_transparent(part) else None
        page.paste(convert(_plain(part)), box, alpha)
    return page


def alpha_of(image: Image.Image) -> Image.Image | None:
    """Return the opacity of an image of any mode, mode L; None if no pixel is transparent."""
    image.load()
    shallow = _to_eight_bit(image)
    if not _is_transparent(shallow(image.crop((0, 0, 1, 1)))):
        return None
    alpha = Image.new("L", image.size)
    for box in _bands(image.size):
        alpha.paste(shallow(image.crop(box)).convert("RGBA").getchannel("A"), box)
    return None if alpha.getextrema() == (255, 255) else alpha


def grey_levels(values: np.ndarray, negative: bool = False) -> np.ndarray:
    """Return numbers of any type (H, W) as uint8, scaled as in `to_srgb`; `negative`: the least value is white."""
    levels = np.empty(values.shape, np.uint8)
    rows = [slice(top, bottom) for _, top, _, bottom in _bands(values.shape[::-1])]
    scale = _scale_of((values[part] for part in rows), values.dtype)
    for part in rows:
        levels[part] = _levels(values[part], scale, negative)
    return levels


def _bands(size: tuple[int, ...]) -> Iterator[tuple[int, int, int, int]]:
    width, height = size
    rows = max(1, BAND // width)
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))


def _bare(image: Image.Image) -> Image.Image:
    """Return an image with the same pixels, without file and metadata; Pillow copies them when either is changed."""
    bare = image._new(image.im)
    bare.info = {}
    bare.readonly = image.readonly = 1
    return bare


def _to_eight_bit(image: Image.Image) -> Convert:
    """Return a function that converts bands of `image` to 8 bits a channel, by the range of all its values."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        parts = (np.asarray(image.crop(box)) for box in _bands(image.size))
        return partial(_grey, scale=_scale_of(parts, np.asarray(image.crop((0, 0, 1, 1))).dtype))
    return lambda band: band.convert({"La": "LA", "RGBa": "RGBA"}.get(band.mode, band.mode))


def _grey(band: Image.Image, scale: tuple[float, float]) -> Image.Image:
    values = np.asarray(band)
    grey, transparent = Image.fromarray(_levels(values, scale)), band.info.get("transparency")
    if transparent is None:
        return grey
    return Image.merge("LA", (grey, Image.fromarray((values != transparent) * np.uint8(255))))


def _scale_of(parts: Iterable[np.ndarray], dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return what to subtract from numbers, and then to divide them by, to bring them to [0, 1]."""
    if dtype.name in ("uint8", "uint16"):
        return 0, np.iinfo(dtype).max
    ranges = np.array([(finite.min(), finite.max()) for finite in map(_finite, parts)])
    low, high = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    for full_scale in (1,) if dtype.kind == "f" else (255, 65535):
        if low >= 0 and high <= full_scale:
            return 0, full_scale
    return low, max(high - low, np.finfo(np.float64).tiny)


def _levels(values: np.ndarray, scale: tuple[float, float], negative: bool = False) -> np.ndarray:
    unit = (_finite(values) - scale[0]) / scale[1]
    levels: np.ndarray = np.rint((1 - unit if negative else unit) * 255).astype(np.uint8)
    return levels


def _finite(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _is_transparent(image: Image.Image) -> bool:
    return image.has_transparency_data and image.mode not in ("CMYK", "LAB", "YCbCr", "HSV")


def _plain(image: Image.Image) -> Image.Image:
    """Return the colours without alpha or palette, in a mode that a profile can describe."""
    if image.mode in _SPACES:
        return image
    if image.mode in ("1", "LA"):
        return image.convert("L")
    return image.convert("RGBA").convert("RGB") if _is_transparent(image) else image.convert("RGB")


def _management(mode: str, profile: bytes | None) -> Convert:
    """Return a function from bands of `mode` to sRGB: by a valid profile, else by Pillow's own conversion."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a broken one is ignored, as browsers do
        if profile:
            return _by_profile(mode, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    if mode == "LAB":
        return _by_profile(mode, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return _to_rgb


def _by_profile(mode: str, profile: ImageCms.ImageCmsProfile) -> Convert:
    """Return a function that applies `profile`; plain `_to_rgb` if that is sRGB itself and would only add rounding."""
    space = profile.profile.xcolor_space.strip()
    input_mode = "RGB" if mode == "L" and space == "RGB" else mode
    if space != _SPACES[input_mode]:
        raise ValueError(f"a {space} profile on {input_mode} pixels")
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), input_mode, "RGB")
    if input_mode == "RGB" and _changes_nothing(transform):
        return _to_rgb

    def apply(image: Image.Image) -> Image.Image:
        converted = ImageCms.applyTransform(image if image.mode == input_mode else image.convert(input_mode), transform)
        assert converted is not None
        return converted

    apply(Image.new(mode, (1, 1)))
    return apply


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    levels = np.linspace(0, 255, 18).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(18, -1, 3)
    converted = ImageCms.applyTransform(Image.fromarray(colours), transform)
    return int(np.abs(np.asarray(converted).astype(int) - colours).max()) <= 1
