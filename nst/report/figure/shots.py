"""The shots of a run: its result, its start, its inputs, and the picture that a loss alone reconstructs."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.figure import axes as axis
from nst.report.figure.axes import Axes, Level
from nst.report.figure.table import Shot, State
from nst.store.plan import Plan, PlannedRun

Found = Mapping[Hashable, Any]
"""The row of the frame that belongs to a run."""


def shown(plan: Plan, frame: pd.DataFrame) -> list[tuple[PlannedRun, Found]]:
    """Return one run a combination: of its repeats the first that is done, else the first."""
    picked: dict[Level, tuple[PlannedRun, Found]] = {}
    for run, found in zip(plan.runs, frame.to_dict("records"), strict=True):
        place = axis.level(run, axis.varied(plan))
        if place not in picked or (picked[place][1]["state"] != "done" and found["state"] == "done"):
            picked[place] = (run, found)
    return list(picked.values())


def result(run: PlannedRun, plan: Plan, found: Found) -> Shot:
    """Return the picture a run made, or what became of it."""
    label, state = labels.run(run, plan), found["state"]
    if state == "done":
        return replace(_present(found["image"], "done", f"result of {label}"), signature=run.signature)
    note = str(found["error"] or "") if state == "failed" else ""
    undone: State = state if state in ("failed", "running") else "pending"
    return Shot(None, undone, note, f"{label}: {state}", signature=run.signature)


def start(run: PlannedRun, plan: Plan, found: Found) -> Shot:
    """Return the picture a run began with."""
    alt = f"start of {labels.run(run, plan)}"
    if found["start"] is None:
        return Shot(None, "pending", "", f"{alt}: not there")
    return _present(found["start"], "input", alt)


def input_picture(found: Found, kind: str, name: str) -> Shot:
    """Return the content or style picture of a run, captioned with its name."""
    picture, is_due = found[f"{kind}_picture"], found["state"] in ("pending", "running")
    shot = _present(picture, "input", f"{kind}: {name}")
    return replace(shot, caption=name, state="pending" if picture is None and is_due else shot.state)


def _present(picture: object, state: State, alt: str) -> Shot:
    return Shot(picture, state, "", alt) if isinstance(picture, Path) else Shot(None, "missing", "", alt)


def reference(plan: Plan, frame: pd.DataFrame, axes: Axes) -> Shot | None:
    """Return the picture that a loss alone reconstructs, unless it heads the rows or columns anyway."""
    alone = {"style_weight": "content", "content_weight": "style"}
    for weight, kind in alone.items():
        if weight not in plan.varied and plan.constants.get(weight) == 0 and kind not in (*axes.rows, *axes.cols):
            name = labels.value(kind, plan.constants.get(kind))
            picture = next((path for path in frame[f"{kind}_picture"] if isinstance(path, Path)), None)
            return Shot(picture, "input" if picture else "pending", alt=name, caption=kind)
    return None
