"""From tables of shots to boxes in pixels: equal cells, pictures fitted into them without stretching. Pure."""

from bisect import bisect
from collections.abc import Sequence

from nst.report.figure.geometry import Grid, Scale, Sizes, hull, region, scale
from nst.report.figure.placed_table import PlacedTable
from nst.report.figure.table import Facet, Shot, evenly

WIDEST = 2400  # pixels across, as long as the cells stay legible
LARGEST = 20e6  # pixels altogether, as long as the cells stay legible
LEAST = 96  # long side of a cell, whatever the width
LONGEST, SHORTEST = 512, 192  # long side of a cell: at most, and at least if there is room


def place(facets: Sequence[Facet], sizes: Sizes, widest: int = WIDEST) -> Grid:
    """Place the tables below each other at one scale, the largest with which nothing is wider than `widest`.

    Cells are never larger than their pictures nor, however many there are, smaller than `LEAST`.
    """
    shots = [shot for facet in facets for shot in facet.table.shots]
    shape, most, crops = _measure(
        [(shot, sizes[shot.picture]) for shot in shots if shot.picture and shot.picture in sizes]
    )

    def overflows(long: int) -> bool:
        grid = _grid(facets, sizes, scale(long, shape), widest)
        return grid.width > widest or grid.width * grid.height > LARGEST

    long = LEAST + bisect(range(LEAST + 1, most + 1), False, key=overflows)
    return _grid(facets, sizes, scale(_crisp(long, shape, crops), shape), widest)


def _measure(found: Sequence[tuple[Shot, tuple[int, int]]]) -> tuple[tuple[float, float], int, set[int]]:
    """Return the shape of the cells, their long side at most, and the widths of the crops in pixels, each once.

    All results fit into the shape, without one the inputs. The largest picture has its own resolution, crops all room.
    """
    whole = [(shot.state, size) for shot, size in found if shot.crop is None]
    shape = hull([size for state, size in whole if state == "done"] or [size for _, size in whole])
    crops = [region(shot.crop, size) for shot, size in found if shot.crop]
    most = LONGEST if any(crops) else min(LONGEST, max([SHORTEST, *(max(size) for _, size in whole)]))
    return shape, most, {right - left for left, _, right, _ in filter(None, crops)}


def _crisp(long: int, shape: tuple[float, float], widths: set[int]) -> int:
    """Return a little less than `long` if that enlarges each pixel of a crop to a whole number of pixels."""
    if len(widths) != 1:
        return long
    whole = (less for less in range(long, LEAST - 1, -1) if scale(less, shape).cell[0] % min(widths) == 0)
    return next(whole, long)


def _grid(facets: Sequence[Facet], sizes: Sizes, s: Scale, widest: int) -> Grid:
    """Place everything from top to bottom; of several tables as many beside each other as the width holds."""
    tables = [PlacedTable(facet, sizes, s) for facet in facets]
    gap, y, width = 4 * s.gap, s.margin, 0
    most = (widest - 2 * s.margin + gap) // (max(table.width for table in tables) + gap)
    for line in evenly(len(tables), max(1, most)):
        x = s.margin
        for table in tables[line]:
            table.place(x, y)
            x += table.width + gap
        width = max(width, x - gap + s.margin)
        y = max(table.y for table in tables[line]) + gap
    panels = tuple(panel for table in tables for panel in table.panels)
    labels = tuple(label for table in tables for label in table.labels)
    return Grid(width, y - gap + s.margin, panels, labels)
