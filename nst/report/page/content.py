"""Gather the page's contents from the context, and the files it links to; the templates only print them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nst.report import labels, tradeoffs
from nst.report.context import ReportContext
from nst.report.figure import arrange, gallery
from nst.report.figure.figures import Figure, Figures
from nst.report.figure.pictures import size_of
from nst.report.figure.table import Facet
from nst.report.page import thumbs
from nst.report.page.runs import Run, counts, heads, runs, status
from nst.report.page.thumbs import Wanted
from nst.report.page.tiles import Tiler, wanted
from nst.report.read.layout import layout
from nst.report.stats.tables import NumberTable
from nst.store.command import retyped
from nst.store.plan import Plan, plain
from nst.store.store import Store

WIDEST = 1280  # long side in pixels of the still picture of an animated grid
_TAKEN = {
    "results.csv": "all numbers of all runs",
    "variance.csv": "what explains the variance",
    "variance.md": "the same as Markdown",
    "variance.tex": "the same as LaTeX (booktabs)",
    "timing.csv": "times by setting",
    "timing.md": "times as Markdown",
    "timing.tex": "times as LaTeX (booktabs)",
    "grid.png": "the comparison as a picture",
    "grid.pdf": "the comparison for print",
    "crops.png": "the enlarged region as a picture",
    "crops.pdf": "the enlarged region for print",
    "curves.png": "the losses as a picture",
    "curves.pdf": "the losses for print",
    "tradeoff.csv": "the trade-off in numbers",
    "tradeoff.md": "the trade-off as Markdown",
    "tradeoff.tex": "the trade-off as LaTeX (booktabs)",
    "tradeoff.png": "the trade-off as a picture",
    "tradeoff.pdf": "the trade-off for print",
}

MAIN = ("index.html", "grid.png", "grid.pdf")  # opened first
_RAN_ON = ("device", "host", "threads", "precision", "workers")


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
        """The still picture shown before the animation is played."""
        return Wanted(self.path, long=WIDEST if self.is_grid else 0)

    @property
    def video(self) -> Path | None:
        path = self.path.with_suffix(".mp4")
        return path if path.is_file() else None


def collect(
    context: ReportContext, drawn: Figures, sheets: Sequence[NumberTable], explained: Sequence[NumberTable]
) -> dict[str, object]:
    """Link the pictures, make the small copies, and return all variables of the templates."""
    plan, frame, folder = context.plan, context.frame, context.folder
    pictures = gallery.write(context)
    table = runs(plan, frame, pictures)
    moving = films(folder, table)
    facets, details = arrange.facets(plan, frame, context.axes, context.crop), _details(context)
    copies = [Wanted(path) for path, file in pictures.files.items() if "/start-" not in file]
    copies += [*wanted([facet.table for facet in (*facets, *details)], pictures), *(film.still for film in moving)]
    names = {**pictures.files, **{film.path: f"motion-{film.path.name}" for film in moving}}
    small = thumbs.write(copies, names, folder, thumbs.longest(len(table)))
    tiler = Tiler(pictures, small, {run.signature: run for run in reversed(table)})  # the first of equal runs
    is_flat = not context.axes.rows and layout(plan.report).cells != "triples"
    count = counts(frame)
    return {
        "name": plan.name,
        "purpose": paragraphs(plan.purpose),
        "status": status(frame),
        "counts": count,
        "is_finished": not count["pending"] and not count["running"],
        "failures": [run for run in table if run.state == "failed"],
        "views": [tiler.view(facet, is_flat) for facet in facets],
        "details": [tiler.view(facet, not (number and context.axes.rows)) for number, facet in enumerate(details)],
        "region": labels.crop(context.crop) if context.crop else "",
        "motion": [(film, small[film.still]) for film in moving if film.still in small],
        "loss": loss_figure(drawn, folder),
        "tradeoff": tradeoffs.section(context),
        "explained": explained,
        "sheets": [sheet for sheet in sheets if sheet.rows],
        "heads": heads(plan, frame),
        "runs": table,
        "tiles": {run.id: tiler.picture(run.image, run.label) for run in table if run.image},
        "inputs": [(one, tiler.picture(one.picture, f"{one.kind}: {one.name}")) for one in pictures.inputs],
        "constants": constants(plan),
        "provenance": facts(plan, context.store),
        "downloads": downloads(folder),
        "command": retyped(plan.command),
    }


def paragraphs(text: str) -> tuple[str, ...]:
    """Split text at empty lines; single line breaks are only folds, and become spaces."""
    parts = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return tuple(" ".join(part.split("\n")).strip() for part in parts if part.strip())


def constants(plan: Plan) -> dict[str, str]:
    """Return the settings that were the same for all runs, in words, without those that do not apply."""
    said = {key: value for key, value in plan.constants.items() if value is not None and key not in plan.varied}
    return {labels.title(key): labels.bare(key, value) for key, value in said.items()}


def facts(plan: Plan, store: Store) -> dict[str, str]:
    """Return where, when and with what the runs were made: each known fact once, with all its values."""
    found = [store.provenance(run.signature) for run in plan.runs]
    said = {name: _values(source.get(name) for source in found) for name in _RAN_ON}
    said["git"] = _values(_commit(source.get("git")) for source in found)
    versions = [source["versions"] for source in found if isinstance(source.get("versions"), dict)]
    said["versions"] = _values(", ".join(f"{name} {number}" for name, number in each.items()) for each in versions)
    said["ran"] = _span(found)
    return {name: text for name, text in said.items() if text}


def _values(values: Any) -> str:
    return "; ".join(dict.fromkeys(_text(value) for value in values if value not in (None, "")))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(part)}" for key, part in value.items() if part is not None)
    return json.dumps(value) if isinstance(value, bool) else str(plain(value))


def _commit(git: object) -> str:
    """Return the short commit, `3905383b1c2d`, and `changed` if the working tree had changes."""
    found = git if isinstance(git, dict) else {}
    commit = found.get("commit")
    return commit[:12] + ", changed" * bool(found.get("dirty")) if isinstance(commit, str) else ""


def _span(found: Sequence[Mapping[str, Any]]) -> str:
    """Return when the first run began and the last one ended, to the minute; one date if both are the same."""
    keys = ("started_utc", "ended_utc")
    starts, ends = ([str(source[key])[:16].replace("T", " ") for source in found if source.get(key)] for key in keys)
    if not starts or not ends:
        return ""
    start, end = min(starts), max(ends)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end} UTC"


def _details(context: ReportContext) -> tuple[Facet, ...]:
    """Return the crop of every result, unless the grid itself has room for it. The first has one row."""
    crop = context.crop
    if crop is None or arrange.enlarges(context.plan, context.axes) or not (context.frame["state"] == "done").any():
        return ()
    return arrange.crops(context.plan, context.frame, context.axes, crop)


def films(folder: Path, table: Sequence[Run]) -> list[Film]:
    """Return the animations: that of the whole grid, then those of runs in plan order."""
    names = {"grid": "all runs in step", **{run.signature: run.label for run in table}}
    found = [Film(folder / "motion" / f"{subject}.webp", name) for subject, name in names.items()]
    return [film for film in found if film.path.is_file()]


def downloads(folder: Path) -> dict[str, str]:
    """Return the existing files to download, with descriptions."""
    return {file: what for file, what in _TAKEN.items() if (folder / file).is_file()}


def written(folder: Path, formats: Collection[str]) -> list[str]:
    """Return the existing files in these formats, those of `MAIN` first."""
    names = dict.fromkeys((*MAIN, *_TAKEN))
    return [name for name in names if name.rpartition(".")[2] in formats and (folder / name).is_file()]


def loss_figure(drawn: Figures, folder: Path) -> Figure | None:
    """Return the curves just drawn, else those of an earlier report."""
    size = size_of(folder / "curves.png")
    earlier = Figure("curves.png", *size, "Total loss against evaluation, one curve a run") if size else None
    return drawn.curves or earlier
