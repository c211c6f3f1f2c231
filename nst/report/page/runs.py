"""The table of runs: what varied, how each run ended, its measurements, and the command that repeats it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.figure.gallery import Gallery
from nst.report.read.frame import shown
from nst.store.command import command
from nst.store.plan import Plan, PlannedRun, Value
from nst.store.store import State

Said = Mapping[str, Mapping[Value, str]]
_PICTURES = {"image": "image", "start": "start", "content": "content_picture", "style": "style_picture"}
_MORE_STYLES = re.compile(r"style\[(\d+)\]_picture")


@dataclass(frozen=True)
class Entry:
    """One value in the table: its text, and its sort key (empty: sort by the text)."""

    text: str
    sort: str = ""


@dataclass(frozen=True)
class Run:
    """A row of the table of runs.

    `pictures`: its pictures by name: image, start, content, style, and style-2 if there are two styles.
    """

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
    said = {key: labels.distinct(key, frame[key], plan.constants) for key in plan.varied}
    rows = enumerate(zip(plan.runs, frame.to_dict("records"), strict=True), 1)
    return tuple(_run(number, run, row, plan, said, names, gallery) for number, (run, row) in rows)


def _run(
    number: int, run: PlannedRun, row: Mapping[Any, Any], plan: Plan, said: Said, names: list[str], gallery: Gallery
) -> Run:
    repeat = run.values.get("repeat")
    return Run(
        id=f"run-{number}",
        signature=run.signature,
        label=labels.run(run, plan) + (f" · {labels.value('repeat', repeat)}" if repeat is not None else ""),
        state=row["state"],
        words=tuple(Entry(texts[row[key]], _sort(row[key])) for key, texts in said.items()),
        numbers=tuple(Entry(labels.number(row[name]), _sort(row[name])) for name in names),
        pictures={name: file for name, column in _columns(row).items() if (file := gallery.files.get(row[column]))},
        image=row["image"],
        overrides=" ".join(run.overrides),
        command=command(run, plan),
        error=row["error"] or "",
    )


def _columns(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the columns of a run's pictures, keyed by their names on the page."""
    more = {f"style-{match[1]}": match[0] for name in row if (match := _MORE_STYLES.fullmatch(name))}
    return {**_PICTURES, **more}


def _sort(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return repr(value) if is_number else ""


def heads(plan: Plan, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the headings of the table of runs: what varies, the state, the measurements."""
    varied = [labels.title(key, plan.constants) for key in plan.varied]
    return (*varied, "state", *(column.heading for column in shown(frame)))


def counts(frame: pd.DataFrame) -> dict[str, int]:
    """Count the runs in each state."""
    return {str(state): int((frame["state"] == state).sum()) for state in State}


def status(frame: pd.DataFrame) -> str:
    """Summarise the runs' states: `3 of 4 runs done, 1 failed`."""
    count = counts(frame)
    rest = [f"{count[state]} {state}" for state in list(State)[1:] if count[state]]
    return ", ".join([f"{count['done']} of {len(frame)} {'run' if len(frame) == 1 else 'runs'} done", *rest])
