"""The table of runs: what varied, how each run ended, what was measured, and the command that makes it again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.figure.gallery import Gallery
from nst.report.page.command import command
from nst.report.read.frame import shown
from nst.store.plan import Plan, PlannedRun, Value
from nst.store.store import State


@dataclass(frozen=True)
class Entry:
    """One value in the table: as it is read, and as it is sorted (empty: as text)."""

    text: str
    sort: str = ""


@dataclass(frozen=True)
class Run:
    """A row of the table of runs. `pictures`: what can be shown of it, by name (image, start, content, style)."""

    id: str
    signature: str
    label: str
    state: str
    words: tuple[Entry, ...]
    numbers: tuple[Entry, ...]
    pictures: Mapping[str, str]
    image: Path | None
    overrides: str
    command: str
    error: str


def runs(plan: Plan, frame: pd.DataFrame, gallery: Gallery) -> tuple[Run, ...]:
    """Return the table of runs, in plan order."""
    names = [column.name for column in shown(frame)]
    rows = zip(plan.runs, frame.to_dict("records"), strict=True)
    return tuple(_run(f"run-{number}", run, row, plan, names, gallery) for number, (run, row) in enumerate(rows, 1))


def _run(id: str, run: PlannedRun, row: Mapping[Any, Any], plan: Plan, names: list[str], gallery: Gallery) -> Run:
    image = row["image"] if isinstance(row["image"], Path) else None
    return Run(
        id=id,
        signature=run.signature,
        label=_label(run, plan),
        state=row["state"],
        words=tuple(_word(key, row[key], plan) for key in plan.varied),
        numbers=tuple(Entry(labels.number(row[name]), _sort(row[name])) for name in names),
        pictures=_pictures(row, gallery),
        image=image,
        overrides=" ".join(run.overrides),
        command=command(run, plan),
        error=str(row["error"] or ""),
    )


def heads(plan: Plan, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the heads of the table of runs: what varies, the state, what was measured."""
    varied = [labels.title(key, plan.constants) for key in plan.varied]
    return (*varied, "state", *(column.heading for column in shown(frame)))


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """Count the runs in each state."""
    return {str(state): int((frame["state"] == state).sum()) for state in State}


def status(frame: pd.DataFrame) -> str:
    """Say how the runs stand: `3 of 4 runs done, 1 failed`."""
    count = counts(frame)
    rest = [f"{count[state]} {state}" for state in list(State)[1:] if count[state]]
    return ", ".join([f"{count['done']} of {len(frame)} {'run' if len(frame) == 1 else 'runs'} done", *rest])


def _label(run: PlannedRun, plan: Plan) -> str:
    repeat = run.values.get("repeat")
    return labels.run(run, plan) + (f" · {labels.value('repeat', repeat)}" if repeat is not None else "")


def _word(key: str, value: Value, plan: Plan) -> Entry:
    return Entry(labels.bare(key, value, plan.constants), _sort(value))


def _sort(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return repr(value) if is_number else ""


def _pictures(row: Mapping[Any, Any], gallery: Gallery) -> dict[str, str]:
    columns = {"image": "image", "start": "start", "content": "content_picture", "style": "style_picture"}
    found = {name: gallery.files.get(row[column]) for name, column in columns.items() if isinstance(row[column], Path)}
    return {name: file for name, file in found.items() if file}
