"""Test statements on starting noise: how much of it is left (Part 1), and whether it changes textures (Part 2)."""

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np

from nst.statements import pixels
from nst.statements.estimate import average, quotient, short_mean
from nst.statements.pixels import Array
from nst.statements.runs import NOISES, Measure, Run, Shot, groups, of_kind, where, with_pictures
from nst.statements.statement import Finding, Question, Row

_RATIO = Question(
    claim="noise_survives",
    quote="Probably due to the different noise distribution from input.",
    statistic="Root mean square difference between reconstructions from different distributions over that between "
    "seeds of the same one, a ratio for each picture.",
)
_QUOTES = {
    "whole picture": "As you can see, different noise distribution affects the brushstrokes in the texture generated.",
    "corner": "Below is the top left part(0,0-100,100px) of the generated texture.",
}
_BETWEEN = ("between distributions", "between seeds")
_Sets = Sequence[Sequence[Shot]]
_Pairs = Sequence[tuple[Shot, Shot]]


def noise_survives(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure the remaining noise by distribution, and whether distributions matter more than seeds.

    Share: slope of the regression of the residual (result - content) on the starting noise (minus its mean, channel by
    channel): 1 if the start is still there, 0 if nothing of it is left.

    Distributions: the ratio of root mean square differences, between distributions over between seeds. It is 1 if
    results differ only by what is left of independent noises, however strong each is. (Noises with the same seed are
    not independent: both distributions are made from the same random numbers.)

    Based on reconstructions that differ only in start and seed, if both distributions are present.
    """
    sets = noise_sets(of_kind(runs, "reconstruction"), "image", "start", "content_picture")
    every = [shot for found in sets for shot in found]
    shares = (_share(noise, [shot for shot in every if shot.run.init == noise]) for noise in NOISES)
    return (*shares, _distributions(sets))


def _share(noise: str, shots: Sequence[Shot]) -> Finding:
    question = Question(
        claim="noise_survives",
        quote="The result image is different, some details on dog's face preserve these noises from input image.",
        statistic=f"Slope of (result - content) on the starting {noise} noise (less its mean), over all values of a "
        "picture: the share of the noise that is left.",
        least=0.01,  # a hundredth of the noise is less than one level of 255, which is invisible
    )
    rows: list[Row] = [
        {
            **{"content": shot.run.content, "noise": noise, "seed": shot.run.seed},
            **{"share left": _left(shot, shot), "another's": _another(shot, shots)},
        }
        for shot in shots
    ]
    strength = np.mean([shot["start"].std() for shot in shots]) if shots else math.nan
    place = where([shot.run for shot in shots])
    said = f"Of {noise} noise ({strength:.0f} levels strong) {place} there is left a share of"
    return question.decide(average((row["content"], row["share left"]) for row in rows), said, rows)


def _another(shot: Shot, shots: Sequence[Shot]) -> float:
    """Return the slope on another seed's noise, which this run did not start from: 0 except by chance."""
    same = (one for one in shots if one.run.content == shot.run.content and one["start"].shape == shot["start"].shape)
    other = next((one for one in same if one.run.seed != shot.run.seed), None)
    return _left(shot, other) if other else math.nan


def _left(shot: Shot, started: Shot) -> float:
    return slope(shot["image"] - shot["content_picture"], started["start"])


def slope(residual: Array, noise: Array) -> float:
    """Return the least squares slope of a residual on a noise, both minus their channel means; (H, W, 3) each."""
    x, y = (values - values.mean(axis=(0, 1)) for values in (noise, residual))
    power = float(np.sum(x**2))
    return float(np.sum(x * y)) / power if power else math.nan


def _distributions(sets: _Sets) -> Finding:
    rows: list[Row] = []
    for shots in sets:
        seeds = [pairs([shot for shot in shots if shot.run.init == noise], same=True) for noise in NOISES]
        within = math.sqrt(np.mean([distance(pixels.difference, found) ** 2 for found in seeds]))  # each counts equally
        between = distance(pixels.difference, pairs(shots, same=False))
        if between > 0 and within > 0:
            rows.append({"content": shots[0].run.content, **dict(zip(_BETWEEN, (between, within), strict=True))})
    logs = ((row["content"], math.log(row[_BETWEEN[0]] / row[_BETWEEN[1]])) for row in rows)
    across, within_seeds = (short_mean([row[key] for row in rows]) for key in _BETWEEN)
    place = where([shot.run for shots in sets for shot in shots])
    said = f"Results {place} differ by {across} levels between distributions and by {within_seeds} between seeds"
    return _RATIO.decide(quotient(logs), f"{said}; their ratio is", rows)


def noise_textures(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Test if textures from different noises differ by more than a shift, and by distribution more than by seed.

    Shift: root mean square difference of two distributions' textures over their mean difference from the style picture,
    each at its best cyclic shift. It is 0 for shifted copies, and 1 for textures that are as far from each other as
    from the style.

    Distribution: distance of power spectra (strokes, wherever they lie) between distributions over that between seeds
    of the same one.

    Both are computed on the whole picture and on its corner (0, 0) to (100, 100), which is smaller in proportion if the
    shorter side is below 512. Based on textures (no content loss) that differ only in start and seed.
    """
    whole = noise_sets(of_kind(runs, "texture"), "image", "style_picture")
    parts = {"whole picture": whole, "corner": [[_cut(shot) for shot in shots] for shots in whole]}
    return tuple(test(part, sets) for test in (_shift, _strokes) for part, sets in parts.items())


def _cut(shot: Shot) -> Shot:
    return Shot(shot.run, {name: pixels.corner(picture) for name, picture in shot.pictures.items()})


def _shift(part: str, sets: _Sets) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTES[part],
        statistic="Difference of two distributions' textures over their difference to the style, each at its best "
        f"cyclic shift; {part}, a ratio for each style.",
        least=0.5,  # they differ in more than position if half of the distance to the style remains
    )
    rows: list[Row] = []
    for shots in sets:
        between = [pixels.aligned_difference(a["image"], b["image"]) for a, b in pairs(shots, same=False)]
        to_style = float(np.mean([pixels.aligned_difference(shot["image"], shot["style_picture"]) for shot in shots]))
        if between and to_style > 0:
            noises = float(np.mean(between))
            distances = {"between noises": noises, "to the style": to_style, "ratio": noises / to_style}
            rows.append({"style": shots[0].run.style, **distances})
    ratios = ((row["style"], row["ratio"]) for row in rows)
    said = _said(part, sets, rows, ("between noises", "to the style"), "levels")
    return question.decide(average(ratios), said, rows)


def _strokes(part: str, sets: _Sets) -> Finding:
    question = Question(
        claim="noise_textures",
        quote=_QUOTES[part],
        statistic="Distance of power spectra (octaves, over half-octaves of frequency) between textures from different "
        f"distributions over that between seeds of the same one; {part}, a ratio for each style.",
    )
    colours = ("colours, levels: distributions", "colours, levels: seeds")
    rows: list[Row] = []
    for shots in sets:
        compared = [pairs(shots, same=same) for same in (False, True)]
        strokes = [distance(pixels.stroke_distance, found) for found in compared]
        if strokes[0] > 0 and strokes[1] > 0:
            numbers = [*strokes, *(distance(pixels.colour_distance, found) for found in compared)]
            rows.append({"style": shots[0].run.style, **dict(zip((*_BETWEEN, *colours), numbers, strict=True))})
    logs = ((row["style"], math.log(row[_BETWEEN[0]] / row[_BETWEEN[1]])) for row in rows)
    return question.decide(quotient(logs), _said(part, sets, rows, _BETWEEN, "octaves"), rows)


def _said(part: str, sets: _Sets, rows: Sequence[Row], keys: tuple[str, str], unit: str) -> str:
    shots = [shot for found in sets for shot in found]
    side = min((pixels.short_side(shot["image"]) for shot in shots), default=0)
    what = "Whole picture" if part == "whole picture" else f"Upper left corner of {side} px"
    first, second = (short_mean([row[key] for row in rows]) for key in keys)
    place = where([shot.run for shot in shots])
    return f"{what} {place}: {first} {unit} {keys[0]}, {second} {keys[1]}; the ratio is"


def noise_sets(runs: Iterable[Run], *names: str) -> list[list[Shot]]:
    """Return sets of shots that differ only in their starting noise, with both distributions in each."""
    from_noise = groups((run for run in runs if run.init in NOISES), ["init", "seed"])
    sets = [with_pictures(group, *names) for group in from_noise]
    return [found for found in sets if len({shot.run.init for shot in found}) > 1]


def pairs(found: Sequence[Shot], *, same: bool) -> _Pairs:
    """Return pairs from the same or two distributions, with different seeds: equal seeds share random numbers."""
    every = ((a, b) for a, b in itertools.combinations(found, 2) if a.run.seed != b.run.seed)
    return [(a, b) for a, b in every if (a.run.init == b.run.init) is same]


def distance(measure: Measure, found: _Pairs) -> float:
    """Return the root mean square distance of the results over pairs; NaN without pairs."""
    squares = [measure(a["image"], b["image"]) ** 2 for a, b in found]
    return math.sqrt(np.mean(squares)) if squares else math.nan
