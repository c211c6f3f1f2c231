"""Estimate from the runs of a full factorial how much of a number's variance a key explains, with an interval."""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from nst.report.stats.variance import explain
from nst.statements.estimate import Estimate, average
from nst.statements.runs import Run

Statistic = Callable[[Sequence[Run]], float]


def shares(runs: Sequence[Run], metric: str) -> dict[str, float]:
    """Return the percentage of a number's variance by source, corrected for chance (omega squared).

    Keys are sources, and `content × style` interactions; there is none for the rest. Empty if the runs are no full
    factorial.
    """
    frame = pd.DataFrame([{**run.keys, metric: run[metric]} for run in runs])
    frame.attrs["keys"] = tuple(dict.fromkeys(key for run in runs for key in run.keys))
    found = explain(frame, [metric]).metrics
    return {share.source: 100 * share.omega_squared for share in found[0].shares[:-1]} if found else {}


def jackknife(runs: Sequence[Run], statistic: Statistic) -> Estimate:
    """Estimate a percentage from all runs; its interval comes from leaving out one style at a time (Tukey 1958).

    The styles are the replicates: with n of them, n times the statistic of all less n - 1 times that without a style is
    that style's pseudo-value. The interval is as wide as Student's t interval of these, and ends at 100. There is none
    for fewer than three styles.
    """
    styles = list(dict.fromkeys(run.style for run in runs))
    n, whole = len(styles), statistic(runs)
    if n < 3:
        return Estimate(n if math.isfinite(whole) else 0, whole, math.nan, math.nan)
    parts = {style: statistic([run for run in runs if run.style != style]) for style in styles}
    found = average((style, n * whole - (n - 1) * part) for style, part in parts.items())
    half = found.high - found.effect
    return Estimate(found.n, whole, whole - half, min(100.0, whole + half))
