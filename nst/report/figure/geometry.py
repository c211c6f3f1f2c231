"""Boxes, shapes and lengths in pixels, and a drawing made of them. Pure; the origin is the top left corner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from nst.report import labels
from nst.report.figure.table import Shot
from nst.report.read.layout import Crop

Region = tuple[int, int, int, int]  # left, top, right and bottom in pixels of a picture
Sizes = Mapping[Path, tuple[int, int]]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; `x`, `y` is its top left corner."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Scale:
    """All lengths of a drawing, derived from the long side of its cells."""

    cell: tuple[int, int]
    font: int
    small: int
    gap: int
    tight: int
    margin: int


@dataclass(frozen=True)
class Panel:
    """A shot in its cell: `inner` is the picture's box, `source` the part of it shown, `outline` a frame on it."""

    cell: Box
    inner: Box
    shot: Shot
    source: Region | None = None
    outline: Box | None = None


@dataclass(frozen=True)
class Label:
    """Lines of text, each `size` pixels high, aligned horizontally and vertically in a box."""

    lines: tuple[str, ...]
    box: Box
    size: int
    quiet: bool = False
    bold: bool = False
    across: Literal["left", "center", "right"] = "center"
    down: Literal["top", "middle", "bottom"] = "top"


@dataclass(frozen=True)
class Grid:
    """A drawing: its size in pixels and its contents."""

    width: int
    height: int
    panels: tuple[Panel, ...]
    labels: tuple[Label, ...]


def scale(long: int, shape: tuple[float, float]) -> Scale:
    """Return the lengths for cells with this long side and shape (width, height; the longer one is 1)."""
    font = min(32, max(13, round(long * 0.07)))
    cell = (max(1, round(long * shape[0])), max(1, round(long * shape[1])))
    small = max(11, round(font * 0.82))
    return Scale(cell, font, small, max(8, round(long * 0.045)), max(2, round(long * 0.012)), round(font * 1.4))


def hull(shapes: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the smallest (width, height) that holds all shapes once each has a long side of 1."""
    scaled = [(w / max(w, h), h / max(w, h)) for w, h in shapes]
    return (max(w for w, _ in scaled), max(h for _, h in scaled)) if scaled else (1.0, 1.0)


def fitted(shape: tuple[float, float], cell: Box) -> Box:
    """Return the largest box of this shape inside the cell, centred."""
    factor = min(cell.w / shape[0], cell.h / shape[1])
    w, h = min(cell.w, max(1, round(shape[0] * factor))), min(cell.h, max(1, round(shape[1] * factor)))
    return Box(cell.x + (cell.w - w) // 2, cell.y + (cell.h - h) // 2, w, h)


def region(crop: Crop, size: tuple[int, int]) -> Region | None:
    """Return a crop (fractions if all are at most 1) in pixels of a picture of this size; None if outside it."""
    x, y, w, h = crop
    if max(crop) <= 1:
        x, y, w, h = x * size[0], y * size[1], w * size[0], h * size[1]
    left, top = round(x), round(y)
    right, bottom = min(size[0], max(left + 1, round(x + w))), min(size[1], max(top + 1, round(y + h)))
    return (left, top, right, bottom) if left < right and top < bottom else None


def panel(shot: Shot, cell: Box, sizes: Sizes) -> Panel:
    """Place a shot in its cell, not stretched; the cell is empty without a picture, or if the crop lies outside."""
    size = sizes.get(shot.picture) if shot.picture else None
    source = region(shot.crop or (0, 0, *size), size) if size else None
    if size is None or source is None:
        if shot.state in ("pending", "running", "failed"):
            return Panel(cell, cell, shot)
        note = labels.OUTSIDE if shot.crop and shot.picture else ""
        return Panel(cell, cell, replace(shot, picture=None, state="missing", note=note))
    inner = fitted((source[2] - source[0], source[3] - source[1]), cell)
    return Panel(cell, inner, shot, source, _outline(shot, size, inner))


def _outline(shot: Shot, size: tuple[int, int], inner: Box) -> Box | None:
    found = region(shot.framed, size) if shot.framed else None
    if found is None:
        return None
    left, top, right, bottom = found
    across, down = inner.w / size[0], inner.h / size[1]
    w, h = max(1, round((right - left) * across)), max(1, round((bottom - top) * down))
    return Box(inner.x + round(left * across), inner.y + round(top * down), w, h)
