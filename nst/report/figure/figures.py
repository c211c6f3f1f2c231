"""The figures of a report as files: comparison grid, enlarged crops, curves, and animations.

What draws them is imported when they are drawn: a sweep's page is written without them before its first run.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nst.report import labels
from nst.report.context import ReportContext
from nst.report.figure import arrange
from nst.report.figure.table import Facet
from nst.store.files.atomic import remove


@dataclass(frozen=True)
class Figure:
    """A drawing in the report's folder: its size in pixels, and its alternative text."""

    file: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Figures:
    """The drawings for the screen; None if there is nothing to draw or it was not requested."""

    grid: Figure | None = None
    crops: Figure | None = None
    curves: Figure | None = None


def write(context: ReportContext, formats: Collection[str]) -> Figures:
    """Draw the figures in these formats, animations with `png`, and remove figures that have become obsolete."""
    suffixes = [suffix for suffix in ("png", "pdf") if suffix in formats]
    if not suffixes:
        return Figures()
    from nst.report.animation import animate
    from nst.report.figure import curves

    plan, frame, axes, crop = context.plan, context.frame, context.axes, context.crop
    facets = arrange.facets(plan, frame, axes, crop)
    grids = _draw(context, "grid", suffixes, facets, f"The results of {plan.name} side by side")
    enlarged = arrange.crops(plan, frame, axes, crop) if crop and (frame["state"] == "done").any() else ()
    title = f"The region {labels.crop(crop)} of each result, enlarged" if crop else ""
    crops = _draw(context, "crops", suffixes, enlarged, title)
    has_curves = curves.write(plan, frame, [context.folder / f"curves.{suffix}" for suffix in suffixes])
    if "png" not in suffixes:
        return Figures()
    animate.write(context)
    alt = "Total loss against evaluations and seconds, by run"
    return Figures(grids, crops, Figure("curves.png", curves.WIDTH, curves.HEIGHT, alt) if has_curves else None)


def _draw(context: ReportContext, name: str, suffixes: list[str], facets: Sequence[Facet], title: str) -> Figure | None:
    """Draw tables as files; return the PNG, with an alternative text that lists its pictures."""
    from nst.report.figure import grid

    if not facets:
        for suffix in suffixes:
            remove(context.folder / f"{name}.{suffix}")
        return None
    if "pdf" in suffixes:
        grid.write_pdf(facets, context.folder / f"{name}.pdf")
    if "png" not in suffixes:
        return None
    drawn = grid.write(facets, context.folder / f"{name}.png", context.width or grid.WIDEST)
    shots = [panel.shot.alt for panel in drawn.panels if panel.shot.alt]
    return Figure(f"{name}.png", drawn.width, drawn.height, f"{title}: {'; '.join(shots)}" if shots else title)
