"""Encode a result for the user as PNG, JPEG or WebP: sRGB, with text metadata, and transparency if there is any."""

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from struct import pack

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Formats by the suffix of a file's name."""
LONGEST_SIDE = {"JPEG": 65500, "WEBP": 16383}
"""Pixels that a format's encoder allows on a side."""
LOSSLESS = "lossless"
_SOFTWARE, _EXIF, _USER_COMMENT, _COLOUR_SPACE, _SRGB = 0x0131, 0x8769, 0x9286, 0xA001, 1
_ASCII = b"ASCII\0\0\0"
_MOST_EXIF = 65000
"""Bytes; a JPEG has room for 65 533."""
Quality = int | str


def file_format(name: Path) -> str | None:
    """Return `PNG`, `JPEG` or `WEBP` by the suffix of a name; None for any other."""
    return FORMATS.get(name.suffix.lower())


def encode(image: Image.Image, wanted: str, text: Mapping[str, str], quality: Quality) -> bytes:
    """Encode an RGB or RGBA image in a format of `FORMATS`; equal arguments give equal bytes.

    `quality`: 1 to 100, or `lossless` for a WebP; a PNG is always lossless. A JPEG and a WebP have the profile of
    sRGB, and the text as JSON in the EXIF field UserComment. No other metadata of `image` is written.
    """
    plain, file = image.copy(), io.BytesIO()
    plain.info = {}
    if wanted == "PNG":
        plain.save(file, "PNG", pnginfo=_png_info(text))
        return file.getvalue()
    embedded = {"exif": _exif(text), "icc_profile": _srgb_profile()}
    if wanted == "JPEG":
        plain.save(file, "JPEG", quality=quality, subsampling=0, **embedded)
    elif quality == LOSSLESS:
        plain.save(file, "WEBP", lossless=True, exact=True, **embedded)
    else:
        plain.save(file, "WEBP", quality=quality, exact=True, **embedded)
    return file.getvalue()


def text_in(path: Path) -> dict[str, str]:
    """Return the text metadata that `encode` wrote; empty for a picture without. Raises `OSError` for no picture."""
    with Image.open(path, formats=tuple(dict.fromkeys(FORMATS.values()))) as image:
        if image.format == "PNG":
            return {str(key): value for key, value in image.info.items() if isinstance(value, str)}
        comment = image.getexif().get_ifd(_EXIF).get(_USER_COMMENT)
    if not isinstance(comment, bytes) or not comment.startswith(_ASCII):
        return {}
    try:
        found = json.loads(comment[len(_ASCII) :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _png_info(text: Mapping[str, str]) -> PngInfo:
    info = PngInfo()
    for key, value in text.items():
        info.add_itxt(key, value)
    return info


def _exif(text: Mapping[str, str]) -> bytes:
    """Return EXIF data with the text, without its longest entries if there is no room for them."""
    kept = dict(text)
    while True:
        exif = Image.Exif()
        exif[_SOFTWARE] = kept.get("Software", "nst")
        exif.get_ifd(_EXIF).update({_USER_COMMENT: _ASCII + json.dumps(kept).encode(), _COLOUR_SPACE: _SRGB})
        data = exif.tobytes()
        if len(data) <= _MOST_EXIF or not kept:
            return data
        del kept[max(kept, key=lambda key: len(kept[key]))]


@cache
def _srgb_profile() -> bytes:
    """Return the profile of sRGB with a fixed date, in bytes 24 to 36 of its header."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data[:24] + pack(">6H", 2000, 1, 1, 0, 0, 0) + data[36:]
