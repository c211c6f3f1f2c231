"""The curves of a trade-off: for each method and pair of pictures, the points over the weight, joined by lines."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nst.report.stats.intervals import mean
from nst.report.stats.tradeoff.choice import PICTURES, Choice, is_number, known
from nst.store.plan import Value

Numbers = npt.NDArray[np.float64]
Pair = tuple[str, str]
"""A content and a style."""


@dataclass(frozen=True)
class Curve:
    """Points of one method on one pair of pictures, in the order of the weight.

    `others`: values of the other keys. `at`: the weights; `points`: (content kept, style met) for each.
    """

    method: Value
    pair: Pair
    others: tuple[Value, ...]
    at: tuple[float, ...]
    points: tuple[tuple[float, float], ...]

    @property
    def turns_back(self) -> bool:
        """Return whether content kept does not run one way with the weight."""
        steps = np.diff([x for x, _ in self.points])
        return bool((steps > 0).any() and (steps < 0).any())

    @property
    def line(self) -> tuple[Numbers, Numbers]:
        """Return the points by content kept, from low to high; those of equal content kept are averaged."""
        places: dict[float, list[float]] = {}
        for x, y in sorted(self.points):
            places.setdefault(x, []).append(y)
        return np.array(list(places)), np.array([mean(ys).mean for ys in places.values()])


@dataclass(frozen=True)
class Gap:
    """The mean of first minus second over the content kept that both curves reach; `share`: of what either does."""

    difference: float
    share: float


def gap(first: Curve, second: Curve) -> Gap | None:
    """Return the mean vertical distance of two curves where both are; None if they share no content kept.

    Exact for lines between neighbouring points: the trapezoidal rule at the points of both. Nothing is extrapolated.
    """
    (x, y), (other_x, other_y) = first.line, second.line
    if not (len(x) and len(other_x)):
        return None
    low, high = max(x[0], other_x[0]), min(x[-1], other_x[-1])
    if not low < high:
        return None
    from scipy.integrate import trapezoid

    inner = np.concatenate([x, other_x])
    knots = np.unique([low, *inner[(inner > low) & (inner < high)], high])
    apart = np.interp(knots, x, y) - np.interp(knots, other_x, other_y)
    area = float(trapezoid(apart, knots))
    return Gap(area / (high - low), float((high - low) / (max(x[-1], other_x[-1]) - min(x[0], other_x[0]))))


def curves(frame: pd.DataFrame, choice: Choice, x: str, y: str) -> list[Curve]:
    """Return the curves of finished runs in these two measures, in the order of the runs."""
    rows = [row for row in records(frame) if _is_point(row, (choice.over, x, y))]
    contents, styles = (_one_name(rows, kind) for kind in PICTURES)
    found: dict[tuple[Any, ...], dict[float, list[tuple[float, float]]]] = {}
    for row in rows:
        pair = (contents[str(row.get("content", ""))], styles[str(row.get("style", ""))])
        place = (known(row[choice.method]), pair, tuple(known(row[key]) for key in choice.others))
        found.setdefault(place, {}).setdefault(float(row[choice.over]), []).append((row[x], row[y]))
    return [
        Curve(method, pair, others, tuple(sorted(points)), tuple(_centre(points[at]) for at in sorted(points)))
        for (method, pair, others), points in found.items()
    ]


def records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Return the finished runs of a frame as mappings."""
    done = frame[frame["state"] == "done"].to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in done]


def _is_point(row: Mapping[str, Any], names: Iterable[str]) -> bool:
    return all(is_number(row[name]) and math.isfinite(row[name]) for name in names)


def _centre(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return mean(x for x, _ in points).mean, mean(y for _, y in points).mean


def _one_name(rows: Sequence[Mapping[str, Any]], kind: str) -> dict[str, str]:
    """Map the names of the contents or of the styles to the first name of each picture: a copy is no other picture."""
    first: dict[Path, str] = {}
    found: dict[str, str] = {}
    for row in rows:
        name, path = str(row.get(kind, "")), row.get(f"{kind}_picture")
        found.setdefault(name, first.setdefault(path, name) if isinstance(path, Path) else name)
    return found
