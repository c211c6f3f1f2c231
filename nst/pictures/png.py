"""Read PNG: pass Pillow only the chunks that the pixels need (PNG, third edition, 2025).

Pillow refuses a whole picture for one text chunk that unpacks to more than 1 MiB or has a wrong checksum.
"""

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngImageFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_PROFILE = 2**24
"""Bytes of an ICC profile, unpacked; a larger one is ignored. Profiles of presses have about 2**21."""

MAX_TEXT = 2**20
"""Bytes of a text chunk that may hold an orientation, unpacked: Pillow's limit."""

MAX_TEXTS = 16

_ORIENTATION = (b"XML:com.adobe.xmp", b"Raw profile type exif", b"exif")
"""Keywords of the text chunks in which Pillow looks for an orientation."""

_GREY, _TRUECOLOUR = 0, 2


@dataclass(frozen=True)
class Chunk:
    kind: bytes
    start: int  # of its length field in the file
    end: int  # after its checksum
    sound: bool  # whether the checksum is right; checked for ancillary chunks only


@dataclass(frozen=True)
class Needed:
    """A PNG stream of only the chunks that its pixels need, and what is passed to Pillow apart from it."""

    stream: bytes
    profile: bytes | None
    transparent: tuple[int, ...]  # samples of tRNS as in the file; empty if there are none


def opened(data: bytes, check_size: Callable[[tuple[int, int]], None]) -> Image.Image:
    """Open a picture, decoding it only if necessary; `check_size` may refuse its (width, height)."""
    found = needed(data)
    image = Image.open(io.BytesIO(found.stream), formats=["PNG"])
    check_size(image.size)
    if found.profile is not None:
        image.info["icc_profile"] = found.profile
    if not found.transparent:
        return image
    depth, colour = data[24], data[25]
    if colour == _TRUECOLOUR and depth == 16:
        return _with_exact_transparency(image, found)
    levels = tuple(_level(sample, depth) for sample in found.transparent)
    image.info["transparency"] = levels if colour == _TRUECOLOUR else levels[0]
    return image


def needed(data: bytes) -> Needed:
    """Split a PNG file; chunks that are critical or truncated are kept for Pillow to judge."""
    kept, profile, texts = [(0, len(SIGNATURE))], None, 0
    transparent: tuple[int, ...] = ()
    for chunk in _chunks(data):
        body = memoryview(data)[chunk.start + 8 : chunk.end - 4]
        if chunk.kind == b"iCCP" and chunk.sound:
            profile = _profile(bytes(body))
        elif chunk.kind == b"tRNS" and chunk.sound and _colour(data) in (_GREY, _TRUECOLOUR):
            transparent = _samples(bytes(body), 1 if _colour(data) == _GREY else 3)
            if not transparent:
                kept.append((chunk.start, chunk.end))
        elif _is_needed(chunk, body) and (chunk.kind[2:] != b"Xt" or texts < MAX_TEXTS):
            texts += chunk.kind[2:] == b"Xt"
            kept.append((chunk.start, chunk.end))
    return Needed(_joined(data, kept), profile, transparent)


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to IEND; one longer than the rest of the file ends with it, and counts as critical."""
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        kind, end = data[position + 4 : position + 8], position + 12 + int.from_bytes(data[position : position + 4])
        if end > len(data):
            yield Chunk(b"CUT ", position, len(data), True)
            return
        yield Chunk(kind, position, end, not _is_ancillary(kind) or _is_sound(data, position, end))
        position = len(data) if kind == b"IEND" else end


def _is_ancillary(kind: bytes) -> bool:
    return kind.isalpha() and kind[:1].islower()


def _is_sound(data: bytes, start: int, end: int) -> bool:
    return zlib.crc32(memoryview(data)[start + 4 : end - 4]) == int.from_bytes(data[end - 4 : end])


def _is_needed(chunk: Chunk, body: memoryview) -> bool:
    if not _is_ancillary(chunk.kind) or chunk.kind == b"tRNS":
        return True
    if chunk.kind == b"eXIf":
        return chunk.sound
    return chunk.sound and chunk.kind in (b"tEXt", b"zTXt", b"iTXt") and _may_orient(chunk.kind, bytes(body))


def _may_orient(kind: bytes, body: bytes) -> bool:
    """Return whether a text chunk may hold the orientation, and has a form and size that Pillow accepts."""
    keyword, _, text = body.partition(b"\0")
    if keyword not in _ORIENTATION:
        return False
    if kind == b"tEXt" or (kind == b"iTXt" and text[:1] == b"\0"):
        return len(text) < MAX_TEXT
    if kind == b"iTXt":
        text = text[1:2] + text[2:].split(b"\0", 2)[-1]
    return text[:1] == b"\0" and _unpacked(text[1:], MAX_TEXT) is not None


def _profile(body: bytes) -> bytes | None:
    _, _, packed = body.partition(b"\0")
    return _unpacked(packed[1:], MAX_PROFILE) if packed[:1] == b"\0" else None


def _unpacked(packed: bytes, limit: int) -> bytes | None:
    """Decompress up to `limit` bytes; return None for broken data or `limit` bytes and more."""
    try:
        text = zlib.decompressobj().decompress(packed, limit)
    except zlib.error:
        return None
    return text if len(text) < limit else None


def _joined(data: bytes, kept: list[tuple[int, int]]) -> bytes:
    """Join the kept parts; if all are kept, return `data` itself without a copy."""
    if sum(end - start for start, end in kept) == len(data):
        return data
    view = memoryview(data)
    return b"".join(view[start:end] for start, end in kept)


def _colour(data: bytes) -> int:
    return data[25] if data[12:16] == b"IHDR" else -1


def _samples(body: bytes, count: int) -> tuple[int, ...]:
    """Return the two-byte samples of a tRNS chunk; none if it is too short, for Pillow to refuse."""
    if len(body) < 2 * count:
        return ()
    return tuple(int.from_bytes(body[at : at + 2]) for at in range(0, 2 * count, 2))


def _level(sample: int, depth: int) -> int:
    """Convert a sample of the file to Pillow's: its `depth` low bits, stretched to 0..255 if fewer than 8."""
    highest = (1 << depth) - 1
    low = sample & highest
    return low * (255 // highest) if depth < 8 else low


def _with_exact_transparency(image: Image.Image, found: Needed) -> Image.Image:
    """Return RGBA from 16-bit RGB: Pillow keeps each sample's high byte, so the low ones are decoded once more."""
    low = PngImageFile(io.BytesIO(found.stream))
    low.tile = [low.tile[0]._replace(args="RGB;16L")]
    wanted = [sample >> 8 for sample in found.transparent] + [sample & 255 for sample in found.transparent]
    same = Image.new("L", image.size, 255)
    for band, level in zip(image.split() + low.split(), wanted, strict=True):
        same = ImageChops.darker(same, band.point([255 * (value == level) for value in range(256)]))
    result = Image.merge("RGBA", (*image.split(), ImageChops.invert(same)))
    result.info = image.info
    return result
