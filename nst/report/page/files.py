"""Find the other files of a report: figures drawn now or earlier, tables to take along."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from nst.report.figure.figures import Figure, Figures
from nst.report.figure.pictures import size_of
from nst.report.page.thumbs import Wanted

WIDEST = 1280
"""Pixels of the long side of a grid that stands still before it moves."""
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
class Download:
    """A file beside the page and what it holds."""

    file: str
    what: str


@dataclass(frozen=True)
class Moving:
    """An animation in the report, of the run with this signature or of the whole `grid`, and its other formats."""

    path: Path
    subject: str
    others: tuple[str, ...]

    @property
    def still(self) -> Wanted:
        """The picture that is shown before it is set in motion."""
        return Wanted(self.path, f"motion-{self.subject}.webp", long=WIDEST if self.subject == "grid" else 0)


def downloads(folder: Path) -> tuple[Download, ...]:
    """Return the files to download that are there."""
    return tuple(Download(file, what) for file, what in _TAKEN.items() if (folder / file).is_file())


def written(folder: Path, formats: Collection[str]) -> list[str]:
    """Return the files there are in these formats, those of `MAIN` first."""
    names = dict.fromkeys((*MAIN, *_TAKEN))
    return [name for name in names if name.rpartition(".")[2] in formats and (folder / name).is_file()]


def loss_figure(drawn: Figures, folder: Path) -> Figure | None:
    """Return the curves as they were drawn now, else as an earlier report left them."""
    if drawn.curves:
        return drawn.curves
    size = size_of(folder / "curves.png")
    return Figure("curves.png", *size, "Total loss against evaluation, one curve a run") if size else None


def moving(folder: Path) -> tuple[Moving, ...]:
    found = sorted((folder / "motion").glob("[!.]*.webp"))
    return tuple(Moving(path, path.stem, _others(path)) for path in found)


def _others(path: Path) -> tuple[str, ...]:
    video = path.with_suffix(".mp4")
    return (f"motion/{video.name}",) if video.is_file() else ()


def version(path: Path) -> str:
    """Return a word that changes when the file does; empty if it cannot be read."""
    try:
        return f"{crc32(path.read_bytes()):x}"
    except OSError:
        return ""
