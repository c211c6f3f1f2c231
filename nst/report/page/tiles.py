"""Turn tables of shots into tiles for the page: every shot with its files, its shape and its state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nst.report import labels
from nst.report.figure.gallery import Gallery
from nst.report.figure.geometry import hull, region
from nst.report.figure.pictures import size_of
from nst.report.figure.table import Column, Facet, Head, Row, Shot, Table
from nst.report.page.runs import Run
from nst.report.page.thumbs import Thumb, Wanted
from nst.report.read.layout import Crop

WIDEST, NARROWEST = 448, 224  # CSS pixels of a cell: at most, and at least if there is room

Percent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tile:
    """A shot as the page shows it. `href`: the whole picture, or the run in the table of runs.

    `width`: of its cell, in percent; `box`: the cell's shape if it differs from its grid's; `frame`: left, top,
    width and height of the outline, in percent; `zoom`: the region shown, as fractions of the picture.
    """

    shot: Shot
    run: str = ""
    href: str = ""
    thumb: Thumb | None = None
    width: float = 100
    box: float | None = None
    frame: Percent | None = None
    zoom: str = ""


Line = tuple[Head, tuple[Tile, ...], tuple[tuple[Tile, ...], ...]]
"""A row's head, its pictures if the axis is one of pictures, and its cells, each of one or more tiles."""


@dataclass(frozen=True)
class View:
    """A comparison. `flat`: one line of columns, which the page wraps; `box`: aspect ratio of all cells."""

    facet: Facet
    columns: tuple[tuple[Column, tuple[Tile, ...]], ...]
    lines: tuple[Line, ...]
    flat: bool
    box: float
    widest: int

    @property
    def slots(self) -> int:
        return sum(len(column.captions) for column, _ in self.columns)

    @property
    def is_paired(self) -> bool:
        return self.slots > len(self.columns)

    @property
    def pictured(self) -> bool:  # left of the rows
        return any(pictures for _, pictures, _ in self.lines)

    @property
    def named(self) -> bool:
        return self.pictured or any(head.text for head, _, _ in self.lines)


def wanted(tables: list[Table], gallery: Gallery) -> Iterator[Wanted]:
    """Yield the small copies that tables need."""
    for shot in (shot for table in tables for shot in (*table.inputs, *table.shots)):
        if shot.picture and shot.picture in gallery.files:
            yield Wanted(shot.picture)
            size = size_of(shot.picture) if shot.crop else None
            if shot.crop and size and (detail := region(shot.crop, size)):
                yield Wanted(shot.picture, detail)


@dataclass(frozen=True)
class Tiler:
    """Makes tiles from shots, given the picture files, their small copies, and the runs by signature."""

    gallery: Gallery
    thumbs: Mapping[Wanted, Thumb]
    runs: Mapping[str, Run]

    def view(self, facet: Facet, flat: bool) -> View:
        """Return a comparison with its columns on one line: the page wraps them."""
        table = facet.table
        found = [(shot, self._whole(shot)) for shot in (*table.inputs, *table.shots) if not shot.crop]
        sizes = [(shot.state, (whole.width, whole.height)) for shot, whole in found if whole]
        shown = [size for state, size in sizes if state == "done"] or [size for _, size in sizes]
        wide, high = hull(shown)
        return View(
            facet=facet,
            columns=tuple((column, self._head(column.head, wide / high)) for column in table.columns),
            lines=tuple(self._line(row, wide / high, flat and number > 0) for number, row in enumerate(table.rows)),
            flat=flat,
            box=round(wide / high, 4),
            widest=min(WIDEST, max([NARROWEST, *(width for width, _ in shown)])),
        )

    def picture(self, picture: Path, alt: str) -> Tile:
        """Return a single picture, in a cell of its own shape."""
        tile = self._tile(Shot(picture, "input", alt=alt), 0)
        return replace(tile, box=round(tile.thumb.width / tile.thumb.height, 4)) if tile.thumb else tile

    def _head(self, head: Head, box: float) -> tuple[Tile, ...]:
        return tuple(self._tile(shot, box) for shot in head.shots)

    def _line(self, row: Row, box: float, repeated: bool) -> Line:
        """Return a row of cells; if it only repeats the cells above in detail, missing pictures are left blank."""
        details = [detail for cell in row.cells for shot in cell if (detail := self._detail(shot))]
        wide, high = hull([(detail.width, detail.height) for detail in details])
        shape = round(wide / high, 4) if details else None

        def tile(shot: Shot) -> Tile:
            made = replace(self._tile(shot, shape or box), box=shape)
            is_blank = repeated and not self._whole(shot)
            return replace(made, shot=replace(made.shot, state="blank")) if is_blank else made

        return row.head, self._head(row.head, box), tuple(tuple(map(tile, cell)) for cell in row.cells)

    def _tile(self, shot: Shot, box: float) -> Tile:
        run = self.runs.get(shot.signature)
        if shot.state == "pending" and run and run.state == "running":
            shot = replace(shot, state="running")
        id, whole = run.id if run else "", self._whole(shot)
        thumb = self._detail(shot) if shot.crop else whole
        if shot.picture is None or whole is None or thumb is None:
            state = "missing" if shot.state in ("done", "input") else shot.state
            note = labels.OUTSIDE if whole and shot.crop else shot.note
            return Tile(replace(shot, state=state, note=note), id, f"#{id}" if id else "")
        ratio = thumb.width / thumb.height
        width = round(min(100.0, 100 * ratio / (box or ratio)), 2)
        zoom = _percent(shot.crop, whole) or ()
        return Tile(
            shot,
            id,
            self.gallery.files[shot.picture],
            thumb,
            width,
            frame=_percent(shot.framed, whole),
            zoom=" ".join(f"{part / 100:.4f}" for part in zoom),
        )

    def _whole(self, shot: Shot) -> Thumb | None:
        return self.thumbs.get(Wanted(shot.picture)) if shot.picture else None

    def _detail(self, shot: Shot) -> Thumb | None:
        whole = self._whole(shot)
        if shot.picture is None or shot.crop is None or whole is None:
            return None
        part = region(shot.crop, (whole.width, whole.height))
        return self.thumbs.get(Wanted(shot.picture, part)) if part else None


def _percent(crop: Crop | None, whole: Thumb) -> Percent | None:
    found = region(crop, (whole.width, whole.height)) if crop else None
    if found is None:
        return None
    left, top, right, bottom = found
    w, h = whole.width / 100, whole.height / 100
    return round(left / w, 2), round(top / h, 2), round((right - left) / w, 2), round((bottom - top) / h, 2)
