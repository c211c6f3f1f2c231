"""Find the other files of a report: figures drawn now or earlier, what moves, tables to take along."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.report.figure.figures import Figure, Figures
from nst.report.figure.pictures import size_of
from nst.report.page.runs import Run
from nst.report.page.thumbs import Wanted

WIDEST = 1280  # pixels of the long side of a grid that stands still before it moves
_TAKEN = {
    "results.csv": "all numbers of all runs",
    "timing.csv": "times by setting",
    "timing.md": "times as Markdown",
    "timing.tex": "times as LaTeX (booktabs)",
    "grid.png": "the comparison as a picture",
    "grid.pdf": "the comparison for print",
    "crops.png": "the enlarged region as a picture",
    "crops.pdf": "the enlarged region for print",
    "curves.png": "the losses as a picture",
    "curves.pdf": "the losses for print",
}

MAIN = ("index.html", "grid.png", "grid.pdf")
"""The files that one opens first."""


@dataclass(frozen=True)
class Film:
    """An animation in the report, of a run or of the whole grid, and its name in words."""

    path: Path
    name: str

    @property
    def is_grid(self) -> bool:
        return self.path.stem == "grid"

    @property
    def still(self) -> Wanted:
        """The picture that is shown before it is set in motion."""
        return Wanted(self.path, long=WIDEST if self.is_grid else 0)

    @property
    def video(self) -> Path | None:
        path = self.path.with_suffix(".mp4")
        return path if path.is_file() else None


def films(folder: Path, table: Sequence[Run]) -> list[Film]:
    """Return the animation of the whole grid, then those of runs in plan order."""
    names = {"grid": "all runs in step", **{run.signature: run.label for run in table}}
    found = [Film(folder / "motion" / f"{subject}.webp", name) for subject, name in names.items()]
    return [film for film in found if film.path.is_file()]


def downloads(folder: Path) -> dict[str, str]:
    """Return the files to download that are there, and what they hold."""
    return {file: what for file, what in _TAKEN.items() if (folder / file).is_file()}


def written(folder: Path, formats: Collection[str]) -> list[str]:
    """Return the files there are in these formats, those of `MAIN` first."""
    names = dict.fromkeys((*MAIN, *_TAKEN))
    return [name for name in names if name.rpartition(".")[2] in formats and (folder / name).is_file()]


def loss_figure(drawn: Figures, folder: Path) -> Figure | None:
    """Return the curves as they were drawn now, else as an earlier report left them."""
    size = size_of(folder / "curves.png")
    earlier = Figure("curves.png", *size, "Total loss against evaluation, one curve a run") if size else None
    return drawn.curves or earlier
