"""Gatys, Ecker and Bethge 2016: the method itself, with its layers, weights, start and pooling."""

from collections.abc import Sequence

from nst.papers.paper import Claim, Paper
from nst.statements.paired import by_ratio, compared, has
from nst.statements.runs import Run
from nst.statements.statement import Finding, Question

_POOLING = "Average pooling gives slightly more appealing pictures than max pooling."


def pooling(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the fine detail left by max pooling with that left by average pooling."""
    question = Question(
        claim="pooling",
        quote=_POOLING,
        statistic="Root mean square of the luma above a quarter of a cycle per pixel, max over average pooling, a "
        "ratio for each pair of pictures.",
    )
    pairs = compared(runs, ["pooling"], has("pooling", "avg"), has("pooling", "max"))
    said = "Appeal is not measured; a calmer picture is."
    return (by_ratio(question, pairs, "fine_detail_levels", said, ("average pooling", "max pooling")),)


PAPER = Paper(
    name="gatys2016",
    title="Image Style Transfer Using Convolutional Neural Networks",
    authors="Gatys, Ecker, Bethge",
    year=2016,
    venue="CVPR",
    link="https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html",
    note="Six built-in pairs, small, with L-BFGS that projects onto the pixels' range; they had photographs of 512 px.",
    claims=(
        Claim(
            name="pooling",
            sweep="gatys2016_pooling",
            varied="pooling: max, average",
            words=_POOLING,
            place="Section 2",
            known="memory",
            prediction="Max pooling leaves at least a tenth more fine detail than average pooling.",
            test=pooling,
        ),
    ),
)
