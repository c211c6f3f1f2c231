"""Read the loss of a run after any number of evaluations, or seconds, from its trace."""

import math

import numpy as np

from nst.report.read.traces import NOTHING, read_trace
from nst.statements.pixels import Array
from nst.statements.runs import Run


def trace(run: Run) -> Array:
    """Return the complete rows of a `trace.csv`, by evaluation; the first columns are evaluation, seconds, total loss.

    There are no rows if it is missing or unreadable.
    """
    rows = read_trace(run.paths["trace"]) if "trace" in run.paths else NOTHING
    rows = rows[np.isfinite(rows).all(axis=1)]
    return np.asarray(rows[np.argsort(rows[:, 0], kind="stable")])


def at(trace: Array, column: int, cost: float) -> float:
    """Return the total loss after `cost` evaluations or seconds, log-linear between two rows."""
    return math.exp(float(np.interp(cost, trace[:, column], np.log(trace[:, 2]))))
