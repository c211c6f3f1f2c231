"""All that the page says, gathered from the context: records that the templates only print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nst.report import labels
from nst.report.context import ReportContext
from nst.report.figure import arrange, gallery
from nst.report.figure.figures import Figure, Figures
from nst.report.figure.table import Facet
from nst.report.page import thumbs
from nst.report.page.command import retyped
from nst.report.page.files import Download, Moving, downloads, loss_figure, moving
from nst.report.page.runs import Run, counts, heads, runs, status
from nst.report.page.thumbs import Thumb, Wanted
from nst.report.page.tiles import Tiler, wanted
from nst.report.page.view import Tile, View
from nst.report.read import provenance
from nst.report.read.layout import layout
from nst.report.stats.tables import NumberTable
from nst.store.plan import Plan


@dataclass(frozen=True)
class Given:
    """An input picture on the page."""

    tile: Tile
    kind: str
    name: str


@dataclass(frozen=True)
class Animation:
    """A picture that moves once it is asked to, and its name in words."""

    file: str
    still: Thumb
    name: str
    is_grid: bool
    others: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """All that the templates are given."""

    plan: Plan
    purpose: tuple[str, ...]
    status: str
    counts: Mapping[str, int]
    views: tuple[View, ...]
    details: tuple[View, ...]
    region: str
    motion: tuple[Animation, ...]
    loss: Figure | None
    sheets: tuple[NumberTable, ...]
    heads: tuple[str, ...]
    runs: tuple[Run, ...]
    tiles: Mapping[str, Tile]
    inputs: tuple[Given, ...]
    constants: Mapping[str, str]
    provenance: Mapping[str, str]
    downloads: tuple[Download, ...]
    command: str

    @property
    def failures(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.state == "failed")

    @property
    def is_finished(self) -> bool:
        return not self.counts["pending"] and not self.counts["running"]


def collect(context: ReportContext, drawn: Figures, sheets: Sequence[NumberTable]) -> Page:
    """Link the pictures, make the small copies, and gather everything."""
    plan, frame, folder = context.plan, context.frame, context.folder
    pictures = gallery.write(context)
    is_flat = not context.axes.rows and layout(plan.report).cells != "triples"
    facets = arrange.facets(plan, frame, context.axes, context.crop)
    details = _details(context)
    table = runs(plan, frame, pictures)
    tables = [facet.table for facet in (*facets, *details)]
    own = [Wanted(path, file) for path, file in pictures.files.items() if "/start-" not in file]
    films = moving(folder)
    copies = [*wanted(tables, pictures), *own, *(film.still for film in films)]
    small = thumbs.write(copies, folder, thumbs.longest(len(table)))
    tiler = Tiler(pictures, small, by_signature(table))
    return Page(
        plan=plan,
        purpose=paragraphs(plan.purpose),
        status=status(frame),
        counts=counts(frame),
        views=tuple(tiler.view(facet, is_flat) for facet in facets),
        details=tuple(tiler.view(facet, not (number and context.axes.rows)) for number, facet in enumerate(details)),
        region=labels.crop(context.crop) if context.crop else "",
        motion=animations(films, table, small),
        loss=loss_figure(drawn, folder),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        heads=heads(plan, frame),
        runs=table,
        tiles={run.id: tiler.picture(run.image, run.label) for run in table if run.image},
        inputs=tuple(Given(tiler.picture(i.picture, f"{i.kind}: {i.name}"), i.kind, i.name) for i in pictures.inputs),
        constants=constants(plan),
        provenance=provenance.facts(plan, context.store),
        downloads=downloads(folder),
        command=retyped(plan.command),
    )


def animations(films: Sequence[Moving], table: Sequence[Run], small: Mapping[Wanted, Thumb]) -> tuple[Animation, ...]:
    """Return the animation of the whole grid, then those of runs in plan order."""
    names = {"grid": "all runs in step", **{run.signature: run.label for run in table}}
    order = list(names)
    known = sorted((film for film in films if film.subject in names), key=lambda film: order.index(film.subject))
    return tuple(
        Animation(f"motion/{film.path.name}", still, names[film.subject], film.subject == "grid", film.others)
        for film in known
        if (still := small.get(film.still)) is not None
    )


def by_signature(table: Sequence[Run]) -> dict[str, Run]:
    """Return runs by signature; of runs that are the same, the first."""
    return {run.signature: run for run in reversed(table)}


def paragraphs(text: str) -> tuple[str, ...]:
    """Split text at empty lines; single line breaks are only where it was folded."""
    parts = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return tuple(" ".join(part.split("\n")).strip() for part in parts if part.strip())


def constants(plan: Plan) -> dict[str, str]:
    """Return what was the same for all runs, in words; what does not apply is left out."""
    said = {key: value for key, value in plan.constants.items() if value is not None and key not in plan.varied}
    return {labels.title(key): labels.bare(key, value) for key, value in said.items()}


def _details(context: ReportContext) -> tuple[Facet, ...]:
    """Return the crop of every result, unless the grid itself has room for it. The first has one row."""
    crop = context.crop
    if crop is None or arrange.enlarges(context.plan, context.axes) or not (context.frame["state"] == "done").any():
        return ()
    return arrange.crops(context.plan, context.frame, context.axes, crop)
