"""Compute means with t-intervals, and test whether two things measured in pairs differ by more than a margin.

The margin is a share of the base's mean, taken as exact. There are three verdicts, from differences within pairs:

* *equivalent*: the 90 % interval of the mean difference lies inside the margin, that is, two one-sided tests at 5 %
  both reject a larger difference (Schuirmann 1987);
* *different*: the 95 % interval lies wholly outside the margin, on one side of it;
* *undecided*: neither, or fewer than `LEAST` pairs, or no spread at all, as with copies of one measurement.

The first two exclude each other. A difference that is significant but within the margin is equivalent.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nst.report.labels import number

Verdict = Literal["equivalent", "different", "undecided"]
LEAST = 10  # with fewer pairs, nothing is decided
MARGIN = 0.05  # share of the base within which two means count as equal


@dataclass(frozen=True)
class Mean:
    """A mean of `n` values; `half` is half the width of its interval, None if it has no interval."""

    n: int
    mean: float
    half: float | None = None

    def __str__(self) -> str:
        """Format `45.21 ± 0.31`: the interval to two significant digits, the mean to as many places."""
        if self.n == 0:
            return "–"
        if self.half is None:
            return number(self.mean).replace("-", "−")
        places = max(0, 1 - math.floor(math.log10(self.half)))
        shown = round(self.mean, places) + 0.0  # no minus sign before zero
        return f"{shown:.{places}f} ± {self.half:.{places}f}".replace("-", "−")


def mean(values: Iterable[float], level: float = 0.95) -> Mean:
    """Return mean and interval, by default the 95 % one, of the values whose squares are finite numbers.

    There is no interval for one value, nor if all are equal: a bit-equal repeat is not a second observation.
    """
    found = [value for value in values if abs(value) < 1e150]
    n = len(found)
    if n == 0:
        return Mean(0, math.nan)
    centre = math.fsum(found) / n
    if n == 1 or min(found) == max(found):
        return Mean(n, centre)
    from scipy.special import stdtrit  # here, as in all of nst.report.stats: SciPy takes longer to import than pandas

    deviation = math.sqrt(math.fsum((value - centre) ** 2 for value in found) / (n - 1))
    return Mean(n, centre, float(stdtrit(n - 1, (1 + level) / 2)) * deviation / math.sqrt(n))


@dataclass(frozen=True)
class PairedDifference:
    """The mean difference of pairs with its 95 % interval, also in percent of the base."""

    difference: Mean
    percent: Mean
    verdict: Verdict


def compare(differences: Iterable[float], base: float, margin: float = MARGIN) -> PairedDifference:
    """Compare by the differences within pairs, ignoring those that are not finite.

    `base`: mean of what the differences refer to, in the same unit, above 0; `margin`: the largest negligible
    difference, as a share of it. Raises `ValueError` for a base or margin that is not above 0.
    """
    if not (base > 0 and margin > 0):
        raise ValueError(f"base {base} and margin {margin} must be above 0")
    found = list(differences)
    wide, narrow, share = mean(found), mean(found, level=0.90), 100 / base
    percent = Mean(wide.n, wide.mean * share, None if wide.half is None else wide.half * share)
    return PairedDifference(wide, percent, _verdict(wide, narrow, margin * base) if wide.n >= LEAST else "undecided")


def _verdict(wide: Mean, narrow: Mean, margin: float) -> Verdict:
    if wide.half is None or narrow.half is None:
        return "undecided"
    if abs(narrow.mean) + narrow.half < margin:
        return "equivalent"
    return "different" if abs(wide.mean) - wide.half > margin else "undecided"
