"""Means of repeated measurements with their 95 % interval (Student's t), and how many digits of them to show."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.special import stdtrit

from nst.report.labels import number


@dataclass(frozen=True)
class Mean:
    """A mean of `n` values; `half` is half the width of its interval, None where there is none to give."""

    n: int
    mean: float
    half: float | None = None

    def __str__(self) -> str:
        """`45.21 ± 0.31`: the interval to two significant digits, the mean to as many places."""
        if self.n == 0:
            return "–"
        if self.half is None:
            return number(self.mean)
        places = max(0, 1 - math.floor(math.log10(self.half)))
        return f"{self.mean:.{places}f} ± {self.half:.{places}f}"


def mean(values: Iterable[float]) -> Mean:
    """Mean and interval of the values that are numbers.

    No interval for one value, nor where all are equal: a run repeated to the last bit is no second observation.
    """
    found = [value for value in values if math.isfinite(value)]
    n = len(found)
    if n == 0:
        return Mean(0, math.nan)
    centre = math.fsum(found) / n
    if n == 1 or min(found) == max(found):
        return Mean(n, centre)
    deviation = math.sqrt(math.fsum((value - centre) ** 2 for value in found) / (n - 1))
    return Mean(n, centre, float(stdtrit(n - 1, 0.975)) * deviation / math.sqrt(n))


def finite(value: float) -> str:
    """One measured number, or a dash where it is not known."""
    return number(value) if math.isfinite(value) else "–"
