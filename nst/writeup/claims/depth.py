"""Test how reconstructions follow the depth of the content loss (Part 1)."""

from collections.abc import Sequence

import numpy as np

from nst.statements.estimate import correlation, short_mean, spearman
from nst.statements.runs import Run, groups, of_kind, where
from nst.statements.statement import Finding, Question, Row
from nst.store.columns import METRICS, Column

_MEASURES = tuple(one for one in METRICS if one.name in ("psnr_content_db", "ssim_content", "feature_distance_content"))
_Ladder = Sequence[tuple[int, Run]]


def content_depth(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate a content layer's depth with how bad the reconstruction is, by three measures (Spearman).

    Based on reconstructions (no style loss) from noise that differ only in their single content layer, at three depths
    or more. There is one coefficient per picture (seeds averaged); the result is their mean.
    """
    rebuilt = [run for run in of_kind(runs, "reconstruction") if run.init != "content"]
    ladders = [_ladder(group) for group in groups(rebuilt, ["content_layers"])]
    return tuple(_depth_finding(measure, ladders) for measure in _MEASURES)


def _ladder(group: Sequence[Run]) -> _Ladder:
    layers = ((run.layers("content"), run) for run in group)
    single = [(found[0], run) for found, run in layers if found and found[0] == found[1]]
    return sorted(single, key=lambda rung: rung[0])


def _depth_finding(column: Column, ladders: Sequence[_Ladder]) -> Finding:
    measure, name, sign = column.name, column.title, -1 if column.better == "higher" else 1
    question = Question(
        claim="content_depth",
        quote="It can be inferred that the deeper layer the content loss layer is inserted, the worse result it gets.",
        statistic=f"Spearman correlation of the content layer's depth with {name} (sign: positive is worse with depth)"
        ", a coefficient for each picture.",
        least=0,
        reason="what chance gives",
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
    return question.decide(estimate, _depth_said(known, column), rows)


def _depth_said(ladders: Sequence[_Ladder], column: Column) -> str:
    first, last = ([ladder[end] for ladder in ladders] for end in (0, -1))
    ends = (f"{short_mean([run[column.name] for _, run in end])} {column.unit}".strip() for end in (first, last))
    low, high = min((depth for depth, _ in first), default=0), max((depth for depth, _ in last), default=0)
    shallow, deep = (f"{value} at conv_{depth}" for value, depth in zip(ends, (low, high), strict=True))
    place = where([run for ladder in ladders for _, run in ladder])
    return f"The {column.title} goes from {shallow} to {deep} {place}; rank correlation of depth with what is worse is"
