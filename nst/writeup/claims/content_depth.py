"""Part 1: the deeper the content loss sits, the worse the reconstruction."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import rankdata

from nst.store.columns import METRICS, Column
from nst.writeup.claims.estimate import correlation, replicates, short
from nst.writeup.claims.finding import Finding, Question
from nst.writeup.claims.runs import Run, groups, of_kind, where

LEAST = 0.5
"""A mean rank correlation above which "the deeper, the worse" is a rule rather than a tendency."""

_QUESTION = Question(
    claim="content_depth",
    quote="It can be inferred that the deeper layer the content loss layer is inserted, the worse result it gets.",
    statistic="",
    least=LEAST,
)
_MEASURES = tuple(one for one in METRICS if one.name in ("psnr_content_db", "ssim_content", "feature_distance_content"))


def content_depth(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate a content layer's depth with how bad the reconstruction is, by three measures (Spearman).

    Reconstructions (no style loss) from noise that differ by nothing but one content layer each, three depths or more.
    A coefficient a picture (seeds averaged), then their mean. Holds if the interval lies above `LEAST`, does not if
    it lies below.
    """
    rebuilt = [run for run in of_kind(runs, "reconstruction") if run.init != "content"]
    ladders = [_ladder(group) for group in groups(rebuilt, ["content_layers"])]
    ladders = [ladder for ladder in ladders if len(ladder) >= 3]
    return tuple(_finding(measure, ladders) for measure in _MEASURES)


def _ladder(group: Sequence[Run]) -> list[tuple[int, Run]]:
    layers = ((run.layers("content"), run) for run in group)
    return sorted(
        ((found[0], run) for found, run in layers if found and found[0] == found[1]), key=lambda rung: rung[0]
    )


def _finding(column: Column, ladders: Sequence[Sequence[tuple[int, Run]]]) -> Finding:
    measure, name, sign = column.name, column.title, -1 if column.better == "higher" else 1
    statistic = f"Spearman correlation of the content layer's depth with {name} (sign: positive is worse with depth)"
    question = replace(_QUESTION, statistic=f"{statistic}, a coefficient for each picture.")
    known = [[(depth, run) for depth, run in ladder if np.isfinite(run[measure])] for ladder in ladders]
    known = [ladder for ladder in known if len({depth for depth, _ in ladder}) >= 3]
    found = [
        (ladder[0][1].content, spearman([d for d, _ in ladder], [sign * run[measure] for _, run in ladder]))
        for ladder in known
    ]
    estimate = correlation(replicates(found), min((len(ladder) for ladder in known), default=3))
    rows = [
        {"content": run.content, "layer": f"conv_{depth}", name: run[measure]}
        for ladder in known
        for depth, run in ladder
    ]
    return question.decide(estimate, _said(known, column), rows)


def _said(ladders: Sequence[Sequence[tuple[int, Run]]], column: Column) -> str:
    if not ladders:
        return ""
    runs = [run for ladder in ladders for _, run in ladder]
    ends = [float(np.mean([ladder[end][1][column.name] for ladder in ladders])) for end in (0, -1)]
    first, last = (short(end) + (f" {column.unit}" if column.unit else "") for end in ends)
    low, high = (sorted({ladder[end][0] for ladder in ladders}) for end in (0, -1))
    return (
        f"The {column.title} goes from {first} at conv_{low[0]} to {last} at conv_{high[-1]} {where(runs)}; "
        "rank correlation of depth with what is worse is"
    )


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties by their mean rank; 0 if one of the two does not change at all."""
    x, y = (rankdata(values) - (len(values) + 1) / 2 for values in (a, b))
    scale = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    return float(np.sum(x * y)) / scale if scale else 0.0
