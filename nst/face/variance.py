"""Explain the variance of measured numbers by the keys of a sweep: `nst.variance`."""

from collections.abc import Sequence

import pandas as pd

from nst.errors import UserError, did_you_mean
from nst.report.stats.shares import tidy
from nst.report.stats.variance import explain

_NOTHING = "no number varies over finished runs that cross two keys, or that replicate one"


def variance(
    runs: pd.DataFrame, *, keys: str | Sequence[str] | None = None, metrics: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return how much of the variance of each measured number each key explains, their interactions, and the rest.

    `runs`: the frame of `nst.load` or `nst.run_sweep`, or any frame with `keys`, the columns that were varied; `seed`
    and `repeat` are replicates. `metrics`: the columns to explain, also some that nst did not record; by default all
    recorded numbers of which less or more is better.

    The columns of the result are `metric`, `scale` (log or linear), `source`, `share` (eta squared; those of a metric
    add up to 1), `by_chance` (the mean share if the runs are shuffled), `omega_squared` (the share corrected for
    chance), `df`, `p` (permutation test, adjusted for all sources and metrics) and `runs` (how many it is computed
    from). Runs that are not done are ignored, and so are those that would unbalance the design.

    Raises `UserError` if the frame does not name its keys, or if its runs do not cross them.
    """
    if not isinstance(runs, pd.DataFrame):
        raise UserError(f"nst.variance: a {type(runs).__name__} is no frame of runs; nst.load(NAME) returns one")
    if keys is None and "keys" not in runs.attrs:
        raise UserError("nst.variance: the frame does not say which of its columns are keys; give keys=[...]")
    frame = runs.copy(deep=False)
    frame.attrs["keys"] = tuple(runs.attrs["keys"]) if keys is None else _columns(runs, "keys", keys)
    found = explain(frame, None if metrics is None else _columns(runs, "metrics", metrics))
    if not found.metrics:
        raise UserError(f"nst.variance: {' '.join(found.refused) or _NOTHING}")
    return tidy(found)


def _columns(runs: pd.DataFrame, argument: str, names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the named columns; `UserError` for one that the frame does not have."""
    found = (names,) if isinstance(names, str) else tuple(names)
    for name in found:
        if name not in runs:
            raise UserError(
                f"nst.variance: {argument}: the frame has no column '{name}'{did_you_mean(name, map(str, runs))}"
            )
    return found
