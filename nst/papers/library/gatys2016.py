"""Gatys, Ecker and Bethge 2016: the method itself, with its layers, weights, start and pooling."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nst.papers.paper import Claim, Paper
from nst.papers.starts import NEW, START, new_pictures, start
from nst.statements.ladders import IS_RULE, RULE, by_rank, ladders
from nst.statements.paired import by_difference, by_ratio, compared, has
from nst.statements.runs import Run
from nst.statements.statement import SEEN, TENTH, VISIBLE, Finding, Question

_POOLING = "Average pooling gives slightly more appealing pictures than max pooling."
_LAYERS = "The more and the deeper the style layers, the larger the scale on which local structures follow the style."
_RATIO = (
    "With emphasis on style, the result matches the artwork and hardly shows the photograph; with emphasis on content, "
    "the photograph is clearly recognised and the style is not as well matched."
)
_CONTENT_LAYER = (
    "Content matched at conv2_2 keeps much of the photograph's detail, as if the texture were merely blended over it; "
    "at conv4_2 detail is not as strongly constrained, while the content remains."
)


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


def layers(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate the depth of the deepest style layer with the scale of what the transfer changed."""
    question = Question(
        claim="layers",
        quote=_LAYERS,
        statistic="Spearman correlation of the deepest style layer, of sets that all begin with conv1_1, with the "
        "wavelength at the centroid of the power spectrum of result - content, a coefficient for each pair.",
        least=RULE,
        reason=IS_RULE,
    )
    found = ladders(runs, ["style_layers", "style_layer_weights"], deepest)
    return (by_rank(question, found, "stroke_scale_px", "From the fewest style layers to the most."),)


def deepest(run: Run) -> float | None:
    """Return the number of the deepest convolution among the style layers: 5 of `relu_1+relu_3+relu_5`."""
    numbers = re.findall(r"\d+", str(run.keys.get("style_layers")))
    return float(numbers[-1]) if numbers else None


def ratio(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Correlate the style's weight with how much content is left and how well colours are those of the style."""
    found = ladders(runs, ["style_weight"], _style_weight)
    about = "a coefficient for each pair of pictures."
    detail = Question(
        claim="ratio",
        quote=_RATIO,
        statistic="Spearman correlation of the style's weight with structural similarity to the content, which no loss "
        f"minimises (sign: positive if it falls), {about}",
        least=RULE,
        reason=IS_RULE,
    )
    content = replace(
        detail,
        statistic="Spearman correlation of the style's weight with feature distance to the content at conv4_2, which "
        f"all of these runs minimise (at a minimum of the total loss it cannot fall), {about}",
    )
    colours = replace(
        detail,
        statistic="Spearman correlation of the style's weight with the agreement of the histograms of colours with "
        f"the style's, which no loss minimises, {about}",
    )
    said = "From the smallest weight of the style to the largest."
    return (
        by_rank(detail, found, "ssim_content", said, falls=True),
        by_rank(content, found, "vgg_feature_distance_content", said),
        by_rank(colours, found, "global_effects_colours", said),
    )


def _style_weight(run: Run) -> float | None:
    value = run.keys.get("style_weight")
    return None if value is None else float(value)


def content_layer(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare what conv2_2 keeps of the content with what conv4_2 keeps: pixels, and features."""
    low, high = (has("content_layers", f"relu_{number}") for number in (4, 10))  # conv2_2, conv4_2
    pairs = compared(runs, ["content_layers", "content_weight"], high, low)
    detail = Question(
        claim="content_layer",
        quote=_CONTENT_LAYER,
        statistic="Structural similarity to the content with conv2_2 less that with conv4_2, a difference for each "
        "pair of pictures.",
        least=VISIBLE,
        reason=SEEN,
    )
    share = replace(
        detail,
        statistic="Structural similarity to the content over content fidelity (cosine of features at relu4_1 and "
        "relu5_1, near what conv4_2 minimises), with conv2_2 over with conv4_2, a ratio for each pair of pictures: "
        "above 1 if the deeper layer gives up detail rather than content.",
        least=TENTH,
        reason="",
    )
    names = ("conv4_2", "conv2_2")
    kept = [(_with_share(high), _with_share(low)) for high, low in pairs]
    return (
        by_difference(detail, pairs, "ssim_content", "Detail of the photograph.", names),
        by_ratio(share, kept, "detail for content", "Detail kept for the content kept.", names),
    )


def _with_share(run: Run) -> Run:
    share = run["ssim_content"] / run["content_fidelity"] if run["content_fidelity"] > 0 else float("nan")
    return replace(run, measured={**run.measured, "detail for content": share})


PAPER = Paper(
    name="gatys2016",
    title="Image Style Transfer Using Convolutional Neural Networks",
    authors="Gatys, Ecker, Bethge",
    year=2016,
    venue="CVPR",
    link="https://openaccess.thecvf.com/content_cvpr_2016/html/Gatys_Image_Style_Transfer_CVPR_2016_paper.html",
    note="Six built-in pairs, small, with L-BFGS that projects onto the pixels' range; they had photographs of 512 px. "
    "As theirs, the network is brought to a mean activation of 1, here layer by layer over a few pictures, so weights "
    "of the style are our own, set on a pilot pair: at 0.3, 3 and 30 its content fidelity was 0.94, 0.68 and 0.45. "
    "They start from noise; all here but the starts themselves begin with the content, which takes fewer evaluations. "
    "The few evaluations of the quick profile are not yet convergence, which weighs against noise.",
    claims=(
        Claim(
            name="layers",
            sweep="gatys2016_layers",
            varied="style layers: conv1_1, to conv3_1, to conv5_1",
            words=_LAYERS,
            place="Section 3.2; in the preprint, Figure 3",
            known="memory",
            prediction="The scale of what changes grows with each set of layers: a correlation near 1.",
            test=layers,
        ),
        Claim(
            name="ratio",
            sweep="gatys2016_ratio",
            varied="weight of the style: a tenth, one, ten times",
            words=_RATIO,
            place="Section 3.1, Figure 4",
            known="memory",
            prediction="Similarity to the content falls, and feature distance and agreement of colours rise, at every "
            "step: correlations near 1.",
            test=ratio,
        ),
        Claim(
            name="content_layer",
            sweep="gatys2016_content_layer",
            varied="content layer: conv2_2, conv4_2",
            words=_CONTENT_LAYER,
            place="Section 3.2, Figure 5",
            known="memory",
            prediction="Similarity is lower with conv4_2 by 0.1 or more, and falls by more than content fidelity does.",
            test=content_layer,
        ),
        Claim(
            name="start",
            sweep="gatys2016_start",
            varied="start: noise, content, style",
            words=START,
            place="Section 3.3, Figure 6",
            known="memory",
            prediction="Gram distances are within a factor of two after 500 evaluations; perhaps not yet after fewer.",
            test=start,
        ),
        Claim(
            name="new_pictures",
            sweep="gatys2016_start",
            varied="seed of the noise",
            words=NEW,
            place="Section 3.3, Figure 6",
            known="memory",
            prediction="Two noises give pictures whose similarity is well below 1, with Gram distances within a tenth.",
            test=new_pictures,
        ),
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
