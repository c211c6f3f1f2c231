"""Test how results follow a setting: depth of the content loss (Part 1), ratio of the two weights (Part 3)."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from nst.report.labels import number
from nst.statements.estimate import average, correlation, short_mean, spearman
from nst.statements.runs import Run, alike, groups, of_kind, where
from nst.statements.statement import Finding, Question, Row
from nst.store.columns import METRICS, Column, loss_column

_MEASURES = tuple(one for one in METRICS if one.name in ("psnr_content_db", "ssim_content", "feature_distance_content"))
_Ladder = Sequence[tuple[int, Run]]
_SIGNS = {loss_column("content"): 1, loss_column("style"): -1}
"""Expected sign of a loss's slope: more weight on style raises the content loss and lowers the style loss."""
_Line = Mapping[float, Run]
"""One pair of pictures: the run at each ratio of weights."""


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
        least=0.5,  # above this, "the deeper, the worse" is a rule rather than a tendency
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


def weight_ratio(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Fit both losses with a power of the ratio of weights; return their change from the largest ratio to the smallest.

    Based on transfers that differ only in their weights, with two ratios or more. The statement claims that the ratio
    matters, not in which direction.
    """
    transfers = groups(of_kind(runs, "transfer"), ["style_weight", "content_weight"])
    return tuple(_ratio_finding(loss, [_line(group, loss.name) for group in transfers]) for loss in _SIGNS)


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


def _ratio_finding(loss: Column, lines: Sequence[_Line]) -> Finding:
    question = Question(
        claim="weight_ratio",
        quote="I adjust the 1000000:1 to 800000:1. The result is very exciting and artistic.",
        statistic=f"Change of the {loss.title} from the largest ratio of style to content weight to the smallest, from "
        "the slope of its logarithm on the ratio's, for each pair of pictures.",
        least=10.0,  # a tenth, as for all ratios
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
    return question.decide(average(changes), _ratio_said(loss, lines, slopes), rows)


def _ratio_said(loss: Column, lines: Sequence[_Line], slopes: Sequence[float]) -> str:
    ratios = [ratio for line in lines for ratio in line]
    step = f"From {number(max(ratios, default=0))} : 1 to {number(min(ratios, default=0))} : 1"
    place = where([run for line in lines for run in line.values()])
    courses = [[line[ratio][loss.name] for ratio in sorted(line)] for line in lines]
    steady = sum(all(_SIGNS[loss] * (after - before) > 0 for before, after in pairwise(one)) for one in courses)
    return (
        f"{step} {place} the {loss.title} goes with the power {short_mean(slopes)} of the ratio "
        f"({'rising' if _SIGNS[loss] > 0 else 'falling'} with it at every step for {steady} of {len(lines)} pairs of "
        "pictures); along it, it changes by"
    )
