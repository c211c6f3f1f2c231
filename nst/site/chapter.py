"""One sweep as shown on the site: its drawings, tables and runs in a folder of the site, and its progress."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from nst.errors import UserError
from nst.pictures.read import open_own
from nst.report import tradeoffs
from nst.report.context import ReportContext
from nst.report.figure import axes, figures, gallery
from nst.report.figure.figures import Figure
from nst.report.page.runs import Run, heads, runs, status
from nst.report.read import frame
from nst.report.read.layout import layout
from nst.report.stats import timing
from nst.report.stats.groups import settings
from nst.report.stats.tables import NumberTable
from nst.site.arguments import Asked
from nst.store.files.atomic import link_or_copy, replacing
from nst.store.files.names import PLAN
from nst.store.plan import Plan, read_plan
from nst.store.store import Store

QUALITY = 88
"""WebP quality of the pictures on the page; each links to the drawing itself."""


@dataclass(frozen=True)
class Drawing(Figure):
    """A figure on the site: `file` is the picture shown, `full` the drawing it links to."""

    full: str = ""


@dataclass(frozen=True)
class Chapter:
    """A sweep and everything the site shows of it. Without a plan, there is only the command that runs it."""

    sweep: str
    command: str
    status: str
    plan: Plan | None = None
    frame: pd.DataFrame | None = None
    grid: Drawing | None = None
    crops: Drawing | None = None
    curves: Drawing | None = None
    tradeoff: Drawing | None = None
    sheets: tuple[NumberTable, ...] = ()
    heads: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    settings: str = ""
    report: str | None = None

    @property
    def words(self) -> int:
        """Return the number of text columns in the table of runs."""
        return len(self.plan.varied) + 1 if self.plan else 0

    @property
    def is_complete(self) -> bool:
        return self.frame is not None and bool((self.frame["state"] == "done").all())

    @property
    def failures(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.state == "failed")


def write(sweep: str, asked: Asked, *, drawn: bool = True) -> Chapter:
    """Read a sweep and write its part of the site; `drawn=False` omits its drawings and pictures."""
    name = asked.folder_name(sweep)
    words = shlex.join(["python", *asked.command(sweep)])
    store = Store(asked.runs_dir)
    try:
        plan = read_plan(store, name)
        crop, found = layout(plan.report).crop, frame.frame(plan, store)
        context = ReportContext(plan, found, axes.choose(plan), crop, store, asked.site / sweep)
    except UserError as error:
        there = (store.sweep(name) / PLAN).exists()
        return Chapter(sweep, words, str(error) if there else "not made yet")
    page = store.report(name) / "index.html"
    report = f"../{page.relative_to(store.root).as_posix()}" if page.is_file() else None
    chapter = Chapter(sweep, words, status(found), plan, found, settings=settings(plan), report=report)
    return _draw(chapter, context) if drawn else chapter


def _draw(chapter: Chapter, context: ReportContext) -> Chapter:
    drawn = figures.write(context, ("png",))
    sheets = timing.write(context.plan, context.frame, context.folder, ())
    grid, crops, curves = (_drawing(figure, context.folder) for figure in (drawn.grid, drawn.crops, drawn.curves))
    return replace(
        chapter,
        grid=grid,
        crops=crops,
        curves=curves,
        tradeoff=_tradeoff(context),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        heads=heads(context.plan, context.frame),
        runs=runs(context.plan, context.frame, gallery.write(context, results_only=True)),
    )


def _tradeoff(context: ReportContext) -> Drawing | None:
    """Return a link to the trade-off that the sweep's own report drew, if it has one."""
    report = context.store.report(context.plan.name)
    figure = tradeoffs.drawn(report)
    if figure is not None:
        link_or_copy(report / figure.file, context.folder / figure.file)
    return _drawing(figure, context.folder)


def _drawing(figure: Figure | None, folder: Path) -> Drawing | None:
    """Return a drawing, showing a compressed copy beside it if that is smaller."""
    if figure is None:
        return None
    full = folder / figure.file
    light = full.with_suffix(".webp")
    with open_own(full) as image, replacing(light) as path:
        image.convert("RGB").save(path, quality=QUALITY)
    shown = min(light, full, key=lambda path: path.stat().st_size)
    files = {"file": f"{folder.name}/{shown.name}", "full": f"{folder.name}/{full.name}"}
    return Drawing(**{**vars(figure), **files})
