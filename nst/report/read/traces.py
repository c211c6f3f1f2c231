"""The course of every run's loss, from `trace.csv`, and the key that colours many of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nst.report import labels
from nst.report.figure.table import shown
from nst.report.read.layout import varied
from nst.store.columns import EVALUATION, SECONDS, SIZE, TOTAL
from nst.store.files.atomic import say_once
from nst.store.plan import Plan

GROUPS = 7  # as many colours as one can tell apart
SMALLEST, LARGEST = 1e-100, 1e100  # losses that a logarithmic axis can show with its margins and ticks
COLUMNS = (EVALUATION, SECONDS, TOTAL, SIZE)
Numbers = npt.NDArray[np.float64]
NOTHING: Numbers = np.empty((0, len(COLUMNS)))


@dataclass(frozen=True)
class Curve:
    """The course of one run; `group` colours it if there are many. Unknown seconds are NaN.

    `sizes`: of the scale of each evaluation, 0 in a run of one scale.
    """

    name: str
    group: str
    evaluations: Numbers
    seconds: Numbers
    losses: Numbers
    sizes: Numbers
    failed: bool = False


def curves(plan: Plan, frame: pd.DataFrame) -> list[Curve]:
    """Return the traces of the sweep, of one repeat per combination."""
    key = group_key(plan)
    found = []
    for run, row in shown(plan, frame):
        trace = read_trace(row["trace"]) if isinstance(row["trace"], Path) else NOTHING
        if len(trace):
            group = labels.value(key, run.values.get(key), plan.constants) if key else ""
            evaluations, seconds, losses, sizes = trace.T
            is_failed = row["state"] == "failed"
            found.append(Curve(labels.run(run, plan), group, evaluations, seconds, losses, sizes, is_failed))
    return found


def read_trace(path: Path) -> Numbers:
    """Read a `trace.csv` as (evaluations, 4): `COLUMNS`, losses from `SMALLEST` to `LARGEST`.

    An unknown time is NaN, an unknown size, as in a run of one scale, 0.

    No rows if the file is missing; of a damaged one, after a message, the rows that can be read.
    """
    try:
        raw = pd.read_csv(path, on_bad_lines="skip", low_memory=False)
    except FileNotFoundError:
        return NOTHING
    except (OSError, ValueError):
        say_once(f"damaged: {path}")
        return NOTHING
    found: Numbers = raw.reindex(columns=list(COLUMNS)).apply(pd.to_numeric, errors="coerce").to_numpy("float64")
    losses, sizes = found[:, 2], np.nan_to_num(found[:, 3:])
    if not {EVALUATION, TOTAL} <= {*raw.columns} or np.isnan(found[:, 0]).any():
        say_once(f"damaged: {path}")
    found = np.hstack([found[:, :3], sizes])
    return found[np.isfinite(found[:, 0]) & (losses >= SMALLEST) & (losses <= LARGEST)]


def group_key(plan: Plan) -> str | None:
    """Return the key that colours many curves: the one with most values up to seven, else the one with fewest."""
    counts = {key: len({run.values.get(key) for run in plan.runs}) for key in varied(plan)}
    few = {key: count for key, count in counts.items() if count <= GROUPS}
    return max(few, key=few.__getitem__) if few else min(counts, key=counts.__getitem__, default=None)
