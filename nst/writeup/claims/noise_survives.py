"""Part 1: the starting noise shows in the reconstruction, and which noise it was matters."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nst.writeup.claims.estimate import average, quotient, replicates, short
from nst.writeup.claims.finding import TENTH, Finding, Question, Row
from nst.writeup.claims.pixels import Array, difference, read
from nst.writeup.claims.runs import NOISES, Run, groups, of_kind, where

LEAST_SHARE = 0.01
"""One hundredth of the noise: less than one level of 255, which nobody sees."""

_KEPT = "The result image is different, some details on dog's face preserve these noises from input image."
_WHY = "Probably due to the different noise distribution from input."
_RATIO = Question(
    claim="noise_survives",
    quote=_WHY,
    statistic="Root mean square difference between reconstructions from different distributions over that between "
    "seeds of the same one, a ratio for each picture.",
    least=TENTH,
)


@dataclass(frozen=True)
class _Shot:
    """A reconstruction, its start and its content, all of one shape."""

    run: Run
    image: Array
    start: Array
    content: Array


def noise_survives(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Measure the noise that is left, by distribution, and whether distributions matter more than seeds.

    Share: slope of the regression of the residual (result - content) on the starting noise (less its mean, channel by
    channel): 1 if the start is still there, 0 if nothing of it is. Holds if the interval lies above
    `LEAST_SHARE`, does not if it lies below.

    Distributions: the ratio of root mean square differences, between distributions over between seeds. It is 1 if
    results differ by what is left of independent noises alone, however strong either is. (Noises of one seed are not
    independent of each other: both distributions are made from the same random numbers.) Holds if the interval
    lies above `TENTH`, does not if it lies below.

    Taken from reconstructions that differ by start and seed alone, if both distributions are there.
    """
    sets = [_shots(group) for group in groups(of_kind(runs, "reconstruction"), ["init", "seed"])]
    sets = [shots for shots in sets if len({shot.run.init for shot in shots}) > 1]
    return (*(_share(noise, sets) for noise in NOISES), _distributions(sets))


def _shots(group: Sequence[Run]) -> list[_Shot]:
    found = []
    for run in group:
        image, start, content = read(run.image), read(run.start), read(run.content_picture)
        if run.init in NOISES and image is not None and start is not None and content is not None:
            if image.shape == start.shape == content.shape:
                found.append(_Shot(run, image, start, content))
    return found


def _share(noise: str, sets: Sequence[Sequence[_Shot]]) -> Finding:
    shots = [shot for group in sets for shot in group if shot.run.init == noise]
    question = Question(
        claim="noise_survives",
        quote=_KEPT,
        statistic=f"Slope of (result - content) on the starting {noise} noise (less its mean), over all values of a "
        "picture: the share of the noise that is left.",
        least=LEAST_SHARE,
    )
    slopes = [(shot.run.content, slope(shot.image - shot.content, shot.start)) for shot in shots]
    rows: list[Row] = [
        {"content": shot.run.content, "noise": noise, "seed": shot.run.seed, "share left": share, "another's": other}
        for shot, (_, share), other in zip(shots, slopes, _others(shots), strict=True)
    ]
    return question.decide(average(replicates(slopes)), _said_share(noise, shots), rows)


def _others(shots: Sequence[_Shot]) -> list[float]:
    """Return the slope on another seed's noise, which this run has never seen: 0 but for chance."""
    starts = {(shot.run.content, shot.run.seed): shot.start for shot in shots}
    found = []
    for shot in shots:
        other = [s for (content, seed), s in starts.items() if content == shot.run.content and seed != shot.run.seed]
        found.append(slope(shot.image - shot.content, other[0]) if other else math.nan)
    return found


def slope(residual: Array, noise: Array) -> float:
    """Return the least squares slope of a residual on a noise, both less their channels' means; (H, W, 3) each."""
    x, y = (values - values.mean(axis=(0, 1)) for values in (noise, residual))
    power = float(np.sum(x**2))
    return float(np.sum(x * y)) / power if power else math.nan


def _distributions(sets: Sequence[Sequence[_Shot]]) -> Finding:
    rows: list[Row] = []
    logs = []
    for shots in sets:
        between, within = _differences(shots)
        if between > 0 and within > 0:
            name = shots[0].run.content
            logs.append((name, math.log(between / within)))
            rows.append({"content": name, "between distributions": between, "between seeds": within})
    return _RATIO.decide(quotient(replicates(logs)), _said_ratio(rows, sets), rows)


def _differences(shots: Sequence[_Shot]) -> tuple[float, float]:
    """Return root mean square differences in levels, between distributions at different seeds and between seeds.

    Each distribution counts as much as the other; NaN if one of them has a single seed.
    """
    between, within = [], {noise: [] for noise in NOISES}  # type: tuple[list[float], dict[str, list[float]]]
    for a, b in itertools.combinations(shots, 2):
        if a.run.seed == b.run.seed:
            continue
        (within[a.run.init] if a.run.init == b.run.init else between).append(difference(a.image, b.image) ** 2)
    if not between or not all(within.values()):
        return math.nan, math.nan
    return math.sqrt(np.mean(between)), math.sqrt(np.mean([np.mean(found) for found in within.values()]))


def _said_share(noise: str, shots: Sequence[_Shot]) -> str:
    if not shots:
        return ""
    spread = float(np.mean([shot.start.std() for shot in shots]))
    return (
        f"Of {noise} noise ({spread:.0f} levels strong) {where([shot.run for shot in shots])} there is left a share of"
    )


def _said_ratio(rows: Sequence[Row], sets: Sequence[Sequence[_Shot]]) -> str:
    if not rows:
        return ""
    means = [np.mean([row[key] for row in rows]) for key in ("between distributions", "between seeds")]
    across, within = (short(value) for value in means)
    place = where([shot.run for shots in sets for shot in shots])
    return (
        f"Results {place} differ by {across} levels between distributions and by {within} between seeds; their ratio is"
    )
