"""Estimate an effect over independent replicates, with its 95 % interval."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from nst.report.labels import number
from nst.report.stats.intervals import Mean, mean

Found = Iterable[tuple[str, float]]
"""(picture, value) pairs; several values of one picture come from several seeds."""
MINIMUM = 5
"""With fewer replicates, which are pictures, nothing is decided."""


@dataclass(frozen=True)
class Estimate:
    """An effect over `n` replicates; the interval is NaN if there is only one, or only copies of one."""

    n: int
    effect: float
    low: float
    high: float

    def words(self, unit: str = "") -> str:
        """Format `1.43 (95 % interval 1.21 to 1.69, n = 6)`."""
        interval = "" if math.isnan(self.low) else f"95 % interval {short(self.low)} to {short(self.high)}, "
        return f"{amount(self.effect, unit)} ({interval}n = {self.n})"


def average(found: Found) -> Estimate:
    """Return the mean with Student's t interval, which does not exist if all replicates are equal."""
    return estimated(mean(replicates(found)))


def estimated(about: Mean) -> Estimate:
    """Turn a mean with its interval into an estimate."""
    half = math.nan if about.half is None else about.half
    return Estimate(about.n, about.mean, about.mean - half, about.mean + half)


def quotient(logarithms: Found) -> Estimate:
    """Return the geometric mean of ratios from their natural logarithms, with its interval."""
    about = average(logarithms)
    return Estimate(about.n, *(math.exp(value) for value in (about.effect, about.low, about.high)))


def correlation(coefficients: Found, ranks: int) -> Estimate:
    """Return the mean of Spearman coefficients over `ranks` ranks each, with a t interval within [-1, 1].

    With few ranks, few coefficients are possible: exchanging two neighbours changes 1 to 1 - 12 / (k (k^2 - 1)), with
    nothing in between. Replicates that agree on every rank would have no spread at all, an artefact of this step. So
    Sheppard's correction for values known to one step, step^2 / 12, is added to their variance.
    """
    about = mean(replicates(coefficients))
    if about.n < 2:
        return estimated(about)
    step = 12 / (ranks * (ranks**2 - 1))
    half = math.hypot(about.half or 0.0, float(stdtrit(about.n - 1, 0.975)) * step / math.sqrt(12 * about.n))
    return Estimate(about.n, about.mean, max(-1.0, about.mean - half), min(1.0, about.mean + half))


def replicates(found: Found) -> list[float]:
    """Return the independent values among (picture, value) pairs: one for each picture, the mean over its seeds.

    Seeds say nothing about other pictures, so they are no replicates, however few pictures there are.
    """
    finite = [(picture, value) for picture, value in found if math.isfinite(value)]
    pictures = dict.fromkeys(picture for picture, _ in finite)
    return [mean(value for other, value in finite if other == picture).mean for picture in pictures]


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Spearman's rank correlation, with mean ranks for ties; 0 if one of the two is constant."""
    x, y = (rankdata(values) - (len(values) + 1) / 2 for values in (a, b))
    scale = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    return float(np.sum(x * y)) / scale if scale else 0.0


def short(value: float) -> str:
    """Format to three significant digits."""
    return number(float(f"{value:.3g}"))


def amount(value: float, unit: str) -> str:
    """Format to three significant digits, with the unit if there is one."""
    return f"{short(value)} {unit}".strip()


def short_mean(values: Sequence[float]) -> str:
    """Format the mean to three significant digits."""
    return short(mean(values).mean)
