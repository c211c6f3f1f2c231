"""Part 1: the starting noise shows in the reconstruction, and which noise it was matters."""

import math
from collections.abc import Sequence

import numpy as np

from nst.writeup.claims.pixels import Array, difference
from nst.writeup.claims.runs import NOISES, Run, of_kind, where
from nst.writeup.claims.shots import Shot, distance, noise_sets, pairs
from nst.writeup.claims.statement import TENTH, Finding, Question, Row, average, quotient, replicates, short_mean

LEAST_SHARE = 0.01
"""One hundredth of the noise: less than one level of 255, which nobody sees."""

_KEPT = "The result image is different, some details on dog's face preserve these noises from input image."
_RATIO = Question(
    claim="noise_survives",
    quote="Probably due to the different noise distribution from input.",
    statistic="Root mean square difference between reconstructions from different distributions over that between "
    "seeds of the same one, a ratio for each picture.",
    least=TENTH,
)


def noise_survives(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure the noise that is left, by distribution, and whether distributions matter more than seeds.

    Share: slope of the regression of the residual (result - content) on the starting noise (less its mean, channel by
    channel): 1 if the start is still there, 0 if nothing of it is.

    Distributions: the ratio of root mean square differences, between distributions over between seeds. It is 1 if
    results differ by what is left of independent noises alone, however strong either is. (Noises of one seed are not
    independent of each other: both distributions are made from the same random numbers.)

    Taken from reconstructions that differ by start and seed alone, if both distributions are there.
    """
    sets = noise_sets(of_kind(runs, "reconstruction"), "image", "start", "content_picture")
    every = [shot for found in sets for shot in found]
    shares = (_share(noise, [shot for shot in every if shot.run.init == noise]) for noise in NOISES)
    return (*shares, _distributions(sets))


def _share(noise: str, shots: Sequence[Shot]) -> Finding:
    question = Question(
        claim="noise_survives",
        quote=_KEPT,
        statistic=f"Slope of (result - content) on the starting {noise} noise (less its mean), over all values of a "
        "picture: the share of the noise that is left.",
        least=LEAST_SHARE,
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
    return question.decide(average(replicates((row["content"], row["share left"]) for row in rows)), said, rows)


def _another(shot: Shot, shots: Sequence[Shot]) -> float:
    """Return the slope on another seed's noise, which this run has never seen: 0 but for chance."""
    same = (one for one in shots if one.run.content == shot.run.content and one["start"].shape == shot["start"].shape)
    other = next((one for one in same if one.run.seed != shot.run.seed), None)
    return _left(shot, other) if other else math.nan


def _left(shot: Shot, started: Shot) -> float:
    return slope(shot["image"] - shot["content_picture"], started["start"])


def slope(residual: Array, noise: Array) -> float:
    """Return the least squares slope of a residual on a noise, both less their channels' means; (H, W, 3) each."""
    x, y = (values - values.mean(axis=(0, 1)) for values in (noise, residual))
    power = float(np.sum(x**2))
    return float(np.sum(x * y)) / power if power else math.nan


def _distributions(sets: Sequence[Sequence[Shot]]) -> Finding:
    keys = ("between distributions", "between seeds")
    rows: list[Row] = [
        {"content": shots[0].run.content, **dict(zip(keys, _differences(shots), strict=True))} for shots in sets
    ]
    rows = [row for row in rows if row[keys[0]] > 0 and row[keys[1]] > 0]
    logs = ((row["content"], math.log(row[keys[0]] / row[keys[1]])) for row in rows)
    across, within = (short_mean([row[key] for row in rows]) for key in keys)
    place = where([shot.run for shots in sets for shot in shots])
    said = f"Results {place} differ by {across} levels between distributions and by {within} between seeds"
    return _RATIO.decide(quotient(replicates(logs)), f"{said}; their ratio is", rows)


def _differences(shots: Sequence[Shot]) -> tuple[float, float]:
    """Return root mean square differences in levels, between distributions at different seeds and between seeds.

    Each distribution counts as much as the other; NaN if one of them has a single seed.
    """
    seeds = [pairs([shot for shot in shots if shot.run.init == noise], same=True) for noise in NOISES]
    within = [distance(difference, found) for found in seeds]
    return distance(difference, pairs(shots, same=False)), math.sqrt(np.mean(np.square(within)))
