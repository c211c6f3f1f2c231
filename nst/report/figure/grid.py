"""The comparison grid and the crops: tables laid out in pixels, as large as a sheet allows, drawn as PNG and PDF."""

from bisect import bisect
from collections.abc import Callable, Sequence
from pathlib import Path

from nst.report.figure import canvas, lettering, pictures
from nst.report.figure.canvas import Canvas, Pixels
from nst.report.figure.geometry import Box, Grid, Label, Panel, Scale, Sizes, hull, region, scale
from nst.report.figure.placed_table import PlacedTable
from nst.report.figure.table import Facet, Shot, evenly

WIDEST = 2400  # pixels across, as long as the cells stay legible
LARGEST = 20e6  # pixels altogether, as long as the cells stay legible
LEAST = 96  # least long side of a cell, whatever the width
LONGEST, SHORTEST = 512, 192  # long side of a cell: at most, and at least if there is room
PRINTED = 1008  # pixels across, 7 inches: the text width of a page
PRINTED_DPI = 300  # resolution of the pictures, if they have that many pixels
PRINTED_PIXELS = 8e6  # of all pictures together, to keep the file small enough to send

_DARK, _WHITE = (28, 28, 30), (255, 255, 255)
_LARGE = 320  # long side of a cell


def write(facets: Sequence[Facet], path: Path, width: int = WIDEST) -> Grid:
    """Draw the tables as a PNG file, at most `width` pixels wide unless it has too many cells; return the drawing."""
    grid = lay_out(facets, width)
    canvas.save_pixels(painted(grid), path)
    return grid


def write_pdf(facets: Sequence[Facet], path: Path) -> Grid:
    """Draw the tables as a PDF file of a page's text width, with the pictures at up to `PRINTED_DPI`.

    Whole pictures are never enlarged beyond their own pixels; crops are, to visible square pixels.
    """
    grid = lay_out(facets, PRINTED)
    pixels = sum(panel.inner.w * panel.inner.h for panel in grid.panels if panel.source)
    finer = min(PRINTED_DPI / canvas.DPI, (PRINTED_PIXELS / max(1, pixels)) ** 0.5)
    shown = read(grid.panels, lambda panel: _printed_size(panel, finer))
    with canvas.plain_style():
        paper = _paper(grid, shown)
        for panel, found in zip(grid.panels, shown, strict=True):
            if found is not None:
                _print(paper, panel, found)
        canvas.save(paper.figure, path)
    return grid


def lay_out(facets: Sequence[Facet], width: int) -> Grid:
    """Place the tables in pixels, from the sizes of their pictures."""
    shots = [shot for facet in facets for shot in (*facet.table.inputs, *facet.table.shots)]
    return place(facets, pictures.sizes(shot.picture for shot in shots if shot.picture), width)


def place(facets: Sequence[Facet], sizes: Sizes, widest: int = WIDEST) -> Grid:
    """Place the tables below each other at one scale, the largest at which nothing is wider than `widest`.

    Cells are never larger than their pictures and, however many there are, never smaller than `LEAST`.
    """
    shots = [shot for facet in facets for shot in facet.table.shots]
    found = [(shot, sizes[shot.picture]) for shot in shots if shot.picture and shot.picture in sizes]
    shape, most, crops = _measure(found)

    def overflows(long: int) -> bool:
        grid = _placed(facets, sizes, scale(long, shape), widest)
        return grid.width > widest or grid.width * grid.height > LARGEST

    long = LEAST + bisect(range(LEAST + 1, most + 1), False, key=overflows)
    return _placed(facets, sizes, scale(_crisp(long, shape, crops), shape), widest)


def _measure(found: Sequence[tuple[Shot, tuple[int, int]]]) -> tuple[tuple[float, float], int, set[int]]:
    """Return the shape that holds all results, else the inputs; the longest side; the widths of crops in pixels."""
    whole = [(shot.state, size) for shot, size in found if shot.crop is None]
    shape = hull([size for state, size in whole if state == "done"] or [size for _, size in whole])
    crops = [region(shot.crop, size) for shot, size in found if shot.crop]
    most = LONGEST if any(crops) else min(LONGEST, max([SHORTEST, *(max(size) for _, size in whole)]))
    return shape, most, {right - left for left, _, right, _ in filter(None, crops)}


def _crisp(long: int, shape: tuple[float, float], widths: set[int]) -> int:
    """Return a length slightly below `long` that enlarges crops by a whole factor, if there is one."""
    if len(widths) != 1:
        return long
    return next((less for less in range(long, LEAST - 1, -1) if scale(less, shape).cell[0] % min(widths) == 0), long)


def _placed(facets: Sequence[Facet], sizes: Sizes, s: Scale, widest: int) -> Grid:
    """Place everything from top to bottom, with as many tables side by side as fit into the width."""
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


def painted(grid: Grid) -> Pixels:
    """Return the drawing as (H, W, 3) uint8, RGB."""
    shown = read(grid.panels)
    with canvas.plain_style():
        pixels = canvas.rasterised(_paper(grid, shown).figure)
    for panel, found in zip(grid.panels, shown, strict=True):
        if found is not None:
            paste(pixels, found, panel)
    return pixels


def paste(ground: Pixels, found: Pixels, panel: Panel) -> None:
    """Paste a picture into its panel, with the frame of its crop."""
    box, frame = panel.inner, panel.outline
    ground[box.y : box.y + box.h, box.x : box.x + box.w] = found
    if frame is not None:
        _ring(ground, frame, _half(panel) + 1, _DARK)
        _ring(ground, frame, _half(panel), _WHITE)


def _half(panel: Panel) -> int:
    """Return half the width of a crop's frame, whose line is three pixels wide, or one on a small picture."""
    return 1 if max(panel.cell.w, panel.cell.h) >= _LARGE else 0


def _ring(ground: Pixels, box: Box, half: int, colour: tuple[int, int, int]) -> None:
    """Draw a frame `2 * half + 1` pixels wide on the outer row of pixels of the box."""
    across = slice(max(0, box.x - half), box.x + box.w + half)
    outer = ground[max(0, box.y - half) : box.y + box.h + half, across]
    inside = slice(2 * half + 1, -2 * half - 1)
    kept = outer[inside, inside].copy()
    outer[:] = colour
    outer[inside, inside] = kept


def _print(paper: Canvas, panel: Panel, found: Pixels) -> None:
    """Do on paper what `paste` does; a white line on a dark one is visible on every picture."""
    paper.picture(found, panel.inner)
    if panel.outline is not None:
        wide = 2 * _half(panel) + 1
        paper.rectangle(panel.outline, fill=False, edgecolor=canvas.DARK, linewidth=wide + 2, zorder=3)
        paper.rectangle(panel.outline, fill=False, edgecolor="white", linewidth=wide, zorder=4)


def _printed_size(panel: Panel, finer: float) -> tuple[int, int]:
    left, top, right, bottom = panel.source or (0, 0, 0, 0)
    wanted, own = round(panel.inner.w * finer), right - left
    if wanted <= own:
        return max(1, wanted), max(1, round(panel.inner.h * finer))
    times = wanted // own if panel.shot.crop else 1
    return own * times, (bottom - top) * times


def read(
    panels: Sequence[Panel], size: Callable[[Panel], tuple[int, int]] = lambda panel: (panel.inner.w, panel.inner.h)
) -> list[Pixels | None]:
    """Read the picture of each panel at a size (width, height), by default that of its place; None without one."""

    def pixels(panel: Panel) -> Pixels | None:
        if panel.shot.picture is None or panel.source is None:
            return None
        return pictures.pixels(panel.shot.picture, panel.source, size(panel))

    return pictures.side_by_side(pixels, panels)


def _paper(grid: Grid, shown: Sequence[Pixels | None]) -> Canvas:
    """Return a sheet with everything on it except the pictures."""
    paper = Canvas(canvas.sheet(grid.width, grid.height), grid.height)
    for panel, found in zip(grid.panels, shown, strict=True):
        if found is None:
            _empty(paper, panel)
    for label in grid.labels:
        paper.write(label)
    return paper


def _empty(paper: Canvas, panel: Panel) -> None:
    """Draw a pale box that states why there is no picture; dashed if one is still to come."""
    cell, state = panel.cell, panel.shot.state
    due = state in ("pending", "running")
    face, line = ("white", (0, (4, 4))) if due else (canvas.PALE, "solid")
    paper.rectangle(cell, facecolor=face, edgecolor=canvas.FAINT, linestyle=line)
    size = min(22, max(11, round(min(cell.w, cell.h) * 0.06)))
    tall = lettering.height(1, size)
    reason = lettering.wrap(panel.shot.note, size, cell.w * 0.84, most=4)[: max(0, int(0.9 * cell.h / tall) - 1)]
    both = lettering.height(1 + len(reason), size)
    top = cell.y + (cell.h - both) // 2
    word = state if due or state == "failed" else "no picture"
    colour = canvas.ALARM if state == "failed" else canvas.QUIET
    paper.write(Label((word,), Box(cell.x, top, cell.w, tall), size), colour)
    paper.write(Label(reason, Box(cell.x, top + tall, cell.w, both - tall), size, quiet=True))
