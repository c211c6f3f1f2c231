"""Boxes, shapes and lengths in pixels. Pure; the origin is the top left corner."""

from collections.abc import Iterable
from dataclasses import dataclass

from nst.report.read.layout import Crop

Region = tuple[int, int, int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; `x`, `y` is its top left corner."""

    x: int
    y: int
    w: int
    h: int

    def moved(self, x: int, y: int) -> "Box":
        return Box(self.x + x, self.y + y, self.w, self.h)


@dataclass(frozen=True)
class Scale:
    """All lengths of a drawing; they follow from the long side of its cells."""

    long: int
    cell: tuple[int, int]
    font: int
    small: int
    gap: int
    tight: int
    margin: int


def scale(long: int, shape: tuple[float, float]) -> Scale:
    """Return the lengths for cells with this long side and shape (width, height; the longer one is 1)."""
    font = min(32, max(13, round(long * 0.07)))
    cell = (max(1, round(long * shape[0])), max(1, round(long * shape[1])))
    small = max(11, round(font * 0.82))
    return Scale(long, cell, font, small, max(8, round(long * 0.045)), max(2, round(long * 0.012)), round(font * 1.4))


def hull(shapes: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the smallest (width, height) that holds all shapes once each has a long side of 1."""
    scaled = [(w / max(w, h), h / max(w, h)) for w, h in shapes]
    return (max(w for w, _ in scaled), max(h for _, h in scaled)) if scaled else (1.0, 1.0)


def fitted(shape: tuple[float, float], cell: Box) -> Box:
    """Return the largest box of this shape inside the cell, centred."""
    factor = min(cell.w / shape[0], cell.h / shape[1])
    w, h = min(cell.w, max(1, round(shape[0] * factor))), min(cell.h, max(1, round(shape[1] * factor)))
    return Box(cell.x + (cell.w - w) // 2, cell.y + (cell.h - h) // 2, w, h)


def region(crop: Crop, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return a crop as left, top, right, bottom in pixels of a picture of this size; None if it lies outside.

    Numbers that are all 1 or less are fractions of the picture.
    """
    x, y, w, h = crop
    if max(crop) <= 1:
        x, y, w, h = x * size[0], y * size[1], w * size[0], h * size[1]
    left, top = round(x), round(y)
    right, bottom = min(size[0], max(left + 1, round(x + w))), min(size[1], max(top + 1, round(y + h)))
    return (left, top, right, bottom) if left < right and top < bottom else None
