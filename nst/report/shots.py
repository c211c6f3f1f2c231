"""The shots of a job: its result, its start, its inputs, and the picture that a loss alone reconstructs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import axes as axis
from nst.report import labels
from nst.report.axes import Axes, Level
from nst.report.plan import Plan, PlannedJob
from nst.report.table import Shot, State


def shown(plan: Plan, frame: pd.DataFrame) -> list[tuple[PlannedJob, "pd.Series[Any]"]]:
    """One job a combination: of its repeats the first that is done, else the first."""
    keys = tuple(key for key in plan.varied if key != "repeat")
    picked: dict[Level, tuple[PlannedJob, pd.Series[Any]]] = {}
    for index, job in enumerate(plan.jobs):
        found = frame.iloc[index]
        place = axis.level(job, keys)
        if place not in picked or (picked[place][1]["state"] != "done" and found["state"] == "done"):
            picked[place] = (job, found)
    return list(picked.values())


def result(job: PlannedJob, plan: Plan, found: "pd.Series[Any]") -> Shot:
    """The picture a job made, or what became of it."""
    label = labels.job(job, plan)
    if found["state"] == "failed":
        shot = Shot(None, "failed", str(found["error"] or ""), f"{label}: failed")
    elif found["state"] != "done":
        shot = Shot(None, "pending", "", f"{label}: pending")
    else:
        shot = _present(found["image"], "done", f"result of {label}")
    return replace(shot, signature=job.signature)


def start(job: PlannedJob, plan: Plan, found: "pd.Series[Any]") -> Shot:
    label = labels.job(job, plan)
    if found["start"] is None:
        return Shot(None, "pending", "", f"start of {label}: not there")
    return _present(found["start"], "input", f"start of {label}")


def input_picture(found: "pd.Series[Any]", kind: str, name: str) -> Shot:
    picture = found[f"{kind}_picture"]
    if picture is None:
        return Shot(None, "pending" if found["state"] == "pending" else "missing", "", f"{kind}: {name}", name)
    return replace(_present(picture, "input", f"{kind}: {name}"), caption=name)


def _present(picture: object, state: State, alt: str) -> Shot:
    return Shot(picture, state, "", alt) if isinstance(picture, Path) else Shot(None, "missing", "", alt)


def reference(plan: Plan, frame: pd.DataFrame, axes: Axes) -> Shot | None:
    """The picture that a loss alone reconstructs: shown first, unless it heads the rows or columns anyway."""
    alone = {"style_weight": "content", "content_weight": "style"}
    for weight, kind in alone.items():
        if weight not in plan.varied and plan.constants.get(weight) == 0 and kind not in (*axes.rows, *axes.cols):
            name = labels.value(kind, plan.constants.get(kind))
            pictures = [path for path in frame[f"{kind}_picture"] if isinstance(path, Path)]
            shot = Shot(pictures[0], "input") if pictures else Shot(None, "pending")
            return replace(shot, alt=name, caption=kind)
    return None
