"""Turning any mode Pillow knows into 8-bit sRGB: depth, ICC profile, ink, transparency."""

import io

import numpy as np
from PIL import Image, ImageCms

_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def to_srgb(image: Image.Image) -> Image.Image:
    """`image`, of any mode, as a new RGB picture in sRGB, without metadata, over white where transparent.

    Grey of 16 bit is divided by 257. Other integers are taken as 0..255 or 0..65535, floats as 0..1, where they fit,
    and are stretched from their least to their greatest value where they do not. Ink (CMYK) and Lab follow the
    embedded profile, ink without one is inverted, Lab without one is D50. A profile that is broken or of another
    colour space than the pixels is ignored. CMYK of Adobe's inverted JPEGs has been set right by Pillow.
    """
    profile = image.info.get("icc_profile")
    shallow = _eight_bit(image)
    alpha = shallow.convert("RGBA").getchannel("A") if _is_transparent(shallow) else None
    colours = _managed(_plain(shallow), profile)
    return _over_white(colours, alpha)


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return _grey(np.asarray(image).astype(np.float32) / 65535)
    if image.mode == "I":
        return _grey(_unit(np.asarray(image), (255, 65535)))
    if image.mode == "F":
        return _grey(_unit(np.asarray(image), (1,)))
    return image.convert(_PREMULTIPLIED.get(image.mode, image.mode))


def _unit(values: np.ndarray, full_scales: tuple[int, ...]) -> np.ndarray:
    """Values in [0, 1]: divided by the first full scale that holds them all, else stretched."""
    finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    for full in full_scales:
        if low >= 0 and high <= full:
            return finite / full
    return (finite - low) / max(high - low, np.finfo(np.float64).tiny)


def _grey(unit: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(unit * 255).astype(np.uint8))


def _is_transparent(image: Image.Image) -> bool:
    return image.has_transparency_data and image.mode not in ("CMYK", "LAB", "YCbCr", "HSV")


def _plain(image: Image.Image) -> Image.Image:
    """The colours without alpha or palette, in a mode that a profile can describe."""
    if image.mode in _SPACES:
        return image
    if image.mode in ("1", "LA"):
        return image.convert("L")
    return image.convert("RGBA").convert("RGB") if _is_transparent(image) else image.convert("RGB")


def _managed(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            return _through(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # as a browser does: the picture is worth more than its profile
    if image.mode == "LAB":
        return _through(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image.convert("RGB")


def _through(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """`image` seen through `profile`; untouched where the profile is sRGB itself, which would only add rounding."""
    space = profile.profile.xcolor_space.strip()
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    if space != _SPACES[image.mode]:
        raise ValueError(f"a {space} profile on {image.mode} pixels")
    transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB")
    if image.mode == "RGB" and _changes_nothing(transform):
        return image
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None
    return converted


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    levels = np.linspace(0, 255, 18).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(18, -1, 3)
    seen = ImageCms.applyTransform(Image.fromarray(colours), transform)
    return int(np.abs(np.asarray(seen).astype(int) - colours).max()) <= 1


def _over_white(colours: Image.Image, alpha: Image.Image | None) -> Image.Image:
    page = Image.new("RGB", colours.size, "white")
    page.paste(colours, mask=alpha)
    return page
