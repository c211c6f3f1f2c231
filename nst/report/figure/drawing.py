"""A drawing with every box in pixels: the result of the layout, ready for a page or file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nst.report.figure.geometry import Box, Region
from nst.report.figure.table import Shot

Sizes = Mapping[Path, tuple[int, int]]


@dataclass(frozen=True)
class Panel:
    """A shot in its cell: `inner` is the box of the picture, `source` the part of it shown, `outline` a frame on it."""

    cell: Box
    inner: Box
    shot: Shot
    source: Region | None = None
    outline: Box | None = None


@dataclass(frozen=True)
class Label:
    """Lines of text, each `size` pixels high, aligned in a box across and down."""

    lines: tuple[str, ...]
    box: Box
    size: int
    quiet: bool = False
    bold: bool = False
    across: Literal["left", "center", "right"] = "center"
    down: Literal["top", "middle", "bottom"] = "top"


@dataclass(frozen=True)
class Grid:
    """A drawing: its size in pixels and what is on it."""

    width: int
    height: int
    panels: tuple[Panel, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Figure:
    """A drawing in the report's folder: its size in pixels, and what it shows in words."""

    file: str
    width: int
    height: int
    alt: str
    caption: str = ""
