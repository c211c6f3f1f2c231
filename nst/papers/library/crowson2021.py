"""crowsonkb's style-transfer-pytorch: what its README says of an average, of padding and of layer weights."""

import math
from collections.abc import Sequence

from nst.papers.paper import Claim, Paper
from nst.statements.estimate import quotient, short_mean
from nst.statements.paired import by_ratio, compared, has
from nst.statements.runs import Run, where
from nst.statements.statement import TENTH, Finding, Question, Row

_AVERAGE = "An exponential moving average over the iterates reduces the noise of an iterate."
_PADDING = "Replicate padding of the first layer reduces edge artifacts."
_WEIGHTS = "Unequal weights of the style layers, 256 : 64 : 16 : 4 : 1 from shallow to deep, improve visual quality."


def average(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the last iterate with the average: fine detail, and whether the average's loss is no higher."""
    noise = Question(
        claim="average",
        quote=_AVERAGE,
        statistic="Root mean square of the luma above a quarter of a cycle per pixel, of the last iterate over the "
        "average, a ratio for each pair of pictures.",
    )
    loss = Question(
        claim="average",
        quote=_AVERAGE,
        statistic="Total loss of the last iterate over that of the average, a ratio for each pair of pictures.",
        least=1 / TENTH,
        reason="the average's loss is less than a tenth higher, or it would only be less far on its way",
    )
    pairs = compared(runs, ["keep"], has("keep", "average"), has("keep", "last"))
    names = ("the average", "the last iterate")
    return (
        by_ratio(noise, pairs, "fine_detail_levels", "Noise is fine detail.", names),
        by_ratio(loss, pairs, "total_loss", "Both are points of the same run.", names),
    )


def padding(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare how far the change in the outer 8 pixels is from that further in, with zeros and with replicates."""
    question = Question(
        claim="padding",
        quote=_PADDING,
        statistic="Factor by which the border ratio (change of the content in the outer 8 pixels over that further in) "
        "is away from 1, larger or smaller, with zeros over that with replicates, a ratio for each pair of pictures.",
    )
    pairs = compared(runs, ["padding"], has("padding", "replicate"), has("padding", "zeros"))
    known = [pair for pair in pairs if all(run["border_ratio"] > 0 for run in pair)]
    logs = [(ours.pair, _away(zeros) - _away(ours)) for ours, zeros in known]
    rows: list[Row] = [
        {"pictures": ours.pair, "replicates": ours["border_ratio"], "zeros": zeros["border_ratio"]}
        for ours, zeros in known
    ]
    ours, zeros = (short_mean([row[name] for row in rows]) for name in ("replicates", "zeros"))
    place = where([run for pair in known for run in pair])
    said = f"Mean border ratio {place}: {ours} with replicates, {zeros} with zeros; the factors' ratio is"
    return (question.decide(quotient(logs), said, rows),)


def _away(run: Run) -> float:
    """Return the logarithm of the factor by which the border ratio is away from 1."""
    return abs(math.log(run["border_ratio"]))


def layer_weights(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare how near the strokes' scales come to the style's with equal and with falling weights."""
    question = Question(
        claim="layer_weights",
        quote=_WEIGHTS,
        statistic="Distance of the result's power spectrum to the style's (octaves, over half-octaves of frequency), "
        "with equal weights over that with falling ones, a ratio for each pair of pictures.",
    )
    key = "style_layer_weights"
    pairs = compared(runs, [key], _falls, lambda run: key in run.keys and not _falls(run))
    said = "Visual quality is not measured; how near strokes come to the style's is, however much content is kept."
    return (by_ratio(question, pairs, "spectrum_distance_style", said, ("falling weights", "equal weights")),)


def _falls(run: Run) -> bool:
    """Return whether the style layers' weights fall from the first to the last."""
    try:
        weights = [float(part) for part in str(run.keys["style_layer_weights"]).strip("[]").split(",")]
    except (KeyError, ValueError):
        return False
    return weights[0] > weights[-1]


PAPER = Paper(
    name="crowson2021",
    title="style-transfer-pytorch",
    authors="Crowson",
    year=2021,
    venue="README",
    link="https://github.com/crowsonkb/style-transfer-pytorch",
    note="One size, where the tool goes from coarse to fine; otherwise its settings. The quick profile has shallower "
    "layers (conv_1 to conv_5, content at conv_4), 50 evaluations and a decay of 0.9, so that the average spans a "
    "fifth of them, as 0.99 does of 500.",
    claims=(
        Claim(
            name="average",
            sweep="crowson2021",
            varied="keep: average, last",
            words=_AVERAGE,
            place="README, list of changes",
            known="readme",
            prediction="The last iterate has at least a tenth more fine detail, at a loss at most a tenth lower.",
            test=average,
        ),
        Claim(
            name="padding",
            sweep="crowson2021",
            varied="padding: replicate, zeros",
            words=_PADDING,
            place="README, list of changes",
            known="readme",
            prediction="With zeros, the border changes differently from the inside by a factor a tenth larger.",
            test=padding,
        ),
        Claim(
            name="layer_weights",
            sweep="crowson2021",
            varied="style_layer_weights: 256 : 64 : 16 : 4 : 1, equal",
            words=_WEIGHTS,
            place="README, list of changes; the weights are in its code",
            known="readme",
            prediction="With equal weights, the spectrum is at least a tenth farther from the style's.",
            test=layer_weights,
        ),
    ),
)
