"""The runs of a sweep as a table in the site, each with its picture at its own size."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.context import ReportContext
from nst.report.read import results
from nst.report.stats.intervals import finite
from nst.store.atomic import link_or_copy, remove
from nst.store.plan import Plan, PlannedRun


@dataclass(frozen=True)
class Row:
    """One run: what varied and what was measured, in words; `picture` is relative to the site."""

    label: str
    state: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    picture: str | None
    error: str


def write(context: ReportContext) -> tuple[Row, ...]:
    """Link the results into the site's folder of the sweep, clear those of earlier runs, and list all runs."""
    plan, found = context.plan, context.frame
    names = [column.name for column in results.columns(found)]
    rows = tuple(
        _row(run, row, plan, names, context.folder) for run, (_, row) in zip(plan.runs, found.iterrows(), strict=True)
    )
    kept = {Path(row.picture).name for row in rows if row.picture}
    for old in (context.folder / "pictures").glob("*.png"):
        if old.name not in kept:
            remove(old)
    return rows


def heads(plan: Plan, found: pd.DataFrame) -> tuple[str, ...]:
    """The heads of the table: what varies, the state, what was measured."""
    varied = [labels.title(key, plan.constants) for key in plan.varied]
    return (*varied, "state", *(column.heading for column in results.columns(found)))


def _row(run: PlannedRun, row: "pd.Series[Any]", plan: Plan, names: list[str], folder: Path) -> Row:
    return Row(
        label=labels.run(run, plan),
        state=str(row["state"]),
        words=tuple(labels.bare(key, row[key], plan.constants) for key in plan.varied),
        numbers=tuple(finite(row[name]) for name in names),
        picture=_link(row["image"], run.signature, folder),
        error=str(row["error"] or ""),
    )


def _link(image: object, signature: str, folder: Path) -> str | None:
    if not isinstance(image, Path):
        return None
    target = folder / "pictures" / f"{signature}.png"
    link_or_copy(image, target)
    return target.relative_to(folder.parent).as_posix()
