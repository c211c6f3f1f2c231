"""Tell from a trace what a loss costs, in evaluations at the full size, and which loss a run has for that cost.

An evaluation at a smaller size counts by its share of pixels, and its loss does not compare, so that only losses at the
full size are reached.
"""

import math
from dataclasses import dataclass

import numpy as np

from nst.statements.pixels import Array


@dataclass(frozen=True)
class Course:
    """A run's losses at its full size, by cost; `spent` is the cost of the whole run, of smaller sizes too."""

    costs: Array
    losses: Array
    spent: float

    def least(self, cost: float) -> float:
        """Return the least loss up to `cost`; NaN if the run is shorter, or had not come to its full size."""
        known = self.losses[self.costs <= cost]
        return float(known.min()) if len(known) and self.spent >= cost else math.nan

    def cost_of(self, loss: float) -> float:
        """Return the cost at which the run first has at most this loss, log-linear between two rows; NaN if never."""
        there = np.flatnonzero(self.losses <= loss)
        if not len(there):
            return math.nan
        here = int(there[0])
        if here == 0:
            return float(self.costs[0])
        (above, below), (before, after) = (values[here - 1 : here + 1] for values in (np.log(self.losses), self.costs))
        return float(before + (after - before) * (above - math.log(loss)) / (above - below))


def course(trace: Array, size: float) -> Course:
    """Return the course of a run of `size` from rows of evaluation, seconds, total loss and size, 0 if the only one.

    Evaluations between two rows count as those of the later row.
    """
    sizes = np.where(trace[:, 3] > 0, trace[:, 3], size)
    costs = np.cumsum(np.diff(trace[:, 0], prepend=0.0) * (sizes / size) ** 2)
    is_full = sizes == size
    return Course(costs[is_full], trace[is_full, 2], float(costs[-1]) if len(costs) else 0.0)
