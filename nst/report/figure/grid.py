"""The comparison grid and the crops as PNG and PDF files: a drawing from `layout` put on a sheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from nst.report.figure import canvas, lettering, pictures
from nst.report.figure.canvas import Canvas, Pixels
from nst.report.figure.drawing import Grid, Label, Panel
from nst.report.figure.geometry import Box
from nst.report.figure.layout import WIDEST, place
from nst.report.figure.table import Facet

PRINTED = 1008  # pixels across, which are 7 inches: the text of a page
PRINTED_DPI = 300  # of the pictures, if they have that many pixels
PRINTED_PIXELS = 8e6  # of all pictures together: a file that can be sent

Shown = list[Pixels | None]

_DARK, _WHITE = (28, 28, 30), (255, 255, 255)
_LARGE = 320  # long side of a cell


def write(facets: Sequence[Facet], path: Path, width: int = WIDEST) -> Grid:
    """Draw the tables as a PNG file at most `width` pixels wide, unless there are too many cells for that.

    Returns the drawing.
    """
    grid = lay_out(facets, width)
    canvas.save_pixels(painted(grid), path)
    return grid


def write_pdf(facets: Sequence[Facet], path: Path) -> Grid:
    """Draw the tables as a PDF file as wide as a page's text, with the pictures at up to `PRINTED_DPI`."""
    grid = lay_out(facets, PRINTED)
    with canvas.plain_style():
        paper = Canvas(canvas.sheet(grid.width, grid.height), grid.height)
        shown = _fetch_for_print(grid)
        for panel, found in zip(grid.panels, shown, strict=True):
            if found is not None:
                _print(paper, panel, found)
        _write_words(paper, grid, shown)
        canvas.save(paper.figure, path)
    return grid


def lay_out(facets: Sequence[Facet], width: int) -> Grid:
    """Place the tables in pixels, from the sizes of their pictures."""
    return place(facets, pictures.sizes(path for facet in facets for path in pictures.in_table(facet.table)), width)


def painted(grid: Grid) -> Pixels:
    """Return the drawing as (H, W, 3) uint8, RGB."""
    shown = _read((panel, (panel.inner.w, panel.inner.h)) for panel in grid.panels)
    with canvas.plain_style():
        paper = Canvas(canvas.sheet(grid.width, grid.height), grid.height)
        _write_words(paper, grid, shown)
        pixels = canvas.rasterised(paper.figure)
    for panel, found in zip(grid.panels, shown, strict=True):
        if found is not None:
            paste(pixels, found, panel)
    return pixels


def paste(ground: Pixels, found: Pixels, panel: Panel) -> None:
    """Put a picture into its panel, with the frame of its crop."""
    box, frame = panel.inner, panel.outline
    ground[box.y : box.y + box.h, box.x : box.x + box.w] = found
    if frame is not None:
        _ring(ground, frame, _half(panel) + 1, _DARK)
        _ring(ground, frame, _half(panel), _WHITE)


def _half(panel: Panel) -> int:
    """Return half the width of a crop's frame: a line of three pixels, on a small picture of one."""
    return 1 if max(panel.cell.w, panel.cell.h) >= _LARGE else 0


def _ring(ground: Pixels, box: Box, half: int, colour: tuple[int, int, int]) -> None:
    """Draw a frame `2 * half + 1` pixels wide on the outer row of pixels of the box."""
    top, left = max(0, box.y - half), max(0, box.x - half)
    bottom, right = box.y + box.h + half, box.x + box.w + half
    line = 2 * half + 1
    for y, x in (
        (slice(top, top + line), slice(left, right)),
        (slice(bottom - line, bottom), slice(left, right)),
        (slice(top, bottom), slice(left, left + line)),
        (slice(top, bottom), slice(right - line, right)),
    ):
        ground[y, x] = colour


def _print(paper: Canvas, panel: Panel, found: Pixels) -> None:
    """Do as `paste`: a white line on a dark one is visible on every picture."""
    paper.picture(found, panel.inner)
    if panel.outline is not None:
        wide = 2 * _half(panel) + 1
        paper.rectangle(panel.outline, fill=False, edgecolor=canvas.DARK, linewidth=wide + 2, zorder=3)
        paper.rectangle(panel.outline, fill=False, edgecolor="white", linewidth=wide, zorder=4)


def _fetch_for_print(grid: Grid) -> Shown:
    """Read whole pictures never beyond their own pixels, and crops enlarged to squares that show as such."""
    pixels = sum(panel.inner.w * panel.inner.h for panel in grid.panels if panel.source)
    finer = min(PRINTED_DPI / canvas.DPI, (PRINTED_PIXELS / max(1, pixels)) ** 0.5)
    return _read((panel, _printed_size(panel, finer)) for panel in grid.panels)


def _printed_size(panel: Panel, finer: float) -> tuple[int, int]:
    if panel.source is None:
        return 0, 0
    left, top, right, bottom = panel.source
    wanted, own = round(panel.inner.w * finer), right - left
    if wanted <= own:
        return max(1, wanted), max(1, round(panel.inner.h * finer))
    times = wanted // own if panel.shot.crop else 1
    return own * times, (bottom - top) * times


def _read(asked: Iterable[tuple[Panel, tuple[int, int]]]) -> Shown:
    def read(one: tuple[Panel, tuple[int, int]]) -> Pixels | None:
        panel, size = one
        if panel.shot.picture is None or panel.source is None:
            return None
        return pictures.pixels(panel.shot.picture, panel.source, size)

    return pictures.side_by_side(read, list(asked))


def _write_words(paper: Canvas, grid: Grid, shown: Shown) -> None:
    """Write all that is not a picture."""
    for panel, found in zip(grid.panels, shown, strict=True):
        if found is None:
            _empty(paper, panel)
    for label in grid.labels:
        paper.write(label)


def _empty(paper: Canvas, panel: Panel) -> None:
    """Draw a pale box that says why there is no picture; dashed if one is still to come."""
    due = panel.shot.state in ("pending", "running")
    face, line = ("white", (0, (4, 4))) if due else (canvas.PALE, "solid")
    paper.rectangle(panel.cell, facecolor=face, edgecolor=canvas.FAINT, linestyle=line)
    size = min(22, max(11, round(min(panel.cell.w, panel.cell.h) * 0.06)))
    word = panel.shot.state if due or panel.shot.state == "failed" else "no picture"
    _words(paper, panel, word, lettering.wrap(panel.shot.note, size, panel.cell.w * 0.84, most=4), size)


def _words(paper: Canvas, panel: Panel, word: str, reason: list[str], size: int) -> None:
    cell, line = panel.cell, lettering.height(1, size)
    reason = reason[: max(0, int(0.9 * cell.h / line) - 1)]
    tall = lettering.height(1 + len(reason), size)
    top = cell.y + (cell.h - tall) // 2
    colour = canvas.ALARM if panel.shot.state == "failed" else canvas.QUIET
    paper.write(Label((word,), Box(cell.x, top, cell.w, line), size), colour)
    paper.write(Label(tuple(reason), Box(cell.x, top + line, cell.w, tall - line), size, quiet=True))
