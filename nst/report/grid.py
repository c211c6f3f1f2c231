"""The comparison grid and the crops as PNG files: a drawing from `layout` put on a sheet."""

from pathlib import Path

from matplotlib.figure import Figure

from nst.report import canvas, lettering, pictures
from nst.report.drawing import Grid, Label, Panel
from nst.report.geometry import Box
from nst.report.layout import place
from nst.report.table import Table


def write(table: Table, path: Path) -> Grid:
    """Lay out the table, draw it as a PNG file, and say what stands where on it."""
    grid = place(table, pictures.sizes(pictures.in_table(table)))
    with canvas.plain_style():
        canvas.save(draw(grid), path)
    return grid


def draw(grid: Grid) -> Figure:
    """The drawing as a figure of exactly its size in pixels."""
    figure = canvas.sheet(grid.width, grid.height)
    for panel in grid.panels:
        _panel(figure, panel, grid.height)
    for label in grid.labels:
        canvas.write(figure, label, grid.height)
    return figure


def _panel(figure: Figure, panel: Panel, height: int) -> None:
    inner, found = panel.inner, None
    if panel.shot.picture is not None and panel.source is not None:
        found = pictures.pixels(panel.shot.picture, panel.source, (inner.w, inner.h))
    if found is None:
        _empty(figure, panel, height)
        return
    figure.figimage(found, inner.x, height - inner.y - inner.h, origin="upper")
    if panel.outline is not None:
        _outline(figure, panel.outline, height)


def _outline(figure: Figure, box: Box, height: int) -> None:
    """A white line on a dark one: visible on every picture."""
    canvas.rectangle(figure, box, height, fill=False, edgecolor=canvas.DARK, linewidth=5, zorder=3)
    canvas.rectangle(figure, box, height, fill=False, edgecolor="white", linewidth=2.5, zorder=4)


_WORDS = {"pending": "pending", "failed": "failed"}


def _empty(figure: Figure, panel: Panel, height: int) -> None:
    """A pale box that says why there is no picture; dashed where one is still to come."""
    pending = panel.shot.state == "pending"
    canvas.rectangle(
        figure,
        panel.cell,
        height,
        facecolor="white" if pending else canvas.PALE,
        edgecolor=canvas.FAINT,
        linestyle=(0, (4, 4)) if pending else "solid",
    )
    size = min(22, max(11, round(min(panel.cell.w, panel.cell.h) * 0.06)))
    word = _WORDS.get(panel.shot.state, "no picture")
    _words(figure, panel, word, lettering.wrap(panel.shot.note, size, panel.cell.w * 0.84, most=4), size, height)


def _words(figure: Figure, panel: Panel, word: str, reason: list[str], size: int, height: int) -> None:
    cell, line = panel.cell, lettering.height(1, size)
    tall = lettering.height(1 + len(reason), size)
    top = cell.y + (cell.h - tall) // 2
    colour = canvas.ALARM if panel.shot.state == "failed" else canvas.QUIET
    canvas.write(figure, Label((word,), Box(cell.x, top, cell.w, line), size), height, colour)
    below = Box(cell.x, top + line, cell.w, tall - line)
    canvas.write(figure, Label(tuple(reason), below, size, quiet=True), height)
