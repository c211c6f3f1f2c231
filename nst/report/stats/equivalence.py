"""Decide whether two things that were measured in pairs differ by more than matters.

The margin is a share of the base's mean, taken as given. Three answers, from the differences within pairs and
Student's t:

* *equivalent*: the 90 % interval of the mean difference lies inside the margin, which is to say that two one-sided
  tests at 5 % both refuse a larger difference (Schuirmann 1987);
* *different*: the 95 % interval lies wholly outside the margin, on one side of it;
* *undecided*: neither, or fewer than `LEAST` pairs, or no spread at all, as of one measurement copied.

The first two exclude each other. A difference that is surely not zero but surely small is equivalent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nst.report.stats.intervals import Mean, mean

Verdict = Literal["equivalent", "different", "undecided"]
LEAST = 10
"""Pairs below which nothing is decided."""


@dataclass(frozen=True)
class Comparison:
    """The mean difference of pairs with its 95 % and 90 % intervals; `margin` and `base` in the same unit."""

    difference: Mean
    narrow: Mean
    base: float
    margin: float
    verdict: Verdict

    @property
    def n(self) -> int:
        return self.difference.n

    @property
    def percent(self) -> Mean:
        """Mean difference with its 95 % interval, in percent of the base."""
        half = self.difference.half
        share = 100 / self.base
        return Mean(self.n, self.difference.mean * share, None if half is None else half * share)


def compare(differences: Iterable[float], base: float, margin: float = 0.05, least: int = LEAST) -> Comparison:
    """Compare by the differences within pairs; what is not finite is not counted.

    `base`: mean of what the differences are to, in the same unit, above 0; `margin`: what does not matter, as a share
    of it; `least`: pairs below which nothing is decided. `ValueError` for a base or margin that is not above 0.
    """
    if not (base > 0 and margin > 0):
        raise ValueError(f"base {base} and margin {margin} must be above 0")
    found = list(differences)
    wide, narrow, width = mean(found), mean(found, level=0.90), margin * base
    return Comparison(wide, narrow, base, width, _verdict(wide, narrow, width) if wide.n >= least else "undecided")


def _verdict(wide: Mean, narrow: Mean, margin: float) -> Verdict:
    if wide.half is None or narrow.half is None:
        return "undecided"
    if abs(narrow.mean) + narrow.half < margin:
        return "equivalent"
    return "different" if abs(wide.mean) - wide.half > margin else "undecided"
