"""One table at one scale, in boxes: heads above, words and pictures at the side, rows of cells. Pure."""

from dataclasses import dataclass, replace

from nst.report import labels
from nst.report.figure import lettering
from nst.report.figure.drawing import Label, Panel, Sizes
from nst.report.figure.geometry import Box, fitted, region
from nst.report.figure.table import Band, Facet, Head, Row, Shot
from nst.report.figure.table_metrics import TableMetrics

Item = Panel | Label
Items = list[Item]


@dataclass(frozen=True)
class PlacedTable:
    """The items of a table with its title, from y = 0 and x = the margin; width and height without margins."""

    items: Items
    width: int
    height: int


def block(facet: Facet, stage: TableMetrics) -> PlacedTable:
    """Place a table at the scale of its metrics."""
    title, y = _facet_title(stage, facet.title)
    items, y = _table(stage, y)
    return PlacedTable(title + items, stage.width - 2 * stage.lengths.margin, y)


def _facet_title(stage: TableMetrics, title: str) -> tuple[Items, int]:
    s, room = stage.lengths, stage.width - 2 * stage.lengths.margin
    if not title:
        return [], 0
    lines = tuple(lettering.wrap(title, s.font, room, bold=True))
    tall = lettering.height(len(lines), s.font)
    return [Label(lines, Box(s.margin, 0, room, tall), s.font, across="left", bold=True)], tall + s.font // 2


def _table(stage: TableMetrics, y: int) -> tuple[Items, int]:
    items: Items = []
    s = stage.lengths
    for number, band in enumerate(stage.table.bands):
        found, y = _heads(stage, band, y + (2 * s.gap if number else 0))
        items += found
        for row in band.rows:
            found, end = _row(stage, band, row, y)
            items, y = items + found, end + s.gap
        y -= s.gap
    return items, y


def _heads(stage: TableMetrics, band: Band, y: int) -> tuple[Items, int]:
    """Place all above the rows: the name of the axis, words, pictures and captions of the columns."""
    first = band is stage.table.bands[0]
    titles, top = _cols_title(stage, band, y) if first else ([], y)
    words, top = _head_words(stage, band, top)
    pictures, top = _head_pictures(stage, band, top)
    captions, top = _captions(stage, band, top)
    down, top = _rows_title(stage, y, top) if first else ([], top)
    return titles + words + pictures + captions + down, top


def _cols_title(stage: TableMetrics, band: Band, y: int) -> tuple[Items, int]:
    """Name the axis that goes across: on a line of its own, or in the corner beside pictures."""
    s, title = stage.lengths, stage.cols_title
    if not title:
        return [], y
    tall = lettering.height(1, s.small)
    if _cornered(stage, band):
        middle = y + _words_height(stage, band) + (s.cell[1] - tall) // 2
        box = Box(s.margin, middle, stage.first - 2 * s.gap - s.margin, tall)
        return [Label((f"{title} →",), box, s.small, quiet=True, across="right")], y
    x = next(x for x, column in stage.columns(band) if not column.aside or len(band.columns) == 1)
    box = Box(x, y, stage.width - s.margin - x, tall)
    return [Label((title,), box, s.small, quiet=True, across="left")], y + tall + s.small // 3


def _rows_title(stage: TableMetrics, start: int, y: int) -> tuple[Items, int]:
    """Name the axis that goes down, close above its words or pictures."""
    s, lines = stage.lengths, tuple(stage.rows_title)
    if not lines:
        return [], y
    tall = lettering.height(len(lines), s.small)
    y = max(y, start + tall + s.small // 3)
    x, wide = (stage.left, s.cell[0]) if stage.pictured else (s.margin, stage.side)
    box = Box(x, y - tall - s.small // 3, wide, tall)
    return [Label(lines, box, s.small, quiet=True, across="center" if stage.pictured else "right")], y


def _cornered(stage: TableMetrics, band: Band) -> bool:
    return stage.pictured and any(column.head.picture for column in band.columns)


def _words_height(stage: TableMetrics, band: Band) -> int:
    """Return the height of the words above the columns and of the space below them; 0 without words."""
    if not any(column.head.text for column in band.columns):
        return 0
    lines = max(len(stage.head_lines(column)) for column in band.columns)
    return lettering.height(lines, stage.lengths.font) + stage.lengths.font // 3


def _head_words(stage: TableMetrics, band: Band, y: int) -> tuple[Items, int]:
    s, tall = stage.lengths, _words_height(stage, band)
    boxes = [(Box(x, y, stage.column_width(c), tall - s.font // 3), c) for x, c in stage.columns(band) if c.head.text]
    return [Label(stage.head_lines(c), box, s.font, down="bottom") for box, c in boxes], y + tall


def _head_pictures(stage: TableMetrics, band: Band, y: int) -> tuple[Items, int]:
    s = stage.lengths
    if not any(column.head.picture for column in band.columns):
        return [], y
    boxes = [
        (Box(x + (stage.column_width(column) - s.cell[0]) // 2, y, *s.cell), column.head)
        for x, column in stage.columns(band)
        if column.head.picture or not column.aside
    ]
    shown: Items = [panel(_head_shot(head), box, stage.sizes) for box, head in boxes]
    if stage.table.heads_title:
        box = Box(s.margin, y, stage.side, s.cell[1])
        shown.append(Label(stage.heads_lines, box, s.font, across="right", down="middle"))
    return shown, y + s.cell[1] + 2 * s.gap


def _captions(stage: TableMetrics, band: Band, y: int) -> tuple[Items, int]:
    s = stage.lengths
    tall = lettering.height(1, s.small)
    boxes = [box for x, column in stage.columns(band) for box in stage.slots(x, y, column, tall)]
    texts = [caption for column in band.columns for caption in column.captions]
    shown: Items = [Label((t,), box, s.small, quiet=True) for t, box in zip(texts, boxes, strict=True) if t]
    return shown, y + tall + s.small // 3 if shown else y


def _row(stage: TableMetrics, band: Band, row: Row, y: int) -> tuple[Items, int]:
    s, tall = stage.lengths, stage.row_height(row)
    items: Items = []
    if row.head.text:
        box = Box(s.margin, y, stage.side, tall)
        items.append(Label(stage.side_lines(row), box, s.font, across="right", down="middle"))
    if row.head.picture:
        items.append(panel(_head_shot(row.head), Box(stage.left, y, s.cell[0], tall), stage.sizes))
    cells = [(box, shot) for box, shot in stage.cells(band, row, y, tall) if shot.state != "blank"]
    panels = [panel(shot, box, stage.sizes) for box, shot in cells]
    items += panels
    captions = [_caption(stage, shown.shot.caption, shown) for shown in panels if shown.shot.caption]
    return [*items, *captions], max([y + tall, *(label.box.y + label.box.h for label in captions)])


def _caption(stage: TableMetrics, text: str, shown: Panel) -> Label:
    small, cell = stage.lengths.small, shown.cell
    lines = tuple(lettering.wrap(text, small, cell.w))
    top = shown.inner.y + shown.inner.h + small // 3
    return Label(lines, Box(cell.x, top, cell.w, lettering.height(len(lines), small)), small)


def panel(shot: Shot, cell: Box, sizes: Sizes) -> Panel:
    """Place a shot in its cell, not stretched; an empty cell without a picture or with nothing of it in the crop."""
    size = sizes.get(shot.picture) if shot.picture else None
    source = region(shot.crop or (0, 0, *size), size) if size else None
    if size is None or source is None:
        return Panel(cell, cell, _without_picture(shot))
    inner = fitted((source[2] - source[0], source[3] - source[1]), cell)
    return Panel(cell, inner, shot, source, _outline(shot, size, inner))


def _outline(shot: Shot, size: tuple[int, int], inner: Box) -> Box | None:
    found = region(shot.framed, size) if shot.framed else None
    if found is None:
        return None
    left, top, right, bottom = found
    across, down = inner.w / size[0], inner.h / size[1]
    corner = inner.x + round(left * across), inner.y + round(top * down)
    return Box(*corner, max(1, round((right - left) * across)), max(1, round((bottom - top) * down)))


def _without_picture(shot: Shot) -> Shot:
    if shot.state in ("pending", "running", "failed"):
        return shot
    note = labels.OUTSIDE if shot.crop and shot.picture else ""
    return replace(shot, picture=None, state="missing", note=note)


def _head_shot(head: Head) -> Shot:
    return Shot(head.picture, "input" if head.picture else "pending", alt=head.text)
