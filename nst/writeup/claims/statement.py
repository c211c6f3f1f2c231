"""Test a statement: an effect over independent replicates with its 95 % interval, and a verdict by a threshold.

`markdown` formats the findings: for each statement the verdict and a reading, with the numbers in a table.
"""

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from scipy.special import stdtrit

from nst.report.labels import number
from nst.report.stats.intervals import Mean, mean
from nst.report.stats.tables import NumberTable
from nst.report.stats.tables import markdown as table

Row = dict[str, Any]
Found = Iterable[tuple[str, float]]
"""(picture, value) pairs; several values of one picture come from several seeds."""
Verdict = Literal["holds", "does not hold", "undecided"]

MINIMUM = 5
"""With fewer replicates, nothing is decided."""
TENTH = 1.1
"""The smallest ratio that counts as a difference, in every statement about a ratio: a tenth more. Two things that
differ by less look alike, and a run varies by as much between machines or seeds."""


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
    """Return the independent values among (picture, value) pairs that were taken with several seeds.

    Seeds say nothing about other pictures, so with `MINIMUM` pictures or more, the pictures are the replicates and
    seeds are averaged within them. With fewer pictures every seed counts, and the interval is about these pictures
    only.
    """
    finite = [(picture, value) for picture, value in found if math.isfinite(value)]
    pictures = dict.fromkeys(picture for picture, _ in finite)
    if len(pictures) < MINIMUM:
        return [value for _, value in finite]
    return [mean(value for other, value in finite if other == picture).mean for picture in pictures]


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

    def decide(self, estimate: Estimate, said: str, rows: Iterable[Row], verdict: Verdict | None = None) -> Finding:
        """Make the finding; its reading is `said` followed by the estimate.

        `verdict`: set if it follows from a rule other than the threshold, which `statistic` then names.
        """
        few = estimate.n < self.minimum
        threshold = f"{'beyond ±' if self.either_way else 'above'} {amount(self.least, self.unit)}"
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


def short(value: float) -> str:
    """Format to three significant digits."""
    return number(float(f"{value:.3g}"))


def amount(value: float, unit: str) -> str:
    """Format to three significant digits, with the unit if there is one."""
    return f"{short(value)} {unit}".strip()


def short_mean(values: Sequence[float]) -> str:
    """Format the mean to three significant digits."""
    return short(mean(values).mean)


def markdown(findings: Sequence[Finding]) -> str:
    """Format one section per statement, headed by its words."""
    return "\n".join(_section(list(found)) for _, found in itertools.groupby(findings, key=lambda one: one.claim))


def _section(found: Sequence[Finding]) -> str:
    quotes = dict.fromkeys(finding.quote for finding in found)
    parts = [f"## {found[0].claim.replace('_', ' ').capitalize()}", *(f"> {quote}" for quote in quotes)]
    parts += [f"**{finding.verdict.capitalize()}.** {_plain(finding.reading)}" for finding in found]
    heads = ("statistic", "verdict", "effect", "95 % from", "to", "n")
    return "\n\n".join([*parts, table(NumberTable("", heads, tuple(_row(finding) for finding in found), words=2))])


def _row(finding: Finding) -> tuple[str, ...]:
    numbers = (finding.effect, finding.low, finding.high)
    shown = (amount(value, finding.unit) if math.isfinite(value) else "–" for value in numbers)
    return finding.statistic, finding.verdict, *shown, str(finding.n)


def _plain(text: str) -> str:
    return re.sub(r"[\\*_]", r"\\\g<0>", text).replace("<", "&lt;")
