"""Measure text, and break it into lines, with the font that matplotlib brings along."""

import re
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from PIL import ImageFont

_FILES = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
LEADING = 1.3

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BREAKABLE = re.compile(r"[^ _/+-]*[ _/+-]|[^ _/+-]+")


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of one line in pixels at a font size in pixels; line breaks count as spaces."""
    return _length(_CONTROL.sub(" ", text), bold) * size / 100


def height(lines: int, size: float) -> int:
    """Return the height of a block of lines in pixels."""
    return round(lines * size * LEADING)


def wrap(text: str, size: float, room: float, most: int = 3, bold: bool = False) -> list[str]:
    """Break text into lines no wider than `room` pixels, after spaces and `_ - / +`, else anywhere.

    A dot between words stays with the first. What `most` lines cannot hold ends in an ellipsis.
    """
    lines = [""]
    for part in _BREAKABLE.findall(_CONTROL.sub(" ", text).replace(" · ", "\u00a0· ")):
        if width((lines[-1] + part).rstrip(" "), size, bold) <= room:
            lines[-1] += part
        else:
            lines = [*(line for line in lines if line), *_pieces(part, size, room, bold)]
    lines = [line for line in lines if line.strip(" ")]
    if len(lines) > most:
        lines = [*lines[: most - 1], shorten("".join(lines[most - 1 :]), size, room, bold)]
    return [line.strip(" ") for line in lines]


def shorten(text: str, size: float, room: float, bold: bool = False) -> str:
    """Return the text, or as much of its beginning as fits before an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    end = len(text)
    while end > 1 and width(text[:end] + "…", size, bold) > room:
        end -= 1
    return text[:end].rstrip() + "…"


def shorten_middle(text: str, size: float, room: float) -> str:
    """Return the text, or its beginning and end around an ellipsis: names often differ in their last word."""
    if width(text, size) <= room:
        return text
    kept = len(text) - 1
    while kept > 2 and width(_around(text, kept), size) > room:
        kept -= 1
    return _around(text, kept)


def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the font itself, for words that are drawn without matplotlib."""
    return _font(False).font_variant(size=size)


def _around(text: str, kept: int) -> str:
    tail = kept * 2 // 3
    return text[: kept - tail].rstrip() + "…" + text[len(text) - tail :].lstrip()


def _pieces(part: str, size: float, room: float, bold: bool) -> list[str]:
    pieces = [""]
    for letter in part:
        if pieces[-1] and width((pieces[-1] + letter).rstrip(" "), size, bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(4096)
def _length(text: str, bold: bool) -> float:
    return _font(bold).getlength(text)


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FILES[bold], 100)
