"""Part 3: another ratio of style to content weight makes another picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nst.report.labels import number
from nst.store.columns import Column, loss_column
from nst.writeup.claims.estimate import Estimate, average, replicates, short
from nst.writeup.claims.finding import Finding, Question, Row, Verdict
from nst.writeup.claims.runs import Run, alike, groups, of_kind, where

LEAST = 10.0
"""Percent by which a loss changes for it to count: a tenth, as for all ratios."""

_QUOTE = "I adjust the 1000000:1 to 800000:1. The result is very exciting and artistic."
_SIGNS = {loss_column("content"): 1, loss_column("style"): -1}
"""The sign that the slope of a loss should have: more weight on style costs content and gains style."""


@dataclass(frozen=True)
class _Line:
    """One pair of pictures: its ratios of weights, and a loss at each."""

    runs: tuple[Run, ...]
    ratios: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Slope of log loss on log ratio."""
        return float(np.polyfit(np.log(self.ratios), np.log(self.losses), 1)[0])

    @property
    def change(self) -> float:
        """Relative change of the loss along the fitted line, from the largest ratio to the smallest."""
        return math.expm1(self.slope * math.log(min(self.ratios) / max(self.ratios)))

    def follows(self, sign: int) -> bool:
        """Return whether every step goes the way it should."""
        ordered = [loss for _, loss in sorted(zip(self.ratios, self.losses, strict=True))]
        return all(sign * (after - before) > 0 for before, after in zip(ordered, ordered[1:], strict=False))


def weight_ratio(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Fit a power of the ratio of weights to both losses: their change from the largest ratio to the smallest.

    Transfers that differ by their weights alone, two ratios or more. The statement says that the ratio matters, not
    which way: for each loss it holds if the whole interval is farther from 0 than `LEAST`, does not if it lies
    within ± `LEAST`, and is undecided otherwise.
    """
    transfers = groups(of_kind(runs, "transfer"), ["style_weight", "content_weight"])
    return tuple(_finding(loss, [_line(group, loss.name) for group in transfers]) for loss in _SIGNS)


def _line(group: Sequence[Run], loss: str) -> _Line:
    found: dict[float, Run] = {}
    for run in group:
        ratio = _ratio(run)
        if math.isfinite(ratio) and ratio > 0 and run[loss] > 0:
            found.setdefault(ratio, run)
    return _Line(tuple(found.values()), tuple(found), tuple(run[loss] for run in found.values()))


def _ratio(run: Run) -> float:
    try:
        return float(run.keys.get("style_weight", math.nan)) / float(run.keys.get("content_weight", 1))
    except (TypeError, ValueError, ZeroDivisionError):
        return math.nan


def _finding(loss: Column, lines: Sequence[_Line]) -> Finding:
    name, sign = loss.title, _SIGNS[loss]
    question = Question(
        claim="weight_ratio",
        quote=_QUOTE,
        statistic=f"Change of the {name} from the largest ratio of style to content weight to the smallest, from the "
        f"slope of its logarithm on the ratio's, for each pair of pictures. Holds beyond ± {LEAST:g} %.",
        least=LEAST,
        unit="%",
    )
    lines = alike([line for line in lines if len(line.ratios) >= 2], lambda line: tuple(sorted(line.ratios)))
    estimate = average(replicates([(line.runs[0].pair, 100 * line.change) for line in lines]))
    verdict = matters(estimate, question.least) if estimate.n >= question.minimum else "undecided"
    rows: list[Row] = [
        {"pictures": line.runs[0].pair, "ratio": ratio, name: value, "slope": line.slope}
        for line in lines
        for ratio, value in zip(line.ratios, line.losses, strict=True)
    ]
    return question.finding(estimate, verdict, _said(lines, name, sign), rows)


def matters(estimate: Estimate, least: float) -> Verdict:
    """Decide whether an effect of either sign is larger than `least`, or smaller, or may be both."""
    if estimate.low > least or estimate.high < -least:
        return "holds"
    return "does not hold" if -least < estimate.low and estimate.high < least else "undecided"


def _said(lines: Sequence[_Line], name: str, sign: int) -> str:
    if not lines:
        return ""
    runs = [run for line in lines for run in line.runs]
    ratios = [ratio for line in lines for ratio in line.ratios]
    step = f"From {number(max(ratios))} : 1 to {number(min(ratios))} : 1"
    slope = short(float(np.mean([line.slope for line in lines])))
    steady = sum(line.follows(sign) for line in lines)
    way = "rising" if sign > 0 else "falling"
    return (
        f"{step} {where(runs)} the {name} goes with the power {slope} of the ratio ({way} with it at "
        f"every step for {steady} of {len(lines)} pairs of pictures); along it, it changes by"
    )
