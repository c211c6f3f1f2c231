"""The finding about one statement: a number with its interval, a verdict made from them, and the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from nst.writeup.claims.estimate import MINIMUM, Estimate, short

Row = dict[str, Any]
Verdict = Literal["holds", "does not hold", "undecided"]

TENTH = 1.1
"""The ratio from which on a difference counts, in every statement about a ratio: a tenth more. Two things that differ
by less look alike, and a run differs from itself by as much on another machine or from another seed."""


@dataclass(frozen=True)
class Finding:
    """One statistic about one statement; a statement may have several.

    claim: the statement's id. quote: the write-up's words. statistic: what was computed, on what. unit: of the effect,
    empty for ratios and correlations. effect, low, high: the estimate and its 95 % interval over `n` independent
    replicates; NaN if there are none. reading: what was seen, in one sentence made from the numbers.
    values: the rows behind it, ready to be a table.
    """

    claim: str
    quote: str
    statistic: str
    unit: str
    effect: float
    low: float
    high: float
    n: int
    verdict: Verdict
    reading: str
    values: pd.DataFrame


@dataclass(frozen=True)
class Question:
    """The parts of a finding that do not come from its runs; `decide` makes a finding of what they say."""

    claim: str
    quote: str
    statistic: str
    least: float
    """The statement holds if the whole interval is above this, and does not if all of it is below."""
    unit: str = ""
    minimum: int = MINIMUM

    def decide(self, estimate: Estimate, said: str, rows: Sequence[Row]) -> Finding:
        """Make the finding; `said` is what was seen, without the estimate, which is put after it."""
        verdict = above(estimate, self.least) if estimate.n >= self.minimum else "undecided"
        stated = replace(self, statistic=f"{self.statistic} Holds above {short(self.least)}.")
        return stated.finding(estimate, verdict, said, rows)

    def finding(self, estimate: Estimate, verdict: Verdict, said: str, rows: Sequence[Row]) -> Finding:
        """Make a finding whose verdict was made by a rule of its own."""
        return Finding(
            claim=self.claim,
            quote=self.quote,
            statistic=self.statistic,
            unit=self.unit,
            effect=estimate.effect,
            low=estimate.low,
            high=estimate.high,
            n=estimate.n,
            verdict=verdict,
            reading=self._reading(estimate, said),
            values=pd.DataFrame(list(rows)),
        )

    def _reading(self, estimate: Estimate, said: str) -> str:
        if estimate.n == 0:
            return "There are no finished runs to tell it from."
        few = f"; too few to decide, which takes {self.minimum}" if estimate.n < self.minimum else ""
        return f"{said} {estimate.words(self.unit)}{few}."


def above(estimate: Estimate, least: float) -> Verdict:
    """Decide whether the whole interval is above `least`, or below it, or neither."""
    if estimate.low > least:
        return "holds"
    return "does not hold" if estimate.high < least else "undecided"
