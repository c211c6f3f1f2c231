"""Test statements on starting noise: how much of it is left (Part 1), and whether it changes strokes (Part 2)."""

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
_DIFFERENT = Question(
    claim="noise_survives",
    quote="The result image is different,",
    statistic="Root mean square difference, in levels of 255, between reconstructions of one picture from different "
    "noises (either seed or distribution), a mean for each picture.",
    least=1.0,
    unit="levels",
    reason="pictures that differ by less than a level look alike",
)
_BETWEEN = ("between distributions", "between seeds")
_Sets = Sequence[Sequence[Shot]]
_Pairs = Sequence[tuple[Shot, Shot]]


def noise_survives(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure the remaining noise by distribution, and whether distributions matter more than seeds.

    Difference: root mean square, between results of two starts.

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
    return (_differences(sets), *shares, _distributions(sets))


def _differences(sets: _Sets) -> Finding:
    rows: list[Row] = [
        {"content": a.run.content, "one": _start(a), "other": _start(b), "difference (levels)": value}
        for shots in sets
        for a, b in itertools.combinations(shots, 2)
        if math.isfinite(value := pixels.difference(a["image"], b["image"]))
    ]
    place = where([shot.run for shots in sets for shot in shots])
    found = ((row["content"], row["difference (levels)"]) for row in rows)
    return _DIFFERENT.decide(average(found), f"Two results from different noises {place} differ by", rows)


def _start(shot: Shot) -> str:
    return f"{shot.run.init}, seed {shot.run.seed}"


def _share(noise: str, shots: Sequence[Shot]) -> Finding:
    question = Question(
        claim="noise_survives",
        quote="some details on dog's face preserve these noises from input image.",
        statistic=f"Slope of (result - content) on the starting {noise} noise (less its mean), over all values of a "
        "picture: the share of the noise that is left.",
        least=0.01,
        reason="a hundredth of the noise is less than one level of 255, which is invisible",
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
    """Test if the strokes of textures differ more by the distribution of the noise than by its seed.

    Compared are distances of power spectra (strokes, wherever they lie), on the whole picture and on its corner (0, 0)
    to (100, 100), which is smaller in proportion if the shorter side is below 512. Based on textures (no content loss)
    that differ only in start and seed.
    """
    whole = noise_sets(of_kind(runs, "texture"), "image")
    parts = {"whole picture": whole, "corner": [[_cut(shot) for shot in shots] for shots in whole]}
    return tuple(_strokes(part, sets) for part, sets in parts.items())


def _cut(shot: Shot) -> Shot:
    return Shot(shot.run, {name: pixels.corner(picture) for name, picture in shot.pictures.items()})


def _strokes(part: str, sets: _Sets) -> Finding:
    question = Question(
        claim="noise_textures",
        quote="As you can see, different noise distribution affects the brushstrokes in the texture generated.",
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
    return question.decide(quotient(logs), _said(part, sets, rows), rows)


def _said(part: str, sets: _Sets, rows: Sequence[Row]) -> str:
    shots = [shot for found in sets for shot in found]
    side = min((pixels.short_side(shot["image"]) for shot in shots), default=0)
    what = "Whole picture" if part == "whole picture" else f"Upper left corner of {side} px"
    across, within = (short_mean([row[key] for row in rows]) for key in _BETWEEN)
    place = where([shot.run for shot in shots])
    return f"{what} {place}: {across} octaves {_BETWEEN[0]}, {within} {_BETWEEN[1]}; the ratio is"


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
