"""Runs with their pictures read, in sets that belong together, and how the pictures of a set compare."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nst.writeup.claims.pixels import Array, read
from nst.writeup.claims.runs import NOISES, Run, groups


@dataclass(frozen=True)
class Shot:
    """A run and some of its pictures, by their columns."""

    run: Run
    pictures: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.pictures[name]


Pairs = Sequence[tuple[Shot, Shot]]
Measure = Callable[[Array, Array], float]
"""Of a result beside another picture."""


def shots(runs: Iterable[Run], *names: str) -> list[Shot]:
    """Read these pictures of each run; runs that lack one, or whose pictures are not of one shape, are left out."""
    found = []
    for run in runs:
        pictures = {name: picture for name in names if (picture := read(run.paths.get(name))) is not None}
        if len(pictures) == len(names) and len({picture.shape for picture in pictures.values()}) == 1:
            found.append(Shot(run, pictures))
    return found


def noise_sets(runs: Iterable[Run], *names: str) -> list[list[Shot]]:
    """Return sets of shots that differ by the noise of their start alone, with both distributions in each."""
    sets = [shots((run for run in group if run.init in NOISES), *names) for group in groups(runs, ["init", "seed"])]
    return [found for found in sets if len({shot.run.init for shot in found}) > 1]


def pairs(found: Sequence[Shot], *, same: bool) -> Pairs:
    """Return pairs of one distribution, or of two, with different seeds: equal ones share their random numbers."""
    every = ((a, b) for a, b in itertools.combinations(found, 2) if a.run.seed != b.run.seed)
    return [(a, b) for a, b in every if (a.run.init == b.run.init) is same]


def distance(measure: Measure, found: Pairs) -> float:
    """Return the root mean square distance of the results over pairs; NaN without pairs."""
    squares = [measure(a["image"], b["image"]) ** 2 for a, b in found]
    return math.sqrt(np.mean(squares)) if squares else math.nan


def measured(sets: Iterable[Sequence[Shot]], beside: str, measure: Measure) -> list[tuple[Sequence[Shot], list[float]]]:
    """Take a number of every result beside another picture; sets in which one is not above 0 are left out."""
    numbers = ((found, [measure(shot["image"], shot[beside]) for shot in found]) for found in sets)
    return [(found, values) for found, values in numbers if min(values) > 0]


def contrast(numbers: Sequence[float], place: int) -> float:
    """Return the logarithm of one number over the geometric mean of the others."""
    logs = np.log(numbers)
    return float(logs[place] - np.mean(np.delete(logs, place)))
