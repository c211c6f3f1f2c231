"""Part 3: a larger picture has finer strokes and no large areas of one colour."""

from collections.abc import Sequence

import numpy as np

from nst.writeup.claims.pixels import AREA, Array, areas, centroid, luma, short_side
from nst.writeup.claims.runs import Run, groups, of_kind, where
from nst.writeup.claims.shots import Measure, Shot, contrast, measured, shots
from nst.writeup.claims.statement import TENTH, Finding, Question, Row, quotient, replicates, short_mean

_QUOTE = "There are more delicate strokes and has no large areas of color blocks."
_FINER = Question(
    "stroke_scale",
    _QUOTE,
    "Centroid of the power spectrum, in cycles per picture, of what the transfer changed (result - content), in the "
    "larger picture over that in the smaller, a ratio for each pair of pictures.",
    TENTH,
)
_AREAS = Question(
    "stroke_scale",
    _QUOTE,
    f"Root mean square below {AREA} cycles per picture (areas, not strokes) of the result's luma less what a new grey "
    "for each grey of the content explains, in the smaller picture over that in the larger, a ratio for each pair.",
    TENTH,
)
GREYS = 32
"""Classes of the content's greys, equally many pixels each, that a recolouring may tell apart."""


def stroke_scale(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure how much finer strokes get, and how much of large areas goes, from smallest to largest size.

    Transfers that differ by size alone. Frequencies are in cycles per picture, so that strokes of as many pixels count
    as finer in the larger one. Strokes: what the transfer changed, as the content is the same at both sizes. Areas:
    those that the content does not have, so what the best recolouring of it explains is taken away before.
    """
    sets = [ends for group in groups(of_kind(runs, "transfer"), ["size"]) if (ends := _ends(group))]
    return (
        _finding(_FINER, "centroid (cycles per picture)", sets, lambda a, b: centroid(a - b), place=-1),
        _finding(_AREAS, "strength of large areas (levels)", sets, lambda a, b: areas(unexplained(a, b)), place=0),
    )


def unexplained(image: Array, content: Array) -> Array:
    """Return luma (H, W) less its mean over the pixels where the content has the same of `GREYS` greys."""
    ours, theirs = luma(image), luma(content)
    edges = np.quantile(theirs, np.arange(1, GREYS) / GREYS)
    classes = np.digitize(theirs, edges)
    counts = np.bincount(classes.ravel(), minlength=GREYS)
    means = np.bincount(classes.ravel(), ours.ravel(), GREYS) / np.maximum(counts, 1)
    rest: Array = ours - means[classes]
    return rest


def _ends(group: Sequence[Run]) -> list[Shot]:
    """Return the results of the smallest and of the largest size; none if there is one size."""
    found = sorted(shots(group, "image", "content_picture"), key=_side)
    return [found[0], found[-1]] if found and _side(found[0]) < _side(found[-1]) else []


def _side(shot: Shot) -> int:
    return short_side(shot["image"])


def _finding(question: Question, name: str, sets: Sequence[Sequence[Shot]], measure: Measure, *, place: int) -> Finding:
    """Make the finding; `measure`: of a result beside its content; `place`: of the size that should have more."""
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
    return question.decide(quotient(replicates(logs)), f"The {name} is {' and '.join(means)}; the ratio is", rows)
