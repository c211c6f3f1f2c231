"""Place one table at one scale, in boxes: heads above, words and pictures at the side, rows of cells. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from nst.report.figure.geometry import Box, Label, Panel, Scale, Sizes, panel, region
from nst.report.figure.lettering import height, width, wrap
from nst.report.figure.table import Column, Facet, Head, Row, Shot, Table


class PlacedTable:
    """A table of known `width`: words of the rows, their pictures, the columns; `place` adds panels and labels."""

    def __init__(self, facet: Facet, sizes: Sizes, lengths: Scale) -> None:
        self.title, self.table, self.sizes, self.lengths = facet.title, facet.table, sizes, lengths
        self.pictured = any(row.head.picture for row in self.table.rows)  # left of the rows
        columns = [column.head.text for column in self.table.columns if not column.aside]
        self.cols_title = _unless_said(self.table.cols_title, columns)
        self.rows_title = _unless_said(self.table.rows_title, [row.head.text for row in self.table.rows])
        self.panels: list[Panel] = []
        self.labels: list[Label] = []
        self.x = self.y = 0

    def place(self, x: int, y: int) -> None:
        """Place everything, with the top left corner at `x`, `y`; `self.y` becomes the bottom."""
        self.x, self.y = x, y
        self._place_title()
        for number, band in enumerate(self.table.bands):
            self.y += self.lengths.gap if number else 0
            self._place_heads(band, is_first=number == 0)
            for row in band.rows:
                self._place_row(band, row)
                self.y += self.lengths.gap
        self.y -= self.lengths.gap

    @cached_property
    def width(self) -> int:
        boxes = [box for band in self.table.bands for box, _ in self._columns(band)]
        return max(box.x + box.w for box in boxes) - self.x

    @cached_property
    def _side(self) -> int:
        """Return the width of the words left of the rows; 0 without words."""
        texts = [self.table.heads_title, *(row.head.text for row in self.table.rows)]
        widths = [width(line, self.lengths.font) for text in texts for line in self._side_lines(text)]
        small = [width(line, self.lengths.small) for line in self._rows_title_lines]
        return round(max(widths + small)) + 1 if widths else 0

    @property
    def _rows_title_lines(self) -> tuple[str, ...]:
        return wrap(f"{self.rows_title} ↓", self.lengths.small, self._side_room) if self.rows_title else ()

    def _side_lines(self, text: str) -> tuple[str, ...]:
        return wrap(text, self.lengths.font, self._side_room)

    @property
    def _side_room(self) -> float:
        return max(0.8 * self.lengths.cell[0], 9 * self.lengths.font)

    @property
    def _left(self) -> int:
        return self.x + (self._side + self.lengths.gap if self._side else 0)

    @property
    def _first(self) -> int:
        return self._left + (self.lengths.cell[0] + 2 * self.lengths.gap if self.pictured else 0)

    def _columns(self, band: Table) -> Iterator[tuple[Box, Column]]:
        """Yield each column with a box of no height around its side-by-side cells."""
        cell, tight, gap = self.lengths.cell[0], self.lengths.tight, self.lengths.gap
        x = self._first
        for column in band.columns:
            box = Box(x, self.y, len(column.captions) * (cell + tight) - tight, 0)
            yield box, column
            x += box.w + gap * (2 if column.aside and len(self.table.bands) == 1 else 1)

    def _slots(self, band: Table, tall: int) -> Iterator[Box]:
        """Yield the boxes of a row; those of one cell are side by side."""
        cell, tight = self.lengths.cell[0], self.lengths.tight
        for box, column in self._columns(band):
            for number in range(len(column.captions)):
                yield Box(box.x + number * (cell + tight), self.y, cell, tall)

    def _write(self, lines: tuple[str, ...], box: Box, size: int | None = None, **style: Any) -> None:
        self.labels.append(Label(lines, box, size or self.lengths.font, **style))

    def _place_title(self) -> None:
        if self.title:
            font = self.lengths.font
            lines = wrap(self.title, font, self.width, bold=True)
            box = Box(self.x, self.y, self.width, height(len(lines), font))
            self._write(lines, box, across="left", bold=True)
            self.y += box.h + font // 2

    def _place_heads(self, band: Table, is_first: bool) -> None:
        """Place everything above the rows: the axis title, and the columns' words, pictures and captions."""
        top, title = self.y, self.cols_title if is_first else ""
        has_pictures = any(column.head.picture for column in band.columns)
        has_corner = has_pictures and self.pictured
        if title and not has_corner:
            self._place_cols_title(band)
        self._place_head_words(band)
        if has_pictures:
            self._place_head_pictures(band, title if has_corner else "")
        self._place_captions(band)
        if is_first and self.rows_title:
            self._place_rows_title(top)

    def _place_cols_title(self, band: Table) -> None:
        """Write the title of the columns on a line of its own."""
        small = self.lengths.small
        x = next(box.x for box, column in self._columns(band) if not column.aside or len(band.columns) == 1)
        box = Box(x, self.y, self.x + self.width - x, height(1, small))
        self._write((self.cols_title,), box, small, quiet=True, across="left")
        self.y += box.h + small // 3

    def _place_head_words(self, band: Table) -> None:
        font = self.lengths.font
        words = [(wrap(column.head.text, font, box.w), box) for box, column in self._columns(band)]
        tall = height(max(len(lines) for lines, _ in words), font)
        for lines, box in words:
            if lines:
                self._write(lines, replace(box, h=tall), down="bottom")
        self.y += tall + font // 3 if tall else 0

    def _place_head_pictures(self, band: Table, corner: str) -> None:
        """Place the pictures above the columns, and beside them the title of their axis or line."""
        s, tall = self.lengths, height(1, self.lengths.small)
        if corner:
            box = Box(self.x, self.y + (s.cell[1] - tall) // 2, self._first - 2 * s.gap - self.x, tall)
            self._write((f"{corner} →",), box, s.small, quiet=True, across="right")
        bottom = self.y + s.cell[1]
        for box, column in self._columns(band):
            if column.head.picture or not column.aside:
                place = Box(box.x + (box.w - s.cell[0]) // 2, self.y, *s.cell)
                bottom = max(bottom, self._place_head(column.head, place))
        self._place_side_words(self.table.heads_title, s.cell[1])
        self.y = bottom + 2 * s.gap

    def _place_head(self, head: Head, box: Box) -> int:
        """Place the pictures of a head side by side, with their names if there are several; return the bottom."""
        shots = head.shots or (Shot(None, "pending", alt=head.text),)
        wide = (box.w - self.lengths.tight * (len(shots) - 1)) // len(shots)
        boxes = [replace(box, x=box.x + number * (wide + self.lengths.tight), w=wide) for number in range(len(shots))]
        panels = [panel(shot, each, self.sizes) for shot, each in zip(shots, boxes, strict=True)]
        self.panels += panels
        return max([box.y + box.h, *(self._place_caption(shown) for shown in panels if shown.shot.caption)])

    def _place_side_words(self, text: str, tall: int) -> None:
        if text:
            box = Box(self.x, self.y, self._side, tall)
            self._write(self._side_lines(text), box, across="right", down="middle")

    def _place_captions(self, band: Table) -> None:
        small = self.lengths.small
        tall = height(1, small)
        texts = [caption for column in band.columns for caption in column.captions]
        for text, box in zip(texts, self._slots(band, tall), strict=True):
            if text:
                self._write((text,), box, small, quiet=True)
        self.y += tall + small // 3 if any(texts) else 0

    def _place_rows_title(self, top: int) -> None:
        """Write the title of the rows, close above their words or pictures."""
        s, lines = self.lengths, self._rows_title_lines
        tall = height(len(lines), s.small)
        self.y = max(self.y, top + tall + s.small // 3)
        x, wide, across = (self._left, s.cell[0], "center") if self.pictured else (self.x, self._side, "right")
        self._write(lines, Box(x, self.y - tall - s.small // 3, wide, tall), s.small, quiet=True, across=across)

    def _place_row(self, band: Table, row: Row) -> None:
        tall = self._row_height(row)
        self._place_side_words(row.head.text, tall)
        place, bottom = Box(self._left, self.y, self.lengths.cell[0], tall), self.y
        if row.head.picture:
            bottom = self._place_head(row.head, place)
        shots = [shot for cell in row.cells for shot in cell]
        cells = zip(shots, self._slots(band, tall), strict=True)
        panels = [panel(shot, box, self.sizes) for shot, box in cells if shot.state != "blank"]
        self.panels += panels
        self.y = max([self.y + tall, bottom, *(self._place_caption(shown) for shown in panels if shown.shot.caption)])

    def _row_height(self, row: Row) -> int:
        """Return the common height of the cells; crops have the height of their region."""
        pairs = [(shot.crop, self.sizes.get(shot.picture)) for cell in row.cells for shot in cell if shot.picture]
        crops = [region(crop, size) for crop, size in pairs if crop and size]
        ratios = [(bottom - top) / (right - left) for left, top, right, bottom in filter(None, crops)]
        return round(self.lengths.cell[0] * min(2.0, max(ratios))) if ratios else self.lengths.cell[1]

    def _place_caption(self, shown: Panel) -> int:
        """Write the caption of a picture close below it; return the bottom."""
        small, cell = self.lengths.small, shown.cell
        lines = wrap(shown.shot.caption, small, cell.w)
        box = Box(cell.x, shown.inner.y + shown.inner.h + small // 3, cell.w, height(len(lines), small))
        self._write(lines, box, small)
        return box.y + box.h


def _unless_said(title: str, texts: Sequence[str]) -> str:
    """Return the title of an axis, unless all its words contain it, as in `seed 0`."""
    return "" if all(title in text.split() for text in texts) else title
