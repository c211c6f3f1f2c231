"""The figures of a report as files: comparison grid, enlarged crops, curves."""

from collections.abc import Collection
from dataclasses import dataclass

from nst.report import arrange, curves, grid, labels
from nst.report.drawing import Grid
from nst.report.files import remove
from nst.report.material import Material


@dataclass(frozen=True)
class Figure:
    """A drawing in the report's folder: its size in pixels, and what it shows in words."""

    file: str
    width: int
    height: int
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Figures:
    """What was drawn; None: there is nothing to draw, or it was not asked for."""

    grid: Figure | None = None
    crops: Figure | None = None
    curves: Figure | None = None


def write(material: Material, formats: Collection[str]) -> Figures:
    """Draw what the formats ask for, and clear away what no longer has a subject."""
    if "png" not in formats:
        return Figures()
    return Figures(_grid(material), _crops(material), _curves(material))


def _grid(material: Material) -> Figure:
    facets = arrange.facets(material.plan, material.frame, material.axes, material.crop)
    drawn = grid.write(facets[0].table, material.folder / "grid.png")
    return figure(drawn, "grid.png", f"The results of {material.plan.name} side by side")


def _crops(material: Material) -> Figure | None:
    if material.crop is None or not (material.frame["state"] == "done").any():
        remove(material.folder / "crops.png")
        return None
    drawn = grid.write(arrange.crops(material.plan, material.frame, material.crop), material.folder / "crops.png")
    return figure(drawn, "crops.png", f"The region {labels.crop(material.crop)} of each result, enlarged")


def _curves(material: Material) -> Figure | None:
    path = material.folder / "curves.png"
    if not curves.write(material.plan, material.frame, material.runs_dir, path):
        remove(path)
        return None
    return Figure("curves.png", curves.WIDTH, curves.HEIGHT, "Total loss against evaluation, one curve a run")


def figure(grid: Grid, file: str, title: str) -> Figure:
    """A drawing with its description: what it compares, picture by picture."""
    shots = [panel.shot.alt for panel in grid.panels if panel.shot.alt]
    return Figure(file, grid.width, grid.height, f"{title}: {'; '.join(shots)}" if shots else title)
