"""A comparison as a table of shots, before any pixel is counted: what stands in which row and column."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
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


BLANK = Shot(None, "blank")


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

    def changed(self, change: Callable[[Shot], Shot]) -> "Row":
        """Return the row with every shot changed."""
        return replace(self, cells=tuple(tuple(map(change, cell)) for cell in self.cells))


@dataclass(frozen=True)
class Table:
    """Columns and rows, and the names of the two axes.

    `heads_title`: name of the pictures above the columns, if words at the side name the rows.
    `across`: columns on one line of a sheet, at most; None: all.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rows_title: str = ""
    cols_title: str = ""
    heads_title: str = ""
    across: int | None = None

    @cached_property
    def bands(self) -> tuple["Table", ...]:
        """The columns on as few lines as hold `across` each, evenly filled, and their parts of the rows."""
        return tuple(self._part(part) for part in evenly(len(self.columns), self.across or len(self.columns)))

    @property
    def shots(self) -> list[Shot]:
        return [shot for row in self.rows for cell in row.cells for shot in cell]

    @property
    def pictures(self) -> list[Path]:
        """All pictures, inputs at the edges too."""
        heads = [*(column.head for column in self.columns), *(row.head for row in self.rows)]
        found = [*(shot.picture for shot in self.shots), *(head.picture for head in heads)]
        return [path for path in found if path is not None]

    def _part(self, part: slice) -> "Table":
        rows = tuple(replace(row, cells=row.cells[part]) for row in self.rows)
        return replace(self, columns=self.columns[part], rows=rows, across=None)


@dataclass(frozen=True)
class Facet:
    """One table of several like it, and the values that only it shows; a sweep of one or two keys has one, untitled."""

    title: str
    table: Table


def evenly(count: int, most: int) -> list[slice]:
    """Divide `count` things among as few lines as hold `most` each, evenly filled."""
    lines = -(-count // most)
    step = -(-count // lines)
    return [slice(start, start + step) for start in range(0, count, step)]
