"""Kolkin, Salavon and Shakhnarovich 2019 (STROTSS): the content's weight as a dial."""

from collections.abc import Sequence

from nst.papers.paper import Claim, Paper
from nst.statements.ladders import IS_RULE, RULE, by_rank, ladders
from nst.statements.runs import Run
from nst.statements.statement import Finding, Question

_WEIGHT = "The weight of the content trades the content that is kept against the style that is taken over."


def content_weight(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate the content's weight with the content kept and with the style taken over."""
    about = "a coefficient for each pair of pictures."
    kept = Question(
        claim="content_weight",
        quote=_WEIGHT,
        statistic="Spearman correlation of the content's weight with content fidelity (cosine of features), which none "
        f"of these losses minimises, {about}",
        least=RULE,
        reason=IS_RULE,
    )
    style = Question(
        claim="content_weight",
        quote=_WEIGHT,
        statistic="Spearman correlation of the content's weight with global effects (cosines of Gram matrices, "
        "which the loss of moments brings nearer, and of histograms, which none of these losses minimises; sign: "
        f"positive if they fall), {about}",
        least=RULE,
        reason=IS_RULE,
    )
    found = ladders(runs, ["content_weight"], _content_weight)
    said = "From the smallest weight of the content to the largest."
    return (
        by_rank(kept, found, "content_fidelity", said),
        by_rank(style, found, "global_effects", said, falls=True),
    )


def _content_weight(run: Run) -> float | None:
    value = run.keys.get("content_weight")
    return None if value is None else float(value)


PAPER = Paper(
    name="kolkin2019",
    title="Style Transfer by Relaxed Optimal Transport and Self-Similarity",
    authors="Kolkin, Salavon, Shakhnarovich",
    year=2019,
    venue="CVPR",
    link="https://arxiv.org/abs/1904.12785",
    note="The losses are theirs (self-similarity, relaxed earth mover's distance, moments), layer by layer of VGG-19 "
    "where they join all layers of VGG-16, with Adam on pixels where they have RMSprop on a pyramid. The quick profile "
    "has one scale, no first layer and 50 evaluations; the content's weights have their 1024 samples in them. They ask "
    "662 people how well content and style fare; the survey cannot be repeated here. "
    "The paper's body was not read: its abstract and code were.",
    claims=(
        Claim(
            name="content_weight",
            sweep="kolkin2019_content_weight",
            varied="weight of the content: a quarter, once, four times",
            words=_WEIGHT,
            place="The authors' code, argument content_weight; figure and section not looked up",
            known="code",
            prediction="Content fidelity rises and global effects fall at each step: correlations near 1.",
            test=content_weight,
        ),
    ),
)
