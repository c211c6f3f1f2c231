"""`index.html`: everything on one page that needs no script, no server and no network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from nst.report import arrange, gallery, labels, provenance, results
from nst.report.figures import Figure, Figures
from nst.report.files import write_text
from nst.report.gallery import Input
from nst.report.intervals import finite
from nst.report.material import Material
from nst.report.plan import Plan
from nst.report.tables import Sheet


@dataclass(frozen=True)
class Run:
    """A row of the table of runs; `numbers` are ready to print."""

    number: int
    label: str
    words: tuple[str, ...]
    state: str
    numbers: tuple[str, ...]
    picture: str | None
    overrides: str
    error: str


@dataclass(frozen=True)
class Page:
    """All that the template is given."""

    plan: Plan
    purpose: tuple[str, ...]
    status: str
    grid: Figure | None
    crops: Figure | None
    curves: Figure | None
    sheets: tuple[Sheet, ...]
    runs: tuple[Run, ...]
    heads: tuple[str, ...]
    words: int
    inputs: tuple[Input, ...]
    constants: Mapping[str, str]
    provenance: Mapping[str, str]

    @property
    def failures(self) -> tuple[Run, ...]:
        """The runs that failed."""
        return tuple(run for run in self.runs if run.state == "failed")


def write(material: Material, drawn: Figures, sheets: Sequence[Sheet]) -> None:
    """Write `index.html` and the pictures that it shows."""
    plan, frame = material.plan, material.frame
    content = Page(
        plan=plan,
        purpose=paragraphs(plan.purpose),
        status=status(frame),
        grid=drawn.grid,
        crops=None if arrange.enlarges(plan, material.axes) else drawn.crops,
        curves=drawn.curves,
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
        runs=runs(plan, frame),
        heads=heads(plan, frame),
        words=len(plan.varied) + 1,
        inputs=gallery.write(material),
        constants=constants(plan),
        provenance=provenance.facts(plan, material.runs_dir),
    )
    render(content, material.folder / "index.html")


def render(page: Page, path: Path) -> None:
    """Render the page. Everything in it that comes from configs is escaped by the template."""
    environment = Environment(
        loader=PackageLoader("nst.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    write_text(path, environment.get_template("index.html.j2").render(page=page))


def runs(plan: Plan, frame: pd.DataFrame) -> tuple[Run, ...]:
    """The table of runs, in plan order."""
    names = results.columns(frame)
    return tuple(
        Run(
            number=number + 1,
            label=labels.job(job, plan),
            words=tuple(results.words(plan, row)),
            state=row["state"],
            numbers=tuple(finite(row[name]) for name in names),
            picture=results.picture_name(job.signature, row["image"]),
            overrides=" ".join(job.overrides),
            error=str(row["error"] or ""),
        )
        for number, (job, (_, row)) in enumerate(zip(plan.jobs, frame.iterrows(), strict=True))
    )


def heads(plan: Plan, frame: pd.DataFrame) -> tuple[str, ...]:
    """The heads of the table of runs."""
    varied = [labels.title(key, plan.constants) for key in plan.varied]
    return (*varied, "state", *(results.COLUMNS[name] for name in results.columns(frame)))


def status(frame: pd.DataFrame) -> str:
    """`3 of 4 runs done, 1 failed`."""
    count = {state: int((frame["state"] == state).sum()) for state in ("done", "failed", "pending")}
    rest = [f"{count[state]} {state}" for state in ("failed", "pending") if count[state]]
    return ", ".join([f"{count['done']} of {len(frame)} {'run' if len(frame) == 1 else 'runs'} done", *rest])


def paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs are parted by empty lines; single line breaks are only where the text was folded."""
    parts = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return tuple(" ".join(part.split("\n")).strip() for part in parts if part.strip())


def constants(plan: Plan) -> dict[str, str]:
    """What was the same for all runs, in words; what does not apply is left out."""
    said = {key: value for key, value in plan.constants.items() if value is not None and key not in plan.varied}
    return {labels.title(key): labels.bare(key, value) for key, value in said.items()}
