"""Part 3: a larger picture has finer strokes and no large areas of one colour."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nst.writeup.claims.estimate import quotient, replicates, short
from nst.writeup.claims.finding import TENTH, Finding, Question, Row
from nst.writeup.claims.pixels import Array, luma, read, short_side
from nst.writeup.claims.runs import Run, groups, of_kind, where
from nst.writeup.claims.spectrum import AREA, areas, centroid

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


@dataclass(frozen=True)
class _Shot:
    """A result and its content."""

    run: Run
    image: Array
    content: Array


def stroke_scale(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure how much finer strokes get, and how much of large areas goes, from smallest to largest size.

    Transfers that differ by size alone. Frequencies are in cycles per picture, so that strokes of as many pixels count
    as finer in the larger one. Strokes: what the transfer changed, as the content is the same at both sizes. Areas:
    those that the content does not have, so what the best recolouring of it explains is taken away before. Either
    holds if the interval of its ratio lies above `TENTH`, and does not if it lies below.
    """
    found = [sizes for group in groups(of_kind(runs, "transfer"), ["size"]) if (sizes := _sizes(group)) is not None]
    return (
        _finding(_FINER, found, "centroid (cycles per picture)", lambda s: centroid(s.image - s.content), sign=1),
        _finding(
            _AREAS, found, "strength of large areas (levels)", lambda s: areas(unexplained(s.image, s.content)), sign=-1
        ),
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


def _sizes(group: Sequence[Run]) -> tuple[_Shot, _Shot] | None:
    shots = sorted((shot for run in group if (shot := _shot(run)) is not None), key=lambda s: short_side(s.image))
    if len(shots) < 2 or short_side(shots[0].image) == short_side(shots[-1].image):
        return None
    return shots[0], shots[-1]


def _shot(run: Run) -> _Shot | None:
    image, content = read(run.image), read(run.content_picture)
    if image is None or content is None or image.shape != content.shape:
        return None
    return _Shot(run, image, content)


def _finding(
    question: Question, found: Sequence[tuple[_Shot, _Shot]], name: str, measure: Callable[[_Shot], float], *, sign: int
) -> Finding:
    """Make the finding; `sign`: -1 if the smaller picture should have more."""
    known = [(shots, (measure(shots[0]), measure(shots[1]))) for shots in found]
    known = [(shots, numbers) for shots, numbers in known if min(numbers) > 0]
    logs = [(small.run.pair, sign * math.log(more / less)) for (small, _), (less, more) in known]
    rows: list[Row] = [
        {"pictures": shot.run.pair, "size": short_side(shot.image), name: value}
        for shots, numbers in known
        for shot, value in zip(shots, numbers, strict=True)
    ]
    return question.decide(quotient(replicates(logs)), _said(known, name), rows)


def _said(known: Sequence[tuple[tuple[_Shot, _Shot], tuple[float, float]]], name: str) -> str:
    if not known:
        return ""
    parts = []
    for end in (0, 1):
        shots = [shots[end] for shots, _ in known]
        value = short(float(np.mean([numbers[end] for _, numbers in known])))
        parts.append(f"{value} {where([shot.run for shot in shots])}")
    return f"The {name} is {' and '.join(parts)}; the ratio is"
