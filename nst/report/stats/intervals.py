"""Means of repeated metrics with their interval (Student's t), and how many digits of them to show."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import stdtrit

from nst.report.labels import number


@dataclass(frozen=True)
class Mean:
    """A mean of `n` values; `half` is half the width of its interval, None if there is none to give."""

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
        shown = round(self.mean, places) + 0.0  # no minus before a zero
        return f"{shown:.{places}f} ± {self.half:.{places}f}".replace("-", "−")


def mean(values: Iterable[float], level: float = 0.95) -> Mean:
    """Return mean and interval, by default the 95 % one, of the values that are numbers whose squares are finite.

    No interval for one value, nor if all are equal: a run repeated to the last bit is no second observation.
    """
    found = [value for value in values if abs(value) < 1e150]
    n = len(found)
    if n == 0:
        return Mean(0, math.nan)
    centre = math.fsum(found) / n
    if n == 1 or min(found) == max(found):
        return Mean(n, centre)
    deviation = math.sqrt(math.fsum((value - centre) ** 2 for value in found) / (n - 1))
    return Mean(n, centre, float(stdtrit(n - 1, (1 + level) / 2)) * deviation / math.sqrt(n))
