"""A comparison as a table of shots, before any pixel is counted: what stands in which row and column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from nst.report.read.layout import Crop

State = Literal["done", "failed", "running", "pending", "missing", "input", "blank"]


@dataclass(frozen=True)
class Shot:
    """One picture, or the reason why there is none. `crop`: show this region only; `framed`: outline it.

    `signature`: of the run that made it, or would make it; empty for inputs.
    """

    picture: Path | None
    state: State = "done"
    note: str = ""
    alt: str = ""
    caption: str = ""
    crop: Crop | None = None
    framed: Crop | None = None
    signature: str = ""


@dataclass(frozen=True)
class Head:
    """The name of a row or a column: words, and the input picture if the axis is one of pictures."""

    text: str = ""
    picture: Path | None = None


@dataclass(frozen=True)
class Column:
    """A column of cells; each cell has as many shots side by side as there are `captions`.

    `aside`: a reference that is not a place on the axis; it keeps a distance.
    """

    head: Head
    captions: tuple[str, ...] = ("",)
    aside: bool = False


@dataclass(frozen=True)
class Row:
    """A row of cells, one a column."""

    head: Head
    cells: tuple[tuple[Shot, ...], ...]


@dataclass(frozen=True)
class Band:
    """Columns that stand on one line, with their heads above them. A long axis makes several bands."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """Bands one below the other, and the names of the two axes.

    `heads_title`: name of the pictures above the columns, if words at the side name the rows.
    """

    bands: tuple[Band, ...]
    rows_title: str = ""
    cols_title: str = ""
    heads_title: str = ""


@dataclass(frozen=True)
class Facet:
    """One table of several like it, and the values that only it shows; a sweep of one or two keys has one, untitled."""

    title: str
    table: Table


BLANK = Shot(None, "blank")


def wrapped(columns: Sequence[Column], rows: Sequence[Row], most: int) -> tuple[Band, ...]:
    """Put the columns on as few lines as hold `most` each, evenly filled."""
    lines = -(-len(columns) // most) or 1
    step = -(-len(columns) // lines) or 1
    bands = []
    for start in range(0, len(columns), step):
        part = slice(start, start + step)
        bands.append(Band(tuple(columns[part]), tuple(replace(row, cells=row.cells[part]) for row in rows)))
    return tuple(bands)
