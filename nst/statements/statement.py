"""Test a statement: an effect over independent replicates with its 95 % interval, and a verdict by a threshold."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from nst.statements.estimate import MINIMUM, Estimate, amount

Row = dict[str, Any]
Verdict = Literal["holds", "does not hold", "undecided"]
TENTH = 1.1
"""The smallest ratio that counts as a difference, in every statement about a ratio: a tenth more. Two things that
differ by less look alike, and a run varies by as much between machines or seeds."""

VISIBLE = 0.05
"""The smallest difference in structural similarity that counts, as it is seen side by side."""
SEEN = "a difference that one sees side by side"
"""Why `VISIBLE` is a threshold."""
NO_WORSE = "worse by less than the tenth that counts as a difference"
"""Why 1 / `TENTH` is a threshold."""


@dataclass(frozen=True)
class Finding:
    """One statistic for one statement; a statement may have several.

    claim: the statement's id. quote: its words. statistic: what was computed, and from what. unit: of the effect, empty
    for ratios and correlations. effect, low, high: the estimate and its 95 % interval over `n` independent replicates;
    NaN if there are none. reading: the result in one sentence, made from the numbers. values: the rows behind it, as a
    table.
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
class Untestable:
    """A sentence that is shown but not judged, and the reason: it claims nothing that can be measured.

    claim: the id of the statement beside which it stands, or an id of its own.
    """

    claim: str
    quote: str
    why: str


@dataclass(frozen=True)
class Question:
    """The parts of a finding that do not depend on runs; `decide` combines them with an estimate from runs."""

    claim: str
    quote: str
    statistic: str
    least: float = TENTH
    """The statement holds if the whole interval is above this, and does not hold if all of it is below."""
    unit: str = ""
    minimum: int = MINIMUM
    either_way: bool = False
    """Also holds if the interval lies below `-least`; does not hold if all of it is between the two."""
    reason: str = ""
    """Why `least` is the threshold, if not for the reason of `TENTH`; follows it after a colon."""

    def decide(self, estimate: Estimate, said: str, rows: Iterable[Row], verdict: Verdict | None = None) -> Finding:
        """Make the finding; its reading is `said` followed by the estimate.

        `verdict`: set if it follows from a rule other than the threshold, which `statistic` then names.
        """
        few = estimate.n < self.minimum
        threshold = f"{'beyond ±' if self.either_way else 'above'} {amount(self.least, self.unit)}"
        threshold += f": {self.reason}" * bool(self.reason)
        return Finding(
            claim=self.claim,
            quote=self.quote,
            statistic=self.statistic if verdict else f"{self.statistic} Holds {threshold}.",
            unit=self.unit,
            **vars(estimate),
            verdict="undecided" if few else verdict or self._verdict(estimate),
            reading=self._reading(estimate, said, few),
            values=pd.DataFrame(list(rows)),
        )

    def _reading(self, estimate: Estimate, said: str, few: bool) -> str:
        if estimate.n == 0:
            return "There are no finished runs to tell it from."
        doubt = f"; too few to decide, which takes {self.minimum}" if few else ""
        return f"{said} {estimate.words(self.unit)}{doubt}."

    def _verdict(self, estimate: Estimate) -> Verdict:
        if estimate.low > self.least or self.either_way and estimate.high < -self.least:
            return "holds"
        is_less = estimate.high < self.least and (not self.either_way or estimate.low > -self.least)
        return "does not hold" if is_less else "undecided"
