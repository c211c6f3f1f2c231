"""Measure text, break it into lines, and find fonts that can draw it: matplotlib's own, then those installed."""

import logging
import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby

from matplotlib import font_manager
from matplotlib.text import Text
from PIL import ImageFont

LEADING = 1.3

_OWN = "DejaVu Sans"  # always there: Latin, Greek, Cyrillic, Arabic, Hebrew, arrows, some emoji
_WIDE = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")
_NEVER = (".", "Last Resort", "Adobe Blank", "Adobe NotDef", "Apple Color Emoji", "Noto Color Emoji")
"""Name prefixes of fonts that draw boxes, or draw in colour only."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BREAKS = re.compile(r"(?<=[ _/-])|(?<=[^U]\+)")


def put(artist: Text, text: str, **style: object) -> None:
    """Set an artist's text, the same way in every figure: made `drawable`, in fonts that have its characters."""
    shown = drawable(text)
    families = dict.fromkeys((_OWN, *(_family(letter) or _OWN for letter in shown)))
    artist.set(text=shown, fontfamily=list(families), parse_math=False, **style)


@lru_cache(4096)
def drawable(text: str) -> str:
    """Return drawable text: `[U+68B5 U+9AD8]` for characters without a font, spaces for line breaks."""
    shown = "".join(map(_plainer, _CONTROL.sub(" ", text)))
    parts = [(family, "".join(letters)) for family, letters in groupby(shown, _family)]
    return "".join(part if family else f"[{' '.join(f'U+{ord(one):04X}' for one in part)}]" for family, part in parts)


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of one line in pixels at a font size in pixels, as it is drawn."""
    return _length(drawable(text), bold) * size / 100


def height(lines: int, size: float) -> int:
    """Return the height of a block of lines in pixels."""
    return round(lines * size * LEADING)


def wrap(text: str, size: float, room: float, most: int = 3, bold: bool = False) -> tuple[str, ...]:
    """Break text into lines no wider than `room` pixels, after spaces and `_ - / +`, else anywhere.

    A dot between words stays with the first. Text that `most` lines cannot hold ends in an ellipsis.
    """

    def fits(line: str) -> bool:
        return width(line.rstrip(" "), size, bold) <= room

    lines = [""]
    for part in _BREAKS.split(drawable(text).replace(" · ", "\u00a0· ")):
        if not fits(lines[-1] + part):
            lines.append("")
        for piece in [part] if fits(part) else part:
            if not fits(lines[-1] + piece):
                lines.append("")
            lines[-1] += piece
    lines = [line for line in lines if line.strip(" ")]
    if len(lines) > most:
        lines = [*lines[: most - 1], shorten("".join(lines[most - 1 :]), size, room, bold)]
    return tuple(line.strip(" ") for line in lines)


def shorten(text: str, size: float, room: float, bold: bool = False, *, middle: bool = False) -> str:
    """Return the text, or as much of its beginning as fits (with `middle`, also of its end) and an ellipsis."""
    found = text = drawable(text)
    kept = len(text)
    while kept > 1 and width(found, size, bold) > room:
        kept -= 1
        tail = kept * 2 // 3 if middle else 0
        found = text[: kept - tail].rstrip() + "…" + text[len(text) - tail :].lstrip()
    return found


def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the font itself, for plain text drawn without matplotlib."""
    return _font(_OWN, False).font_variant(size=size)


@lru_cache(4096)
def _length(text: str, bold: bool) -> float:
    parts = [(family or _OWN, "".join(letters)) for family, letters in groupby(text, _family)]
    return sum(_font(family, bold).getlength(part) for family, part in parts)


def _plainer(letter: str) -> str:
    """Return a character, or its compatible form if only that can be drawn: `A` for a full-width A."""
    plain = unicodedata.normalize("NFKC", letter)
    return letter if _family(letter) or not all(map(_family, plain)) else plain


@cache
def _family(letter: str) -> str | None:
    """Return the first font family that has a character, upright in both weights."""
    return next((family for family in _families() if ord(letter) in _characters(family)), None)


@cache
def _families() -> tuple[str, ...]:
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    known = sorted(name for name in set(font_manager.get_font_names()) if not name.startswith(_NEVER))
    return (_OWN, *(name for name in _WIDE if name in known), *known)


@cache
def _characters(family: str) -> frozenset[int]:
    try:
        maps = [font_manager.get_font(_file(family, bold)).get_charmap() for bold in (False, True)]
    except (OSError, RuntimeError):  # a broken font
        return frozenset()
    return frozenset(maps[0]) & frozenset(maps[1])


@cache
def _font(family: str, bold: bool) -> ImageFont.FreeTypeFont:
    file = _file(family, bold)
    return ImageFont.truetype(file, 100, index=getattr(file, "face_index", 0))


def _file(family: str, bold: bool) -> str:
    return font_manager.findfont(font_manager.FontProperties(family=[family], weight="bold" if bold else "normal"))
