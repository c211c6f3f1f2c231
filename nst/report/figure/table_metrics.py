"""A table at one scale: what stands at which x, and how wide and tall things are. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from nst.report.figure import lettering
from nst.report.figure.drawing import Sizes
from nst.report.figure.geometry import Box, Scale, hull, region
from nst.report.figure.table import Band, Column, Row, Shot, Table

LONGEST, SHORTEST = 512, 192  # long side of a cell: at most, and at least if there is room


@dataclass(frozen=True)
class TableMetrics:
    """Horizontal measures of a table. From the left: words of the rows, their pictures, the columns."""

    table: Table
    sizes: Sizes
    lengths: Scale

    @cached_property
    def side(self) -> int:
        """Width of the words left of the rows; 0 without words."""
        s = self.lengths
        rows = [line for band in self.table.bands for row in band.rows for line in self.side_lines(row)]
        texts = [*rows, *self.heads_lines]
        widths = [lettering.width(text, s.font) for text in texts if text]
        if not widths:
            return 0
        return round(max([*widths, *(lettering.width(line, s.small) for line in self.rows_title)])) + 1

    @cached_property
    def cols_title(self) -> str:
        """Name of the axis that goes across, unless all its words say it: `seed 0`."""
        texts = [column.head.text for band in self.table.bands for column in band.columns if not column.aside]
        return "" if all(self.table.cols_title in text.split() for text in texts) else self.table.cols_title

    @cached_property
    def rows_title(self) -> list[str]:
        """Name of the axis that goes down, in lines; empty if all its words say it."""
        title = self.table.rows_title
        if all(title in row.head.text.split() for band in self.table.bands for row in band.rows):
            return []
        return lettering.wrap(f"{title} ↓", self.lengths.small, self._side_room) if title else []

    @cached_property
    def heads_lines(self) -> tuple[str, ...]:
        """Words left of the pictures above the columns, in lines."""
        return tuple(lettering.wrap(self.table.heads_title, self.lengths.font, self._side_room))

    @cached_property
    def pictured(self) -> bool:
        """True if pictures stand left of the rows."""
        return any(row.head.picture for band in self.table.bands for row in band.rows)

    @property
    def left(self) -> int:
        return self.lengths.margin + (self.side + self.lengths.gap if self.side else 0)

    @property
    def first(self) -> int:
        return self.left + (self.lengths.cell[0] + 2 * self.lengths.gap if self.pictured else 0)

    @cached_property
    def width(self) -> int:
        ends = [x + self.column_width(column) for band in self.table.bands for x, column in self.columns(band)]
        return max(ends, default=self.first) + self.lengths.margin

    def columns(self, band: Band) -> Iterator[tuple[int, Column]]:
        x = self.first
        for column in band.columns:
            yield x, column
            x += self.column_width(column) + self.lengths.gap * (
                2 if column.aside and len(self.table.bands) == 1 else 1
            )

    def column_width(self, column: Column) -> int:
        """Return the width of a column's cells side by side, with little between them."""
        count = len(column.captions)
        return count * self.lengths.cell[0] + (count - 1) * self.lengths.tight

    def slots(self, x: int, y: int, column: Column, tall: int) -> list[Box]:
        """Return the boxes of one cell, side by side."""
        step = self.lengths.cell[0] + self.lengths.tight
        return [Box(x + number * step, y, self.lengths.cell[0], tall) for number in range(len(column.captions))]

    def cells(self, band: Band, row: Row, y: int, tall: int) -> Iterator[tuple[Box, Shot]]:
        for (x, column), cell in zip(self.columns(band), row.cells, strict=True):
            yield from zip(self.slots(x, y, column, tall), cell, strict=True)

    def side_lines(self, row: Row) -> tuple[str, ...]:
        """Return the words left of a row, in lines."""
        return tuple(lettering.wrap(row.head.text, self.lengths.font, self._side_room))

    def head_lines(self, column: Column) -> tuple[str, ...]:
        """Return the words above a column, in lines."""
        return tuple(lettering.wrap(column.head.text, self.lengths.font, self.column_width(column)))

    def row_height(self, row: Row) -> int:
        """Return the common height of the cells; crops have the height of their region."""
        pairs = [(shot.crop, self.sizes.get(shot.picture)) for cell in row.cells for shot in cell if shot.picture]
        crops = [region(crop, size) for crop, size in pairs if crop and size]
        ratios = [(bottom - top) / (right - left) for left, top, right, bottom in filter(None, crops)]
        return round(self.lengths.cell[0] * min(2.0, max(ratios))) if ratios else self.lengths.cell[1]

    @property
    def _side_room(self) -> float:
        return max(0.8 * self.lengths.cell[0], 9 * self.lengths.font)


def longest(tables: Sequence[Table], sizes: Sizes) -> int:
    """Return the long side of the cells: the largest picture at its own resolution, `SHORTEST` to `LONGEST`.

    Beside crops, which are enlarged anyway, all the room there is.
    """
    if crop_widths(tables, sizes):
        return LONGEST
    sides = [max(size) for _, size in _whole(tables, sizes)]
    return min(LONGEST, max([SHORTEST, *sides]))


def crop_widths(tables: Sequence[Table], sizes: Sizes) -> set[int]:
    """Return the widths of the crops in pixels, each once."""
    pairs = [(shot.crop, sizes.get(shot.picture)) for shot in _shots(tables) if shot.picture and shot.crop]
    regions = [region(crop, size) for crop, size in pairs if crop and size]
    return {right - left for left, _, right, _ in filter(None, regions)}


def common_shape(tables: Sequence[Table], sizes: Sizes) -> tuple[float, float]:
    """Return the shape into which all results fit at equal long sides; of the inputs without a result; else square."""
    found = _whole(tables, sizes)
    return hull([size for shot, size in found if shot.state == "done"] or [size for _, size in found])


def _whole(tables: Sequence[Table], sizes: Sizes) -> list[tuple[Shot, tuple[int, int]]]:
    shots = [(shot, sizes.get(shot.picture)) for shot in _shots(tables) if shot.picture and shot.crop is None]
    return [(shot, size) for shot, size in shots if size is not None]


def _shots(tables: Sequence[Table]) -> list[Shot]:
    cells = [cell for table in tables for band in table.bands for row in band.rows for cell in row.cells]
    return [shot for cell in cells for shot in cell]
