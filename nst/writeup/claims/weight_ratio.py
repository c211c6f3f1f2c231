"""Part 3: another ratio of style to content weight makes another picture."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from nst.report.labels import number
from nst.store.columns import Column, loss_column
from nst.writeup.claims.runs import Run, alike, groups, of_kind, where
from nst.writeup.claims.statement import Finding, Question, Row, average, short_mean

LEAST = 10.0
"""Percent by which a loss changes for it to count: a tenth, as for all ratios."""

_QUOTE = "I adjust the 1000000:1 to 800000:1. The result is very exciting and artistic."
_SIGNS = {loss_column("content"): 1, loss_column("style"): -1}
"""The sign that the slope of a loss should have: more weight on style costs content and gains style."""
_Line = Mapping[float, Run]
"""One pair of pictures: a run for each ratio of weights."""


def weight_ratio(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Fit a power of the ratio of weights to both losses: their change from the largest ratio to the smallest.

    Transfers that differ by their weights alone, two ratios or more. The statement says that the ratio matters, not
    which way.
    """
    transfers = groups(of_kind(runs, "transfer"), ["style_weight", "content_weight"])
    return tuple(_finding(loss, [_line(group, loss.name) for group in transfers]) for loss in _SIGNS)


def _line(group: Sequence[Run], loss: str) -> _Line:
    found: dict[float, Run] = {}
    for run in group:
        ratio = _ratio(run)
        if math.isfinite(ratio) and ratio > 0 and run[loss] > 0:
            found.setdefault(ratio, run)
    return found


def _ratio(run: Run) -> float:
    try:
        return float(run.keys.get("style_weight", math.nan)) / float(run.keys.get("content_weight", 1))
    except (TypeError, ValueError, ZeroDivisionError):
        return math.nan


def _finding(loss: Column, lines: Sequence[_Line]) -> Finding:
    question = Question(
        claim="weight_ratio",
        quote=_QUOTE,
        statistic=f"Change of the {loss.title} from the largest ratio of style to content weight to the smallest, from "
        "the slope of its logarithm on the ratio's, for each pair of pictures.",
        least=LEAST,
        unit="%",
        either_way=True,
    )
    lines = alike([line for line in lines if len(line) >= 2], lambda line: tuple(sorted(line)))
    logs = [(np.log(list(line)), np.log([run[loss.name] for run in line.values()])) for line in lines]
    slopes = [float(np.polyfit(ratios, losses, 1)[0]) for ratios, losses in logs]
    changes = [
        (line[max(line)].pair, 100 * math.expm1(slope * math.log(min(line) / max(line))))
        for line, slope in zip(lines, slopes, strict=True)
    ]
    rows: list[Row] = [
        {"pictures": run.pair, "ratio": ratio, loss.title: run[loss.name], "slope": slope}
        for line, slope in zip(lines, slopes, strict=True)
        for ratio, run in line.items()
    ]
    return question.decide(average(changes), _said(loss, lines, slopes), rows)


def _said(loss: Column, lines: Sequence[_Line], slopes: Sequence[float]) -> str:
    ratios = [ratio for line in lines for ratio in line]
    step = f"From {number(max(ratios, default=0))} : 1 to {number(min(ratios, default=0))} : 1"
    place = where([run for line in lines for run in line.values()])
    steady = sum(_follows(line, loss) for line in lines)
    return (
        f"{step} {place} the {loss.title} goes with the power {short_mean(slopes)} of the ratio "
        f"({'rising' if _SIGNS[loss] > 0 else 'falling'} with it at every step for {steady} of {len(lines)} pairs of "
        "pictures); along it, it changes by"
    )


def _follows(line: _Line, loss: Column) -> bool:
    """Return whether every step goes the way it should."""
    losses = [line[ratio][loss.name] for ratio in sorted(line)]
    return all(_SIGNS[loss] * (after - before) > 0 for before, after in pairwise(losses))
