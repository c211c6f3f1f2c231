"""Part 1: the deeper the content loss sits, the worse the reconstruction."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from nst.store.columns import METRICS, Column
from nst.writeup.claims.runs import Run, groups, of_kind, where
from nst.writeup.claims.statement import Finding, Question, Row, correlation, short_mean

LEAST = 0.5
"""A mean rank correlation above which "the deeper, the worse" is a rule rather than a tendency."""

_QUOTE = "It can be inferred that the deeper layer the content loss layer is inserted, the worse result it gets."
_MEASURES = tuple(one for one in METRICS if one.name in ("psnr_content_db", "ssim_content", "feature_distance_content"))
_Ladder = Sequence[tuple[int, Run]]


def content_depth(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate a content layer's depth with how bad the reconstruction is, by three measures (Spearman).

    Reconstructions (no style loss) from noise that differ by nothing but one content layer each, three depths or more.
    A coefficient a picture (seeds averaged), then their mean.
    """
    rebuilt = [run for run in of_kind(runs, "reconstruction") if run.init != "content"]
    ladders = [_ladder(group) for group in groups(rebuilt, ["content_layers"])]
    return tuple(_finding(measure, ladders) for measure in _MEASURES)


def _ladder(group: Sequence[Run]) -> _Ladder:
    layers = ((run.layers("content"), run) for run in group)
    single = [(found[0], run) for found, run in layers if found and found[0] == found[1]]
    return sorted(single, key=lambda rung: rung[0])


def _finding(column: Column, ladders: Sequence[_Ladder]) -> Finding:
    measure, name, sign = column.name, column.title, -1 if column.better == "higher" else 1
    question = Question(
        claim="content_depth",
        quote=_QUOTE,
        statistic=f"Spearman correlation of the content layer's depth with {name} (sign: positive is worse with depth)"
        ", a coefficient for each picture.",
        least=LEAST,
    )
    known = [[(depth, run) for depth, run in ladder if np.isfinite(run[measure])] for ladder in ladders]
    known = [ladder for ladder in known if len({depth for depth, _ in ladder}) >= 3]
    found = [
        (ladder[0][1].content, spearman([d for d, _ in ladder], [sign * run[measure] for _, run in ladder]))
        for ladder in known
    ]
    estimate = correlation(found, min((len(ladder) for ladder in known), default=3))
    rows: list[Row] = [
        {"content": run.content, "layer": f"conv_{depth}", name: run[measure]}
        for ladder in known
        for depth, run in ladder
    ]
    return question.decide(estimate, _said(known, column), rows)


def _said(ladders: Sequence[_Ladder], column: Column) -> str:
    first, last = ([ladder[end] for ladder in ladders] for end in (0, -1))
    ends = (f"{short_mean([run[column.name] for _, run in end])} {column.unit}".strip() for end in (first, last))
    low, high = min((depth for depth, _ in first), default=0), max((depth for depth, _ in last), default=0)
    shallow, deep = (f"{value} at conv_{depth}" for value, depth in zip(ends, (low, high), strict=True))
    place = where([run for ladder in ladders for _, run in ladder])
    return f"The {column.title} goes from {shallow} to {deep} {place}; rank correlation of depth with what is worse is"


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties by their mean rank; 0 if one of the two does not change at all."""
    x, y = (rankdata(values) - (len(values) + 1) / 2 for values in (a, b))
    scale = float(np.sqrt(np.sum(x**2) * np.sum(y**2)))
    return float(np.sum(x * y)) / scale if scale else 0.0
