"""From tables of shots to boxes in pixels: equal cells, pictures fitted into them without stretching, labels around.

Pure: the sizes of the pictures come in as a mapping.
"""

from collections.abc import Sequence
from dataclasses import replace

from nst.report.figure.drawing import Grid, Label, Panel, Sizes
from nst.report.figure.geometry import scale
from nst.report.figure.placed_table import Item, PlacedTable, block
from nst.report.figure.table import Facet
from nst.report.figure.table_metrics import TableMetrics, common_shape, crop_widths, longest

WIDEST = 2400  # pixels across, as long as the cells stay legible
LARGEST = 20e6  # pixels altogether, as long as the cells stay legible
LEAST = 96  # long side of a cell, whatever the width


def place(facets: Sequence[Facet], sizes: Sizes, widest: int = WIDEST) -> Grid:
    """Place the tables below each other at one scale, the largest with which nothing is wider than `widest`.

    Cells are never larger than their pictures nor, however many there are, smaller than `LEAST`.
    """
    tables = [facet.table for facet in facets]
    shape, least, most = common_shape(tables, sizes), LEAST, longest(tables, sizes)
    while least < most:
        middle = (least + most + 1) // 2
        fits = _fits(_grid(facets, sizes, middle, shape, widest), widest)
        least, most = (middle, most) if fits else (least, middle - 1)
    return _grid(facets, sizes, _crisp(least, shape, crop_widths(tables, sizes)), shape, widest)


def _fits(grid: Grid, widest: int) -> bool:
    return grid.width <= widest and grid.width * grid.height <= LARGEST


def _crisp(long: int, shape: tuple[float, float], widths: set[int]) -> int:
    """Return a little less than `long` if that enlarges each pixel of a crop to a whole number of pixels."""
    if len(widths) != 1:
        return long
    whole = (less for less in range(long, LEAST - 1, -1) if scale(less, shape).cell[0] % min(widths) == 0)
    return next(whole, long)


def _grid(facets: Sequence[Facet], sizes: Sizes, long: int, shape: tuple[float, float], widest: int) -> Grid:
    """Place everything from top to bottom; of several tables as many beside each other as the width holds."""
    s = scale(long, shape)
    blocks = [block(facet, TableMetrics(facet.table, sizes, s)) for facet in facets]
    items: list[Item] = []
    y, width = s.margin, 0
    for line in _lines(blocks, 4 * s.gap, widest - 2 * s.margin):
        x = s.margin
        for found in line:
            items += [_moved(item, x - s.margin, y) for item in found.items]
            width = max(width, x + found.width + s.margin)
            x += found.width + 4 * s.gap
        y += max(found.height for found in line) + 4 * s.gap
    panels = tuple(item for item in items if isinstance(item, Panel))
    labels = tuple(item for item in items if isinstance(item, Label))
    return Grid(width, y - 4 * s.gap + s.margin, panels, labels)


def _lines(blocks: Sequence[PlacedTable], gap: int, room: int) -> list[Sequence[PlacedTable]]:
    """Put the blocks on as few lines as hold them, evenly filled."""
    widest = max(found.width for found in blocks)
    lines = -(-len(blocks) // max(1, (room + gap) // (widest + gap)))
    each = -(-len(blocks) // lines)
    return [blocks[start : start + each] for start in range(0, len(blocks), each)]


def _moved(item: Item, x: int, y: int) -> Item:
    if isinstance(item, Label):
        return replace(item, box=item.box.moved(x, y))
    outline = item.outline.moved(x, y) if item.outline else None
    return replace(item, cell=item.cell.moved(x, y), inner=item.inner.moved(x, y), outline=outline)
