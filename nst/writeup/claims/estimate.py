"""Effects with their 95 % intervals over independent replicates."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from nst.report.labels import number
from nst.report.stats.intervals import Mean, mean

MINIMUM = 5
"""Replicates below which nothing is decided."""


@dataclass(frozen=True)
class Estimate:
    """An effect over `n` replicates; the interval is NaN if there is none: of one, and of copies of one."""

    n: int
    effect: float
    low: float
    high: float

    def words(self, unit: str = "") -> str:
        """Format `1.43 (95 % interval 1.21 to 1.69, n = 6)`."""
        after = f" {unit}" if unit else ""
        if math.isnan(self.low):
            return f"{short(self.effect)}{after} (n = {self.n})"
        low, high = (short(end) for end in (self.low, self.high))
        return f"{short(self.effect)}{after} (95 % interval {low} to {high}, n = {self.n})"


def average(values: Iterable[float]) -> Estimate:
    """Return the mean with Student's t interval, which replicates that are all equal do not give."""
    return estimated(mean(values))


def estimated(about: Mean) -> Estimate:
    """Turn a mean with its interval into an estimate."""
    half = math.nan if about.half is None else about.half
    return Estimate(about.n, about.mean, about.mean - half, about.mean + half)


def quotient(logarithms: Iterable[float]) -> Estimate:
    """Return the geometric mean of ratios from their natural logarithms, with the interval of those."""
    about = average(logarithms)
    return Estimate(about.n, *(math.exp(value) for value in (about.effect, about.low, about.high)))


def correlation(coefficients: Iterable[float], ranks: int) -> Estimate:
    """Return the mean of Spearman coefficients over `ranks` ranks each, with a t interval within [-1, 1].

    Few ranks leave few coefficients: exchanging two neighbours changes 1 to 1 - 12 / (k (k^2 - 1)), and nothing lies
    between. Replicates that agree on every rank would have no spread at all, which is the step's doing, not theirs.
    So Sheppard's term for values known to one step, step^2 / 12, is added to their variance.
    """
    found = [value for value in coefficients if math.isfinite(value)]
    n = len(found)
    if n < 2:
        return average(found)
    centre = math.fsum(found) / n
    step = 12 / (ranks * (ranks**2 - 1))
    variance = math.fsum((value - centre) ** 2 for value in found) / (n - 1) + step**2 / 12
    half = float(stdtrit(n - 1, 0.975)) * math.sqrt(variance / n)
    return Estimate(n, centre, max(-1.0, centre - half), min(1.0, centre + half))


def replicates(found: Sequence[tuple[str, float]]) -> list[float]:
    """Return the independent values among (picture, value) pairs that were taken with several seeds.

    Seeds say nothing about other pictures, so if there are `MINIMUM` pictures or more, those are the replicates and
    seeds are averaged within them. Of fewer pictures every seed counts, and the interval is about these pictures.
    """
    finite = [(picture, value) for picture, value in found if math.isfinite(value)]
    pictures = dict.fromkeys(picture for picture, _ in finite)
    if len(pictures) < MINIMUM:
        return [value for _, value in finite]
    return [mean(value for other, value in finite if other == picture).mean for picture in pictures]


def short(value: float) -> str:
    """Format three significant digits."""
    return number(float(f"{value:.3g}") if math.isfinite(value) else value)
