"""Find the factors of a sweep, and the part of its runs that crosses them completely: a full factorial design.

Keys that always change together cannot be told apart and are one factor, `content + style`; likewise a key whose value
follows from that of another (a nested key). If combinations are missing, levels are left out until none is, those with
most gaps first. If fewer than half of the combinations would remain, the two keys that are crossed least become one
factor, as the pairs of pictures that a sweep lists; if that does not help, there is no design.
"""

import itertools
import math
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nst.store.plan import Value

REPLICATES = ("seed", "repeat")
"""Keys whose values are replicates of a combination, not levels of a factor."""
NOTHING = "The runs differ in too little: it takes two keys that vary, or one with several runs of each value."

Level = tuple[Value, ...]
Place = tuple[Level, ...]
Cells = Mapping[Place, Sequence[int]]
Columns = dict[tuple[str, ...], list[Level]]


@dataclass(frozen=True)
class Factor:
    """A key, or several that always change together; a level has one value for each key."""

    keys: tuple[str, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """A full factorial, with equally many runs of every combination.

    rows: numbers of rows of the frame, one axis for each factor and the last for replicates. left_out: the levels that
    were left out, with the keys they belong to. total: how many runs there were before any was left out.
    """

    factors: tuple[Factor, ...]
    rows: npt.NDArray[np.int64]
    left_out: tuple[tuple[tuple[str, ...], Level], ...]
    total: int

    @property
    def replicates(self) -> int:
        return int(self.rows.shape[-1])


def find(frame: pd.DataFrame, keys: Sequence[str], copies: Sequence[Hashable] | None = None) -> Design | str:
    """Return the design of a frame's runs, or a sentence that says why there is none.

    `copies`: a value for each run, equal for runs that count once if they belong to the same combination.
    """
    values = {key: [_plain(value) for value in frame[key].tolist()] for key in keys if key not in REPLICATES}
    columns: Columns = {(key,): [(value,) for value in found] for key, found in values.items() if len({*found}) > 1}
    columns = _joined(columns)
    if not columns:
        return NOTHING
    while True:
        cells = _cells(columns, copies)
        levels, count = _best(cells)
        if 2 * math.prod(map(len, levels)) >= len(cells):
            return _design(tuple(columns), cells, levels, count, len(frame))
        least = min(itertools.combinations(columns, 2), key=lambda pair: _fill(columns, *pair))
        if len(columns) < 3 or _fill(columns, *least) == 1:
            names = [" + ".join(found) for found in columns]
            return f"The runs do not cross {', '.join(names[:-1])} and {names[-1]}: too many combinations are missing."
        columns = _joined(_merged(columns, *least))


def _plain(value: Any) -> Value:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return None if math.isnan(value) else value
    return None if value is None or value is pd.NA else str(value)


def _joined(columns: Columns) -> Columns:
    """Merge factors of which one follows from the other."""
    for a, b in itertools.combinations(columns, 2):
        pairs = len({*zip(columns[a], columns[b], strict=True)})
        if pairs == max(len({*columns[a]}), len({*columns[b]})):
            return _joined(_merged(columns, a, b))
    return columns


def _merged(columns: Columns, a: tuple[str, ...], b: tuple[str, ...]) -> Columns:
    """Return the columns with `b` merged into `a`, which keeps its place."""
    both = [(*x, *y) for x, y in zip(columns[a], columns[b], strict=True)]
    return {a + b if name == a else name: both if name == a else found for name, found in columns.items() if name != b}


def _fill(columns: Columns, a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Return the share of the combinations of two factors that occur."""
    pairs = len({*zip(columns[a], columns[b], strict=True)})
    return pairs / (len({*columns[a]}) * len({*columns[b]}))


def _cells(columns: Columns, copies: Sequence[Hashable] | None) -> dict[Place, list[int]]:
    """Return the rows of each combination, of copies only the first."""
    cells: dict[Place, dict[Hashable, int]] = {}
    for row, place in enumerate(zip(*columns.values(), strict=True)):
        cells.setdefault(place, {}).setdefault(row if copies is None else copies[row], row)
    return {place: list(found.values()) for place, found in cells.items()}


def _best(cells: Cells) -> tuple[list[list[Level]], int]:
    """Return the levels to keep and the number of runs of each combination.

    Of all numbers of runs, the one that keeps half of the combinations, then most factors, then most runs.
    """
    found = []
    for count in sorted({len(rows) for rows in cells.values()}):
        levels = _complete([place for place, rows in cells.items() if len(rows) >= count])
        size = math.prod(map(len, levels))
        varied = sum(len(kept) > 1 for kept in levels)
        found.append(((2 * size >= len(cells), varied, size * count, count), levels))
    (*_, count), levels = max(found, key=lambda one: one[0])
    return levels, count


def _complete(places: Collection[Place]) -> list[list[Level]]:
    """Leave out the level with most gaps until every combination occurs; a factor keeps two levels while it can."""
    levels = [list(dict.fromkeys(axis)) for axis in zip(*places, strict=True)]
    while len(places) < math.prod(map(len, levels)):
        gaps = list(_gaps(places, levels))
        wide = [one for one in gaps if len(levels[one[1]]) > 2]
        _, axis, worst = max(wide or gaps, key=lambda one: one[0])
        places = [place for place in places if place[axis] != worst]
        levels = [[level for level in kept if any(p[k] == level for p in places)] for k, kept in enumerate(levels)]
    return levels


def _gaps(places: Collection[Place], levels: Sequence[Sequence[Level]]) -> Iterator[tuple[float, int, Level]]:
    """Yield for each level with gaps the share of its combinations that are missing, its factor and itself."""
    size = math.prod(map(len, levels))
    for axis, kept in enumerate(levels):
        for level in kept:
            share = 1 - sum(place[axis] == level for place in places) * len(kept) / size
            if share > 1e-9 and len(kept) > 1:
                yield share, axis, level


def _design(
    names: Sequence[tuple[str, ...]], cells: Cells, levels: Sequence[Sequence[Level]], count: int, total: int
) -> Design | str:
    shape = [len(kept) for kept in levels]
    rows = np.array([cells[place][:count] for place in itertools.product(*levels)], dtype=np.int64)
    factors = tuple(Factor(name, tuple(kept)) for name, kept in zip(names, levels, strict=True) if len(kept) > 1)
    if not factors or len(factors) == 1 and count == 1:
        return NOTHING
    every = [dict.fromkeys(axis) for axis in zip(*cells, strict=True)]
    pairs = zip(names, every, levels, strict=True)
    left_out = tuple((name, level) for name, found, kept in pairs for level in found if level not in kept)
    return Design(factors, rows.reshape(*(side for side in shape if side > 1), count), left_out, total)
