"""Yeh et al. 2019: what the variability of transfers comes from."""

import math
from collections.abc import Sequence
from functools import partial

from nst.papers.paper import Claim, Paper
from nst.report.labels import title
from nst.statements.estimate import short
from nst.statements.explained import jackknife, shares
from nst.statements.runs import Run, where
from nst.statements.statement import Finding, Question

_STYLE = "Most of the variability between transfers is explained by the style picture."
_WEIGHT = "The style weight has relatively little effect on how well the style is met and the content kept."
_MET = ("vgg_frechet_style", "global_effects")
"""In the place of their effectiveness E, a closeness of feature distributions calibrated to people's preferences."""
_KEPT = ("content_fidelity",)
"""In the place of their coherence C, which needs human contours."""
_MOST, _ALL_BUT_LITTLE = 50.0, 90.0
_REASONS = {_MOST: "most is more than half", _ALL_BUT_LITTLE: "little is less than a tenth"}
_HOW = (
    "(omega squared, content × style × style weight; a distance on a log scale), for these contents and weights; "
    "interval by the jackknife over style pictures."
)


def style(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Estimate the share of the variance that the style picture explains."""
    return tuple(_finding("style", _STYLE, f"explained by the style {_HOW}", _MOST, runs, metric) for metric in _MET)


def weight(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Estimate the share of the variance that has nothing to do with the style weight."""
    said = f"explained neither by the style weight nor by a two-way interaction with it {_HOW}"
    return tuple(_finding("weight", _WEIGHT, said, _ALL_BUT_LITTLE, runs, metric) for metric in (*_MET, *_KEPT))


def _finding(claim: str, quote: str, said: str, least: float, runs: Sequence[Run], metric: str) -> Finding:
    statistic = f"Share of the variance of {title(metric)} {said}"
    question = Question(claim=claim, quote=quote, statistic=statistic, least=least, unit="%", reason=_REASONS[least])
    share = {"style": _by_style, "weight": _without_weight}[claim]
    known = [run for run in runs if math.isfinite(run[metric])]
    found = shares(known, metric)
    parts = ", ".join(f"{source.replace('_', ' ')} {short(round(value, 1))} %" for source, value in found.items())
    reading = f"Of the variance of {title(metric)} {where(known) if known else ''}: {parts}; the effect is"
    rows = [{"source": source, "share (%)": value} for source, value in found.items()]
    return question.decide(jackknife(known, partial(share, metric)), reading, rows)


def _by_style(metric: str, runs: Sequence[Run]) -> float:
    return shares(runs, metric).get("style", math.nan)


def _without_weight(metric: str, runs: Sequence[Run]) -> float:
    found = shares(runs, metric)
    return 100 - sum(value for source, value in found.items() if "style_weight" in source) if found else math.nan


PAPER = Paper(
    name="yeh2019",
    title="Improving Style Transfer with Calibrated Metrics",
    authors="Yeh, Tang, Bhattad, Zou, Forsyth",
    year=2019,
    venue="arXiv",
    link="https://arxiv.org/abs/1910.09447",
    note="Only the abstract was read. Their statistics E and C are calibrated to the preferences of people; here, "
    "measures without people stand in for them. Six built-in styles with three contents and three weights, a factor of "
    "100 apart at the ends; a wider range would give the weight a larger share. The contents "
    "themselves are nearer to some styles than to others, which is part of the style's share: before any transfer, it "
    "is 71 % of the Fréchet distance's variance and 19 % of that of global effects, at 96 px. One method, Gatys' with "
    "Gram matrices: their comparison of methods is not repeated.",
    claims=(
        Claim(
            name="style",
            sweep="yeh2019_variance",
            varied="style picture × content picture × style weight",
            words=_STYLE,
            place="Abstract",
            known="abstract",
            prediction="The style picture alone explains more than half of the variance of measures of the style.",
            test=style,
        ),
        Claim(
            name="weight",
            sweep="yeh2019_variance",
            varied="style picture × content picture × style weight",
            words=_WEIGHT,
            place="Abstract",
            known="abstract",
            prediction="The style weight and its two-way interactions explain less than a tenth of the variance.",
            test=weight,
        ),
    ),
)
