"""Test statements on the scale of strokes: in bands of style layers (Part 2), and in larger pictures (Part 3)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nst.statements import pixels
from nst.statements.estimate import quotient, short_mean
from nst.statements.pixels import AREA, FINE, Array, luma, read, short_side
from nst.statements.runs import NOISES, Measure, Run, Shot, alike, disjoint, groups, of_kind, where, with_pictures
from nst.statements.statement import Finding, Question, Row

_COLOUR = Question(
    "style_bands",
    "It can be inferred that in the shallow layers, the color and the large area of color block is kept,",
    "Distance of the texture's colours to the style's (sliced Wasserstein, levels): the other bands (geometric mean) "
    "over the shallowest, a ratio for each style.",
)
_AREAS = replace(
    _COLOUR,
    statistic=f"Share of the luma's variance below {AREA} cycles per picture (areas, not strokes): the shallowest band "
    "over the others (geometric mean), a ratio for each style.",
)
_NOISE = replace(
    _COLOUR,
    quote="and in the even deeper layer, unexpected noise occurs.",
    statistic=f"Root mean square of the luma above {FINE:g} cycles per pixel (noise, not strokes): the deepest band "
    "over the others (geometric mean), a ratio for each style.",
)
_FINER = Question(
    "stroke_scale",
    "There are more delicate strokes",
    "Centroid of the power spectrum, in cycles per picture, of what the transfer changed (result - content), in the "
    "larger picture over that in the smaller, a ratio for each pair of pictures.",
)
_AREAS_GO = replace(
    _FINER,
    quote="and has no large areas of color blocks.",
    statistic=f"Root mean square below {AREA} cycles per picture (areas, not strokes) of the result's luma less what a "
    "new grey for each grey of the content explains, in the smaller picture over that in the larger, a ratio for each "
    "pair.",
)
GREYS = 32
"""Number of classes of the content's greys, with equally many pixels each, that a recolouring may distinguish."""
_Sets = Sequence[Sequence[Shot]]


def style_bands(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare bands of style layers: colour and large areas in the shallowest, noise in the deepest.

    Based on textures (no content loss) from noise that differ only in their style layers, in bands that do not overlap;
    one band is compared with the geometric mean of the others.
    """
    textures = [run for run in of_kind(runs, "texture") if run.init in NOISES]
    found = [bands for group in groups(textures, ["style_layers"]) if (bands := _bands(group))]
    found = alike(found, lambda bands: tuple(shot.run.layers("style") for shot in bands))
    return (
        _band_finding(_COLOUR, "colour distance to the style (levels)", found, pixels.colour_distance, band=0, sign=-1),
        _band_finding(_AREAS, "share of large areas", found, lambda texture, _: pixels.areas_share(texture), band=0),
        _band_finding(_NOISE, "fine noise (levels)", found, lambda texture, _: pixels.fine(texture), band=-1),
    )


def _bands(group: Sequence[Run]) -> list[Shot]:
    """Return the textures of one style from the shallowest band to the deepest; none if one of them is missing."""
    style = read(group[0].paths.get("style_picture"))
    layers = {layer: run for run in group if (layer := run.layers("style")) is not None}
    pictures = [(layers[band], read(layers[band].paths.get("image"))) for band in apart_from_each_other(list(layers))]
    found = [(run, picture) for run, picture in pictures if picture is not None]
    if style is None or len(found) < 2 or len(found) < len(pictures):
        return []
    return [Shot(run, {"image": picture, "style_picture": style}) for run, picture in found]


def apart_from_each_other(bands: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return bands (first, last) from shallow to deep, each beginning below the end of the one before."""
    chosen: list[tuple[int, int]] = []
    for band in sorted(bands, key=lambda band: (band[1], -band[0])):
        if not chosen or band[0] > chosen[-1][1]:
            chosen.append(band)
    return chosen


def _band_finding(
    question: Question, name: str, found: _Sets, measure: Measure, *, band: int, sign: int = 1
) -> Finding:
    """Make the finding; `band`: the one compared with the others; `sign`: -1 if it should have less."""
    known = measured(found, "style_picture", measure)
    logs = [(bands[0].run.style, sign * contrast(numbers, band)) for bands, numbers in known]
    rows: list[Row] = [
        {
            **{"style": shot.run.style, "layers": str(shot.run.keys.get("style_layers")), name: value},
            "the style's own": measure(shot["style_picture"], shot["style_picture"]),
        }
        for bands, numbers in known
        for shot, value in zip(bands, numbers, strict=True)
    ]
    place = where([shot.run for bands, _ in known for shot in bands])
    said = f"The {name} {place} is {_means(rows, name)}; the ratio is"
    return question.decide(quotient(logs), said, rows)


def _means(rows: Sequence[Row], name: str) -> str:
    """List the mean of each band."""
    layers = dict.fromkeys(row["layers"] for row in rows)
    means = {band: short_mean([row[name] for row in rows if row["layers"] == band]) for band in layers}
    return ", ".join(f"{value} with {band}" for band, value in means.items())


def stroke_scale(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure how much finer strokes get, and how much large areas shrink, from the smallest to the largest size.

    Based on transfers of pairs without a common picture that differ only in size. Frequencies are in cycles per
    picture, so strokes of equal pixel size count as finer in the larger picture. Strokes: what the transfer changed, as
    the content is the same at both sizes. Areas: only those that the content lacks, so what its best recolouring
    explains is subtracted first.
    """
    sets = [ends for group in groups(disjoint(of_kind(runs, "transfer")), ["size"]) if (ends := _ends(group))]
    strength = "strength of large areas (levels)"
    return (
        _size_finding(_FINER, "centroid (cycles per picture)", sets, lambda a, b: pixels.centroid(a - b), place=-1),
        _size_finding(_AREAS_GO, strength, sets, lambda a, b: pixels.areas(unexplained(a, b)), place=0),
    )


def unexplained(image: Array, content: Array) -> Array:
    """Return luma (H, W) minus its mean over the pixels whose content is in the same of `GREYS` classes of greys."""
    ours, theirs = luma(image), luma(content)
    edges = np.quantile(theirs, np.arange(1, GREYS) / GREYS)
    classes = np.digitize(theirs, edges)
    counts = np.bincount(classes.ravel(), minlength=GREYS)
    means = np.bincount(classes.ravel(), ours.ravel(), GREYS) / np.maximum(counts, 1)
    rest: Array = ours - means[classes]
    return rest


def _ends(group: Sequence[Run]) -> list[Shot]:
    """Return the results of the smallest and of the largest size; none if there is only one size."""
    found = sorted(with_pictures(group, "image", "content_picture"), key=_side)
    return [found[0], found[-1]] if found and _side(found[0]) < _side(found[-1]) else []


def _side(shot: Shot) -> int:
    return short_side(shot["image"])


def _size_finding(
    question: Question, name: str, sets: Sequence[Sequence[Shot]], measure: Measure, *, place: int
) -> Finding:
    """Make the finding; `measure`: of a result and its content; `place`: index of the size that should have more."""
    known = measured(sets, "content_picture", measure)
    logs = [(ends[0].run.pair, contrast(numbers, place)) for ends, numbers in known]
    rows: list[Row] = [
        {"pictures": shot.run.pair, "size": _side(shot), name: value}
        for ends, numbers in known
        for shot, value in zip(ends, numbers, strict=True)
    ]
    means = [
        f"{short_mean([numbers[end] for _, numbers in known])} {where([ends[end].run for ends, _ in known])}"
        for end in (0, 1)
    ]
    return question.decide(quotient(logs), f"The {name} is {' and '.join(means)}; the ratio is", rows)


def measured(sets: _Sets, beside: str, measure: Measure) -> list[tuple[Sequence[Shot], list[float]]]:
    """Measure every result against another picture, leaving out sets in which a number is not above 0."""
    numbers = ((found, [measure(shot["image"], shot[beside]) for shot in found]) for found in sets)
    return [(found, values) for found, values in numbers if min(values) > 0]


def contrast(numbers: Sequence[float], place: int) -> float:
    """Return the logarithm of one number divided by the geometric mean of the others."""
    logs = np.log(numbers)
    return float(logs[place] - np.mean(np.delete(logs, place)))
