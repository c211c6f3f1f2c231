"""The figures of a report as files: comparison grid, enlarged crops, curves, and what moves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nst.report import arrange, curves, grid, labels, motion
from nst.report.drawing import Figure as Figure
from nst.report.drawing import Grid
from nst.report.files import remove
from nst.report.layout import WIDEST
from nst.report.material import Material
from nst.report.table import Facet


@dataclass(frozen=True)
class Figures:
    """What was drawn for the screen; None: there is nothing to draw, or it was not asked for."""

    grid: Figure | None = None
    crops: Figure | None = None
    curves: Figure | None = None


def write(material: Material, formats: Collection[str]) -> Figures:
    """Draw what the formats ask for, and clear away what no longer has a subject.

    `pdf` is for print; what moves comes with `png`, into `motion/`.
    """
    wanted = [suffix for suffix in ("png", "pdf") if suffix in formats]
    if not wanted:
        return Figures()
    drawn = (_grid(material, wanted), _crops(material, wanted), _curves(material, wanted))
    if "png" not in wanted:
        return Figures()
    motion.write(material)
    return Figures(*drawn)


def _grid(material: Material, suffixes: Sequence[str]) -> Figure | None:
    facets = arrange.facets(material.plan, material.frame, material.axes, material.crop)
    return _draw(material, "grid", suffixes, facets, f"The results of {material.plan.name} side by side")


def _crops(material: Material, suffixes: Sequence[str]) -> Figure | None:
    plan, frame, crop = material.plan, material.frame, material.crop
    if crop is None or not (frame["state"] == "done").any():
        _clear(material, "crops", suffixes)
        return None
    facets = arrange.crops(plan, frame, material.axes, crop)
    return _draw(material, "crops", suffixes, facets, f"The region {labels.crop(crop)} of each result, enlarged")


def _draw(material: Material, name: str, suffixes: Sequence[str], facets: Sequence[Facet], title: str) -> Figure | None:
    if "pdf" in suffixes:
        grid.write_pdf(facets, material.folder / f"{name}.pdf")
    if "png" not in suffixes:
        return None
    path, width = material.folder / f"{name}.png", material.width or WIDEST
    return figure(grid.write(facets, path, width), path.name, title)


def _curves(material: Material, suffixes: Sequence[str]) -> Figure | None:
    paths = [material.folder / f"curves.{suffix}" for suffix in suffixes]
    if not curves.write(material.plan, material.frame, paths):
        _clear(material, "curves", suffixes)
        return None
    return Figure("curves.png", curves.WIDTH, curves.HEIGHT, "Total loss against evaluations and seconds, by run")


def _clear(material: Material, name: str, suffixes: Sequence[str]) -> None:
    for suffix in suffixes:
        remove(material.folder / f"{name}.{suffix}")


def figure(grid: Grid, file: str, title: str) -> Figure:
    """A drawing with its description: what it compares, picture by picture."""
    shots = [panel.shot.alt for panel in grid.panels if panel.shot.alt]
    return Figure(file, grid.width, grid.height, f"{title}: {'; '.join(shots)}" if shots else title)
