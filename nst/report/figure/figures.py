"""The figures of a report as files: comparison grid, enlarged crops, curves, and what moves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nst.report import labels
from nst.report.animation import animate
from nst.report.context import ReportContext
from nst.report.figure import arrange, curves, grid
from nst.report.figure.drawing import Figure as Figure
from nst.report.figure.drawing import Grid
from nst.report.figure.layout import WIDEST
from nst.report.figure.table import Facet
from nst.store.atomic import remove


@dataclass(frozen=True)
class Figures:
    """The drawings for the screen; None: there is nothing to draw, or it was not asked for."""

    grid: Figure | None = None
    crops: Figure | None = None
    curves: Figure | None = None


def write(context: ReportContext, formats: Collection[str]) -> Figures:
    """Draw what the formats ask for, and remove figures that have no subject any more.

    `pdf` is for print; what moves comes with `png`, into `motion/`.
    """
    wanted = [suffix for suffix in ("png", "pdf") if suffix in formats]
    if not wanted:
        return Figures()
    drawn = (_grid(context, wanted), _crops(context, wanted), _curves(context, wanted))
    if "png" not in wanted:
        return Figures()
    animate.write(context)
    return Figures(*drawn)


def _grid(context: ReportContext, suffixes: Sequence[str]) -> Figure | None:
    facets = arrange.facets(context.plan, context.frame, context.axes, context.crop)
    return _draw(context, "grid", suffixes, facets, f"The results of {context.plan.name} side by side")


def _crops(context: ReportContext, suffixes: Sequence[str]) -> Figure | None:
    plan, frame, crop = context.plan, context.frame, context.crop
    if crop is None or not (frame["state"] == "done").any():
        _clear(context, "crops", suffixes)
        return None
    facets = arrange.crops(plan, frame, context.axes, crop)
    return _draw(context, "crops", suffixes, facets, f"The region {labels.crop(crop)} of each result, enlarged")


def _draw(
    context: ReportContext, name: str, suffixes: Sequence[str], facets: Sequence[Facet], title: str
) -> Figure | None:
    if "pdf" in suffixes:
        grid.write_pdf(facets, context.folder / f"{name}.pdf")
    if "png" not in suffixes:
        return None
    path, width = context.folder / f"{name}.png", context.width or WIDEST
    return figure(grid.write(facets, path, width), path.name, title)


def _curves(context: ReportContext, suffixes: Sequence[str]) -> Figure | None:
    paths = [context.folder / f"curves.{suffix}" for suffix in suffixes]
    if not curves.write(context.plan, context.frame, paths):
        _clear(context, "curves", suffixes)
        return None
    return Figure("curves.png", curves.WIDTH, curves.HEIGHT, "Total loss against evaluations and seconds, by run")


def _clear(context: ReportContext, name: str, suffixes: Sequence[str]) -> None:
    for suffix in suffixes:
        remove(context.folder / f"{name}.{suffix}")


def figure(grid: Grid, file: str, title: str) -> Figure:
    """Describe a drawing: what it compares, picture by picture."""
    shots = [panel.shot.alt for panel in grid.panels if panel.shot.alt]
    return Figure(file, grid.width, grid.height, f"{title}: {'; '.join(shots)}" if shots else title)
