"""From tables of shots to what the page shows: every shot with its files, its shape and its state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nst.report import labels
from nst.report.figure.gallery import Gallery
from nst.report.figure.geometry import Region, hull, region
from nst.report.figure.pictures import size_of
from nst.report.figure.table import Column, Facet, Head, Row, Shot, Table
from nst.report.page.runs import Run
from nst.report.page.thumbs import Thumb, Wanted
from nst.report.page.view import Line, Name, Percent, Tile, View
from nst.report.read.layout import Crop

WIDEST, NARROWEST = 448, 224
"""CSS pixels of a cell: at most, and if there is room at least, however small its picture is."""


def shots(table: Table) -> Iterator[Shot]:
    """Yield every shot of a table, and its head's pictures as shots."""
    for band in table.bands:
        heads = [*(column.head for column in band.columns), *(row.head for row in band.rows)]
        yield from (Shot(head.picture, "input") for head in heads if head.picture)
        yield from (shot for row in band.rows for cell in row.cells for shot in cell)


def wanted(tables: list[Table], gallery: Gallery) -> Iterator[Wanted]:
    """Yield the small copies that tables need."""
    for shot in (shot for table in tables for shot in shots(table)):
        file = gallery.files.get(shot.picture) if shot.picture else None
        if shot.picture and file:
            yield Wanted(shot.picture, file)
            detail = _region(shot.crop, shot.picture)
            if detail:
                yield Wanted(shot.picture, file, detail)


def _region(crop: Crop | None, picture: Path) -> Region | None:
    size = size_of(picture) if crop else None
    return region(crop, size) if crop and size else None


@dataclass(frozen=True)
class Tiler:
    """Makes tiles of shots from the pictures' files, their small copies, and the runs by signature."""

    gallery: Gallery
    thumbs: Mapping[Wanted, Thumb]
    runs: Mapping[str, Run]

    def view(self, facet: Facet, flat: bool) -> View:
        """Return a comparison; the bands of its table are one again, for a page wraps by itself."""
        table = facet.table
        columns = [column for band in table.bands for column in band.columns]
        parts = [band.rows for band in table.bands]
        rows = [replace(row, cells=tuple(c for part in parts for c in part[n].cells)) for n, row in enumerate(parts[0])]
        whole = [shot for shot in shots(table) if shot.picture and not shot.crop]
        sizes = [(shot.state, size) for shot in whole if (size := self._size(shot.picture))]
        done = [size for state, size in sizes if state == "done"] or [size for _, size in sizes]
        wide, high = hull([size for _, size in sizes if size in done])
        box = wide / high
        natural = max([width for width, _ in done], default=NARROWEST)
        return View(
            title=facet.title,
            columns=tuple(self._column(column, box) for column in columns),
            lines=tuple(self._line(row, box, flat and number > 0) for number, row in enumerate(rows)),
            flat=flat,
            box=round(box, 4),
            widest=min(WIDEST, max(NARROWEST, natural)),
            rows_title=table.rows_title,
            cols_title=table.cols_title,
            heads_title=table.heads_title,
        )

    def picture(self, picture: Path, alt: str) -> Tile:
        """Return a picture by itself, in a cell of its own shape."""
        tile = self._tile(Shot(picture, "input", alt=alt), 0)
        return replace(tile, box=round(tile.thumb.width / tile.thumb.height, 4)) if tile.thumb else tile

    def _column(self, column: Column, box: float) -> Name:
        return replace(self._name(column.head, box), captions=column.captions, aside=column.aside)

    def _line(self, row: Row, box: float, repeated: bool) -> Line:
        """Return a row of cells; if it only repeats the cells above in detail, what is missing is left blank."""
        details = [self._detail(shot) for cell in row.cells for shot in cell]
        shapes = [(thumb.width, thumb.height) for thumb in details if thumb]
        own = hull(shapes) if shapes else None
        shape = round(own[0] / own[1], 4) if own else None
        tiles = [[replace(self._tile(shot, shape or box), box=shape) for shot in cell] for cell in row.cells]
        if repeated:
            pairs = [zip(line, cell, strict=True) for line, cell in zip(tiles, row.cells, strict=True)]
            tiles = [[tile if self._whole(shot) else replace(tile, state="blank") for tile, shot in p] for p in pairs]
        return Line(self._name(row.head, box), tuple(map(tuple, tiles)))

    def _name(self, head: Head, box: float) -> Name:
        tile = self._tile(Shot(head.picture, "input", alt=head.text), box) if head.picture else None
        return Name(head.text, tile)

    def _tile(self, shot: Shot, box: float) -> Tile:
        run = self.runs.get(shot.signature)
        plain = Tile(self._state(shot, run), "", shot.alt, shot.note, shot.caption, run.id if run else "")
        whole = self._whole(shot)
        thumb = self._detail(shot) if shot.crop else whole
        if shot.picture is None or whole is None or thumb is None:
            state = "missing" if plain.state in ("done", "input") else plain.state
            note = labels.OUTSIDE if whole and shot.crop else plain.note
            return replace(plain, state=state, href=f"#{run.id}" if run else "", note=note)
        ratio = thumb.width / thumb.height
        return replace(
            plain,
            href=self.gallery.files[shot.picture],
            thumb=thumb,
            width=round(min(100.0, 100 * ratio / (box or ratio)), 2),
            frame=_percent(shot.framed, whole),
            zoom=_fractions(shot.crop, whole) if shot.crop else "",
        )

    def _state(self, shot: Shot, run: Run | None) -> str:
        return "running" if shot.state == "pending" and run and run.state == "running" else shot.state

    def _whole(self, shot: Shot) -> Thumb | None:
        file = self.gallery.files.get(shot.picture) if shot.picture else None
        return self.thumbs.get(Wanted(shot.picture, file)) if shot.picture and file else None

    def _detail(self, shot: Shot) -> Thumb | None:
        whole = self._whole(shot)
        if shot.picture is None or shot.crop is None or whole is None:
            return None
        part = region(shot.crop, (whole.width, whole.height))
        return self.thumbs.get(Wanted(shot.picture, self.gallery.files[shot.picture], part)) if part else None

    def _size(self, picture: Path | None) -> tuple[int, int] | None:
        whole = self._whole(Shot(picture))
        return (whole.width, whole.height) if whole else None


def _percent(crop: Crop | None, whole: Thumb) -> Percent | None:
    found = region(crop, (whole.width, whole.height)) if crop else None
    if found is None:
        return None
    left, top, right, bottom = found
    w, h = whole.width / 100, whole.height / 100
    return round(left / w, 2), round(top / h, 2), round((right - left) / w, 2), round((bottom - top) / h, 2)


def _fractions(crop: Crop | None, whole: Thumb) -> str:
    percent = _percent(crop, whole)
    return " ".join(f"{part / 100:.4f}" for part in percent) if percent else ""
