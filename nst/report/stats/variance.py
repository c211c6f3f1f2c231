"""Divide the variance of every measured number among the keys of a sweep, their interactions and the rest.

The sums of squares are those of a full factorial with equally many runs of each combination (`design`), so that they
add up and do not depend on any order. A share is eta squared, the sum of squares over the total. Beside it stands the
share expected by chance: if the numbers had nothing to do with the keys, shuffling them among the runs would give a
source with `df` degrees of freedom df / (runs - 1) on average. Omega squared is the share corrected for that.

Every source but the last is tested against the last by F = mean square / mean square of the rest. p values come from
shuffles of the runs, and from the smallest p of all sources and numbers in each (Westfall and Young 1993), so that in a
sweep without effects, one or more of all p are below 0.05 in only 5 % of cases.

Without replicates, the interaction of the highest order cannot be told from chance, and serves as the rest. Two-way
interactions are sources of their own up to four factors, then one. Runs of a combination whose losses and measures are
all equal show the same picture and count once, but each for its own times.

Numbers of which less is better (losses, distances, times) are taken as logarithms if all are above 0, since they differ
by factors; all others as they are.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nst.report.stats import anova
from nst.report.stats.anova import Numbers
from nst.report.stats.design import NOTHING, Design, find
from nst.report.stats.groups import one_machine
from nst.store.columns import Column, column

_COSTS = ("time", "memory")


@dataclass(frozen=True)
class Share:
    """The share of the variance that a source explains; `omega_squared` and `p` are NaN for the rest."""

    source: str
    df: int
    share: float
    by_chance: float
    omega_squared: float
    p: float


@dataclass(frozen=True)
class Explained:
    """A measured number, and the shares of its variance; the last is the rest."""

    metric: str
    is_log: bool
    design: Design
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Variance:
    """All numbers with a variance; `refused`: why others have no shares."""

    metrics: tuple[Explained, ...]
    refused: tuple[str, ...] = ()


def explain(frame: pd.DataFrame, only: Collection[str] | None = None) -> Variance:
    """Explain the columns `only`, else every recorded number that has a better direction, by `frame.attrs["keys"]`.

    Only finished runs count. Times count on one machine only, and not of resumed runs.
    """
    done = frame[frame["state"] == "done"] if "state" in frame else frame
    keys = [key for key in frame.attrs["keys"] if key in done]
    names = [
        name for name in map(str, done) if name not in keys and (_directed(name) if only is None else name in only)
    ]
    alike = pictures(done, keys)
    metrics: list[Explained] = []
    refused: dict[str, None] = {}
    for (is_cost, mask), group in _by_rows(done, names).items():
        rows = np.flatnonzero(np.frombuffer(mask, dtype=bool))
        design = find(done.iloc[rows], keys, None if is_cost else [alike[row] for row in rows])
        if isinstance(design, str):
            refused |= {design: None} if design != NOTHING else {}
        elif is_cost and not one_machine(done.iloc[rows]):
            refused["Times are of several machines, and are not compared."] = None
        else:
            metrics += _explained(design, done.iloc[rows], group)
    order = {name: place for place, name in enumerate(names)}
    return Variance(tuple(sorted(metrics, key=lambda one: order[one.metric])), tuple(refused))


def _by_rows(frame: pd.DataFrame, names: Sequence[str]) -> dict[tuple[bool, bytes], list[str]]:
    """Group columns by whether they are costs, and by the rows of which they are known (a mask, as bytes)."""
    found: dict[tuple[bool, bytes], list[str]] = {}
    for name in names:
        is_cost = (known := column(name)) is not None and known.kind in _COSTS
        rows = np.isfinite(numbers(frame, name)) & (_timed(frame) if is_cost else True)
        found.setdefault((is_cost, rows.tobytes()), []).append(name)
    return found


def numbers(frame: pd.DataFrame, name: str) -> Numbers:
    return pd.to_numeric(frame[name], errors="coerce").to_numpy("float64", na_value=math.nan)


def _directed(name: str) -> Column | None:
    """Return the column of this name if one way is better."""
    found = column(name)
    return found if found and found.is_number and found.better else None


def pictures(frame: pd.DataFrame, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each run its losses and measures, which are equal if the pictures are."""
    kinds = ((name, column(name)) for name in map(str, frame) if name not in keys)
    names = [name for name, known in kinds if known and known.kind in ("loss", "comparison")]
    values = np.array([numbers(frame, name) for name in names], dtype=np.float64).reshape(len(names), len(frame))
    rows = [tuple(map(repr, found)) for found in values.T.tolist()]
    return [found if set(found) - {"nan"} else (f"row {number}",) for number, found in enumerate(rows)]


def _timed(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which runs were timed as a whole."""
    is_known = "resumed_at" in frame
    return frame["resumed_at"].isna().to_numpy(bool) if is_known else np.full(len(frame), True)


def _explained(design: Design, frame: pd.DataFrame, names: Sequence[str]) -> Iterator[Explained]:
    """Explain numbers that are known of the same runs; those that are constant have no variance."""
    scaled = {name: _scaled(name, numbers(frame, name)[design.rows]) for name in names}
    known = {name: y for name, (y, _) in scaled.items() if not _is_constant(y)}
    if not known:
        return
    found = {name: anova.sums_of_squares(y[None])[:, 0] for name, y in known.items()}
    df = anova.degrees_of_freedom(design.rows.shape)
    raw = {name: anova.p_values(squares, df) for name, squares in found.items()}
    smallest = anova.smallest_p(list(known.values()), df)
    sources = anova.sources([factor.keys for factor in design.factors], design.replicates > 1)
    for name, squares in found.items():
        p = [anova.adjusted(one, smallest) for one in raw[name].tolist()]
        yield Explained(name, scaled[name][1], design, tuple(_shares(sources, df, squares, p)))


def _scaled(name: str, values: Numbers) -> tuple[Numbers, bool]:
    known = column(name)
    is_log = known is not None and known.better == "lower" and bool((values > 0).all())
    return (np.log(values) if is_log else values), is_log


def _is_constant(values: Numbers) -> bool:
    return float(np.ptp(values)) <= 1e-12 * max(1.0, float(np.abs(values).max()))


def _shares(names: Sequence[str], df: Sequence[int], squares: Numbers, p: Sequence[float]) -> Iterator[Share]:
    total, error, spent = float(squares.sum()), float(squares[-1]) / df[-1], sum(df)
    for name, free, square, one in zip(names, df, squares.tolist(), [*p, math.nan], strict=True):
        omega = math.nan if math.isnan(one) else (square - free * error) / (total + error)
        yield Share(name, free, square / total, free / spent, omega, one)
