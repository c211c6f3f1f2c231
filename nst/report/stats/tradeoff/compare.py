"""Compare two methods at equal content kept, pair of pictures by pair, with an interval over pictures and a verdict."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from nst.metrics.table import Measure
from nst.report.stats.intervals import Mean, mean
from nst.report.stats.tradeoff.choice import Choice, distinct
from nst.report.stats.tradeoff.curve import Curve, Pair, curves, gap
from nst.store.plan import Value

Verdict = Literal["first", "second", "undecided"]
Unit = Literal["pairs", "contents", "styles"]
LEAST = 5
"""With fewer independent pictures, nothing is decided."""
LEVEL = 0.05
MOST = 6
"""With more methods than this, each is compared with the first alone."""


@dataclass(frozen=True)
class Comparison:
    """Two methods on one pair of axes, at equal content kept.

    `about`: mean of first minus second in `y` with its 95 % interval over pictures; `gaps`: that of each independent
    picture; `unit`: the kind of these; `share`: mean part of the content kept that both reach; `apart`: pairs of
    pictures without any; `chance`: the p-value of `about`.
    """

    x: Measure
    y: Measure
    first: Value
    second: Value
    gaps: tuple[float, ...]
    unit: Unit
    share: float
    apart: int
    about: Mean
    chance: float
    verdict: Verdict = "undecided"

    @property
    def leader(self) -> Value:
        """Return the method that meets the style better on average."""
        return self.first if self._towards(self.about.mean) > 0 else self.second

    @property
    def wins(self) -> int:
        """Return the number of independent pictures on which the leader meets the style better."""
        way = 1 if self.leader == self.first else -1
        return sum(way * self._towards(value) > 0 for value in self.gaps)

    @property
    def winner(self) -> Value:
        """Return the method for which it is decided; raises `ValueError` if it is undecided."""
        if self.verdict == "undecided":
            raise ValueError("undecided")
        return self.first if self.verdict == "first" else self.second

    def decided(self) -> "Comparison":
        """Return the comparison with the verdict that its sign gives."""
        return replace(self, verdict="first" if self._towards(self.about.mean) > 0 else "second")

    def _towards(self, difference: float) -> float:
        return -difference if self.y.better == "lower" else difference


def comparisons(frame: pd.DataFrame, choice: Choice) -> list[Comparison]:
    """Return the comparisons of all pairs of methods, on all pairs of axes.

    A verdict needs `LEAST` independent pictures, and a 95 % interval without 0 that remains so after Holm's correction
    for the comparisons on the same axes.
    """
    methods = distinct(frame, choice.method)
    pairs = list(itertools.combinations(methods, 2)) if len(methods) <= MOST else [(methods[0], m) for m in methods[1:]]
    found = []
    for x, y in choice.axes:
        known = curves(frame, choice, x.name, y.name)
        found += holm([_compare(known, x, y, other, base) for base, other in pairs])
    return found


def _compare(known: Sequence[Curve], x: Measure, y: Measure, first: Value, second: Value) -> Comparison:
    theirs = {(curve.pair, curve.others): curve for curve in known if curve.method == second}
    both = [(c, theirs[place]) for c in known if c.method == first and (place := (c.pair, c.others)) in theirs]
    found = [(a.pair, gap(a, b)) for a, b in both]
    there = [(pair, one) for pair, one in found if one is not None]
    unit, groups = independent([pair for pair, _ in there])
    gaps = [mean(one.difference for pair, one in there if pair in group).mean for group in groups]
    apart = {pair for pair, one in found if one is None} - {pair for pair, _ in there}
    about, share = mean(gaps), mean(one.share for _, one in there).mean
    return Comparison(x, y, first, second, tuple(gaps), unit, share, len(apart), about, chance(about))


def independent(pairs: Sequence[Pair]) -> tuple[Unit, list[set[Pair]]]:
    """Group pairs of pictures into independent ones.

    If no picture is in two pairs, or only one that is in all of them, each pair counts. Else pairs of equal content
    count once, or pairs of equal style, whichever leaves fewer.
    """
    apart = list(dict.fromkeys(pairs))
    sides = [list(dict.fromkeys(pair[side] for pair in apart)) for side in (0, 1)]
    side = min((0, 1), key=lambda side: (len(sides[side]) == 1, len(sides[side])))
    if len(sides[side]) == len(apart):
        return "pairs", [{pair} for pair in apart]
    groups = [{pair for pair in apart if pair[side] == name} for name in sides[side]]
    return "styles" if side else "contents", groups


def chance(about: Mean) -> float:
    """Return the two-sided p-value of Student's t test that a mean is 0; 1 without an interval."""
    if about.half is None:
        return 1.0
    from scipy.special import stdtr, stdtrit

    error = about.half / float(stdtrit(about.n - 1, 1 - LEVEL / 2))
    return 2 * float(stdtr(about.n - 1, -abs(about.mean) / error))


def holm(found: Sequence[Comparison]) -> list[Comparison]:
    """Decide what holds at `LEVEL` for all comparisons together (Holm 1979), with `LEAST` pictures or more.

    The smallest of k p-values must be at most 0.05 / k, the next at most 0.05 / (k - 1), up to the first that is not.
    """
    known = [one for one in found if one.about.n >= LEAST]
    order = sorted(known, key=lambda one: one.chance)
    tests = (one.chance * (len(order) - rank) <= LEVEL for rank, one in enumerate(order))
    held = {id(one) for one, _ in zip(order, itertools.takewhile(bool, tests), strict=False)}
    return [one.decided() if id(one) in held else one for one in found]
