"""The course of every run's loss, from `trace.csv`, and the key that tells many of them apart."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nst.report import labels
from nst.report.plan import Plan
from nst.report.shots import shown

GROUPS = 7  # as many colours as are told apart at once


@dataclass(frozen=True)
class Curve:
    """The course of one run; `group` is what colours it where there are many."""

    name: str
    group: str
    evaluations: tuple[float, ...]
    losses: tuple[float, ...]
    failed: bool = False


def curves(plan: Plan, frame: pd.DataFrame, runs_dir: Path) -> list[Curve]:
    """The traces of the sweep, one of the repeats each; losses that a logarithm cannot show are left out."""
    key = group_key(plan)
    found = []
    for job, row in shown(plan, frame):
        trace = read_trace(runs_dir / "jobs" / job.signature / "trace.csv")
        if len(trace):
            group = labels.value(key, job.values.get(key), plan.constants) if key else ""
            course = tuple(trace["evaluation"]), tuple(trace["total_loss"])
            found.append(Curve(labels.job(job, plan), group, *course, failed=row["state"] == "failed"))
    return found


def read_trace(path: Path) -> pd.DataFrame:
    """Evaluations and positive total losses of a `trace.csv`; empty where it is missing, half written or foreign."""
    empty = pd.DataFrame({"evaluation": [], "total_loss": []}, dtype=float)
    try:
        raw = pd.read_csv(path, on_bad_lines="skip", dtype=str)
    except (OSError, ValueError):
        return empty
    if not {"evaluation", "total_loss"} <= set(raw.columns):
        return empty
    numbers: pd.DataFrame = raw[["evaluation", "total_loss"]].apply(pd.to_numeric, errors="coerce").dropna()
    return numbers.loc[numbers["total_loss"].between(0, float("inf"), inclusive="neither")]


def group_key(plan: Plan) -> str | None:
    """The key that colours many curves: the one with most values up to seven, else the one with fewest."""
    counts = {key: len({job.values.get(key) for job in plan.jobs}) for key in plan.varied if key != "repeat"}
    few = {key: count for key, count in counts.items() if count <= GROUPS}
    return max(few, key=few.__getitem__) if few else min(counts, key=counts.__getitem__, default=None)
