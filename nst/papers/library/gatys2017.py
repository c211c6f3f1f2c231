"""Gatys, Ecker, Bethge, Hertzmann and Shechtman 2017: control over colour, scale and regions."""

import math
from collections.abc import Sequence
from dataclasses import replace
from math import nan

import numpy as np
from PIL import Image

from nst.metrics.recorded import gram_distance
from nst.papers.paper import Claim, Paper
from nst.statements.computed import chroma_distance, halves, with_number
from nst.statements.paired import Pair, by_ratio, compared, has
from nst.statements.pixels import Array, colour_distance, read
from nst.statements.runs import Run
from nst.statements.statement import NO_WORSE, TENTH, Finding, Question
from nst.store.guides import read_guides

_COLOURS = (
    "Transferring luminance alone, or giving the style the colours of the content first, keeps the content's colours "
    "and still transfers the style's strokes."
)
_SCALE = "The scale of the strokes follows the scale of the style picture."
_COARSE = "Starting at a small size and enlarging the result gives larger strokes, at no higher cost."
_REGIONS = "Guides give each region of a picture a style of its own, which a blend of the styles does not."
_KEPT = 2.0
"""Colours are kept if less than half of the recolouring is left: the result is nearer to the content's colours than to
where the style would have taken them."""
_AS_GOOD = 1 / TENTH
"""As good: worse by less than what counts as a difference."""
_CHROMA, _NEAR = "distance of chroma in levels", "distance of colours in levels"
_LIKE = "Gram distance"
_STROKES = "Strokes are what changed from the content."
_KINDS = {"luminance": "luminance alone", "match_pca": "matched colours"}
_COLOUR_SAID = {
    "luminance": "Colours without their luma, in levels, which this way leaves as they are.",
    "match_pca": "Colours without their luma, in levels.",
}


def colours(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare both ways to keep colours with the plain transfer: by colours, then by strokes."""
    found = []
    for value, words in _KINDS.items():
        pairs = compared(runs, ["colours"], has("colours", value), has("colours", "as_is"))
        names = (words, "the style's colours")
        kept = _colours_question(
            f"Distance of the chroma to the content's, plain over {words}, a ratio for each pair of pictures.",
            _KEPT,
            "less than half of the recolouring is left",
        )
        known = [coloured for pair in pairs if (coloured := _chroma(pair))]
        found.append(by_ratio(kept, known, _CHROMA, _COLOUR_SAID[value], names))
        strokes = _colours_question(
            "Distance of the luma's spectrum to the spectrum of the style that entered the run, plain over "
            f"{words}, a ratio for each pair of pictures.",
            _AS_GOOD,
            NO_WORSE,
        )
        said = "The scales of strokes, whatever their colours."
        found.append(by_ratio(strokes, pairs, "spectrum_distance_style", said, names))
    return tuple(found)


def _colours_question(statistic: str, least: float, reason: str) -> Question:
    return Question("colours", _COLOURS, statistic, least, reason=reason)


def _chroma(pair: Pair) -> Pair | None:
    """Measure both against the coloured content, which only the plain run has as it is."""
    content = read(pair[1].paths.get("content_picture"))
    images = [read(run.paths.get("image")) for run in pair]
    if content is None or images[0] is None or images[1] is None:
        return None
    first, second = (chroma_distance(image, content) for image in images if image is not None)
    return with_number(pair[0], _CHROMA, first), with_number(pair[1], _CHROMA, second)


def scale(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare strokes of a style that entered at full size with those of one that entered at half of it."""
    statistic = (
        "Stroke scale, the wavelength at the centroid of the spectrum of what changed, of a style at the result's size "
        "over one at half of it, a ratio for each pair of pictures."
    )
    pairs = compared(runs, ["style_scale"], has("style_scale", 0.5), has("style_scale", 1.0))
    names = ("half the scale", "full scale")
    return (by_ratio(Question("scale", _SCALE, statistic), pairs, "stroke_scale_px", _STROKES, names),)


def coarse_to_fine(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare a start at half the size with one at full size that costs the same: by strokes, then by Gram matrices."""
    keys = [*{key for run in runs for key in run.keys if key.startswith("scales.")}, "steps"]
    pairs = compared(runs, keys, lambda run: not _starts_coarse(run), _starts_coarse)
    names = ("one size", "coarse to fine")
    strokes = Question(
        "coarse_to_fine",
        _COARSE,
        "Stroke scale, the wavelength at the centroid of the spectrum of what changed, coarse to fine over one size, a "
        "ratio for each pair of pictures.",
    )
    grams = Question(
        "coarse_to_fine",
        _COARSE,
        "Gram distance to the style, one size over coarse to fine, a ratio for each pair of pictures.",
        _AS_GOOD,
        reason=NO_WORSE,
    )
    turned = [(fine, plain) for plain, fine in pairs]
    return (
        by_ratio(strokes, pairs, "stroke_scale_px", _STROKES, names),
        by_ratio(grams, turned, "gram_distance_style", "What both minimise.", names[::-1]),
    )


def _starts_coarse(run: Run) -> bool:
    """Return whether evaluations at another size came before those of `steps`, which tell the two apart in a plan."""
    return run["evaluations"] > float(run.keys.get("steps", math.inf))


def regions(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare two halves with a style each with a blend everywhere: by colours, then by Gram matrices."""
    styles = {run.style: picture for run in runs if (picture := read(run.paths.get("style_picture"))) is not None}
    pairs = compared(runs, ["guides", "style"], lambda run: bool(run.keys.get("guides")), _is_blend)
    known = [measured for pair in pairs if (measured := _by_half(pair, styles))]
    found = []
    for name, what, said in (
        (_NEAR, "colours", "Sliced 1-Wasserstein distance, in levels."),
        (_LIKE, "Gram matrices", "On the common ruler; both runs have the Gram loss."),
    ):
        statistic = (
            f"Distance of {what} of each half to those of its own style, mean of both halves, blended over guided, a "
            "ratio for each content."
        )
        question = Question("regions", _REGIONS, statistic)
        found.append(by_ratio(question, known, name, said, ("guides", "a blend")))
    return tuple(found)


def _is_blend(run: Run) -> bool:
    return not run.keys.get("guides") and "+" in run.style


def _by_half(pair: Pair, styles: dict[str, Array]) -> Pair | None:
    """Measure both runs' halves against the styles of the guides; None if a picture is missing."""
    right = read_guides(str(pair[0].keys["guides"]))[-1].style
    images = [read(run.paths.get("image")) for run in pair]
    wanted = [styles.get(name) for name in (pair[0].style, right)]
    if any(picture is None for picture in (*images, *wanted)):
        return None
    first, second = (
        _measured(run, [(half, style) for half, style in zip(halves(image), wanted, strict=True) if style is not None])
        for run, image in zip(pair, images, strict=True)
        if image is not None
    )
    return first, second


def _measured(run: Run, halves_and_styles: Sequence[tuple[Array, Array]]) -> Run:
    count = len(halves_and_styles)
    near = sum(colour_distance(half, style) for half, style in halves_and_styles) / count
    like = sum(_gram_distance(half, style) for half, style in halves_and_styles) / count
    return replace(run, measured={**run.measured, _NEAR: near, _LIKE: like})


def _gram_distance(half: Array, style: Array) -> float:
    """Return their Gram distance; NaN for pictures too small for it."""
    image, other = (Image.fromarray(picture.astype(np.uint8)) for picture in (half, style))
    found = gram_distance(image, [(other, 1.0)])
    return nan if found is None else found


PAPER = Paper(
    name="gatys2017",
    title="Controlling Perceptual Factors in Neural Style Transfer",
    authors="Gatys, Ecker, Bethge, Hertzmann, Shechtman",
    year=2017,
    venue="CVPR",
    link="https://arxiv.org/abs/1611.07865",
    note="The authors' notebooks were read, the paper was not. Six built-in pairs, small, from the content, at conv_1 "
    "to conv_5 with max pooling. Regions are halves, with masks averaged at each layer; theirs follow the pictures, "
    "with masks of positions that see nothing outside; each style "
    "serves two contents, which makes their intervals a little too narrow. Mixing the scales of two styles takes a run "
    "that starts from another run's result, and is left out.",
    claims=(
        Claim(
            name="colours",
            sweep="gatys2017_colours",
            varied="colours: those of the style, luminance alone, matched (image analogies)",
            words=_COLOURS,
            place="Section 5; the notebook ColourControl",
            known="code",
            prediction="Less than half of the plain transfer's distance to the content's chroma is left, and the "
            "spectrum is as near to the style's, within a tenth.",
            test=colours,
        ),
        Claim(
            name="scale",
            sweep="gatys2017_scale",
            varied="style_scale: 0.5, 1",
            words=_SCALE,
            place="The section on scale, not read; the notebook ScaleControl",
            known="code",
            prediction="Strokes are at least a tenth larger with the style twice as large.",
            test=scale,
        ),
        Claim(
            name="coarse_to_fine",
            sweep="gatys2017_coarse_to_fine",
            varied="start: at full size; at half the size, at equal cost",
            words=_COARSE,
            place="The section on scale, not read; the notebook ScaleControl",
            known="code",
            prediction="Strokes are at least a tenth larger, and the Gram distance is as low, within a tenth.",
            test=coarse_to_fine,
        ),
        Claim(
            name="regions",
            sweep="gatys2017_regions",
            varied="two styles: one in each half; a blend everywhere",
            words=_REGIONS,
            place="Figure 2 d to f; the notebook SpatialControl",
            known="code",
            prediction="Each half is nearer to its own style by a tenth or more, in colours and in Gram matrices.",
            test=regions,
        ),
    ),
)
