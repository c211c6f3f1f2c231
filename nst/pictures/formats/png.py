"""Read PNG: pass Pillow only the chunks that the pixels need (PNG, third edition, 2025).

Pillow refuses a whole picture for one text chunk that unpacks to more than 1 MiB or has a wrong checksum.
"""

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PROFILE = 2**24  # bytes of an ICC profile, unpacked; profiles of presses have about 2**21
MAX_TEXT = 2**20  # bytes of a text chunk that may hold an orientation, unpacked: Pillow's limit
MAX_TEXTS = 16
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_ORIENTATION = (b"XML:com.adobe.xmp", b"Raw profile type exif", b"exif")  # keywords of the texts that may hold one


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image:
    """Open and decode a picture; `check_size` may refuse its (width, height)."""
    stream, profile = needed(data)
    image = Image.open(io.BytesIO(stream), formats=["PNG"])
    check_size(image.size)
    image.load()
    if profile is not None:
        image.info["icc_profile"] = profile
    transparent = image.info.get("transparency")
    if transparent is None or image.mode == "P":
        return image
    return _with_transparent(image, transparent, depth=data[24], stream=stream)


def needed(data: bytes) -> tuple[bytes, bytes | None]:
    """Return a PNG stream of only the chunks that the pixels need, and the profile, which is not passed to Pillow.

    Chunks that are critical or truncated are kept for Pillow to judge. If all are kept, the stream is `data` itself.
    """
    view, profile, texts = memoryview(data), None, 0
    parts = [view[: len(SIGNATURE)]]
    for kind, start, end in _chunks(data):
        body = bytes(view[start + 8 : end - 4]) if kind in (b"iCCP", *_TEXTS) else b""
        if kind == b"iCCP":
            profile = _unpacked(body.partition(b"\0")[2], MAX_PROFILE)
        elif kind not in _TEXTS or (texts < MAX_TEXTS and _may_orient(kind, body)):
            texts += kind in _TEXTS
            parts.append(view[start:end])
    return data if sum(map(len, parts)) == len(data) else b"".join(parts), profile


def count_frames(data: bytes) -> int:
    """Return the number of frames that an animation says it has; 1 for a still picture."""
    start = data.find(b"acTL", 0, data.find(b"IDAT"))  # it stands before the pixels
    return int.from_bytes(data[start + 4 : start + 8]) if start > 0 else 1


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each chunk up to IEND, without ancillary ones that are broken or of no use."""
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        start, kind = position, data[position + 4 : position + 8]
        position += 12 + int.from_bytes(data[start : start + 4])
        if position > len(data):  # cut off: for Pillow to judge
            yield b"CUT ", start, len(data)
        elif not (kind.isalpha() and kind[:1].islower()) or kind == b"tRNS" or _is_good(data, start, position):
            yield kind, start, position
        if kind == b"IEND":
            return


def _is_good(data: bytes, start: int, end: int) -> bool:
    """Return whether an ancillary chunk is of use and has the right checksum."""
    known = data[start + 4 : start + 8] in (b"iCCP", b"eXIf", *_TEXTS)
    return known and zlib.crc32(memoryview(data)[start + 4 : end - 4]) == int.from_bytes(data[end - 4 : end])


def _may_orient(kind: bytes, body: bytes) -> bool:
    """Return whether a text chunk may hold the orientation, and has a form and size that Pillow accepts."""
    keyword, _, text = body.partition(b"\0")
    if keyword not in _ORIENTATION:
        return False
    if kind == b"tEXt" or (kind == b"iTXt" and text[:1] == b"\0"):
        return len(text) < MAX_TEXT
    if kind == b"iTXt":
        text = text[1:2] + text[2:].split(b"\0", 2)[-1]
    return _unpacked(text, MAX_TEXT) is not None


def _unpacked(packed: bytes, limit: int) -> bytes | None:
    """Decompress what follows the method byte; return None for broken data, and for `limit` bytes or more."""
    with suppress(zlib.error):
        text = zlib.decompressobj().decompress(packed[1:], limit)
        return text if packed[:1] == b"\0" and len(text) < limit else None
    return None


def _with_transparent(image: Image.Image, sample: int | tuple[int, ...], depth: int, stream: bytes) -> Image.Image:
    """Make one grey or colour, the file's `sample`, transparent; only the `depth` low bits of it count."""
    highest = (1 << depth) - 1
    samples = sample if isinstance(sample, tuple) else (sample,)
    if image.mode == "RGB" and depth == 16:
        return _with_exact_transparency(image, np.array(samples), stream)
    levels = tuple((each & highest) * 255 // highest if depth < 8 else each & highest for each in samples)
    image.info["transparency"] = levels if image.mode == "RGB" else levels[0]
    return image


def _with_exact_transparency(image: Image.Image, samples: np.ndarray, stream: bytes) -> Image.Image:
    """Return RGBA from 16-bit RGB: Pillow keeps each sample's high byte, so the low ones are decoded once more."""
    low = PngImageFile(io.BytesIO(stream))
    low.tile = [low.tile[0]._replace(args="RGB;16L")]
    differs = (np.asarray(image) != samples >> 8).any(axis=-1) | (np.asarray(low) != samples & 255).any(axis=-1)
    del image.info["transparency"]
    image.putalpha(Image.fromarray(differs * np.uint8(255)))
    return image
