"""Analyse the variance of a full factorial design: sums of squares, degrees of freedom, F tests and shuffles.

Arrays have an axis for each factor and a last one for replicates. All functions list the sources in the same order:
factors, two-way interactions, all higher ones, the rest.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SHUFFLES = 999
SEPARATE = 4
"""The most factors whose two-way interactions are sources of their own."""
Numbers = npt.NDArray[np.float64]


def sums_of_squares(y: Numbers) -> Numbers:
    """Return the sum of squares of each source, the rest last: (sources, sets).

    y: (sets, levels of each factor..., replicates).
    """
    shape = y.shape[1:]
    flat = y.reshape(len(y), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    places = np.indices(shape).reshape(len(shape), -1)
    factors = range(len(shape) - 1)

    def between(*axes: int) -> Numbers:
        sides = [shape[axis] for axis in axes]
        levels = np.ravel_multi_index(tuple(places[list(axes)]), sides)
        sums: Numbers = flat @ (levels[:, None] == np.arange(math.prod(sides))).astype(np.float64)
        squares: Numbers = _squares(sums) / (flat.shape[1] / math.prod(sides))
        return squares

    mains = [between(axis) for axis in factors]
    pairs = [between(a, b) - mains[a] - mains[b] for a, b in itertools.combinations(factors, 2)]
    total, cells = _squares(flat), _squares(flat.reshape(len(y), -1, shape[-1]).mean(axis=2)) * shape[-1]
    found = np.array(_split(mains, pairs, cells, total, shape[-1] > 1))
    return np.where(found > 1e-12 * total, found, 0.0)


def _squares(rows: Numbers) -> Numbers:
    found: Numbers = np.einsum("ij,ij->i", rows, rows)
    return found


def degrees_of_freedom(shape: Sequence[int]) -> list[int]:
    """Return those of each source of a design (levels of each factor..., replicates), the rest last."""
    *sides, replicates = shape
    mains = [side - 1 for side in sides]
    pairs = [a * b for a, b in itertools.combinations(mains, 2)]
    cells = math.prod(sides)
    return _split(mains, pairs, cells - 1, cells * replicates - 1, replicates > 1)


def _split(mains: list[Any], pairs: list[Any], cells: Any, total: Any, is_replicated: bool) -> list[Any]:
    """Return what each source has, the rest last, from what is between levels, between combinations and in total."""
    found = list(mains)
    if len(mains) > 2 or is_replicated:
        found += pairs if len(mains) <= SEPARATE else [sum(pairs)]
    if len(mains) > 2 and is_replicated:
        found.append(cells - sum(found))
    return [*found, total - sum(found)]


def sources(factors: Sequence[Sequence[str]], is_replicated: bool, title: Callable[[str], str] = str) -> list[str]:
    """Return the names of the sources of factors, each of one key or several; the rest last."""
    mains = [" + ".join(map(title, keys)) for keys in factors]
    pairs = [f"{a} × {b}" for a, b in itertools.combinations(mains, 2)]
    many = len(mains) > 2
    found = list(mains)
    if many or is_replicated:
        found += pairs if len(mains) <= SEPARATE else ["two-way interactions"]
    if many and is_replicated:
        found.append("higher interactions")
    if is_replicated:
        return [*found, "rest"]
    return [*found, "higher interactions and rest" if many else "interaction and rest"]


def p_values(squares: Numbers, df: Sequence[int]) -> Numbers:
    """Return the p value of the F test of each source against the rest, which comes last."""
    from scipy.special import fdtrc

    free = np.array(df, dtype=np.float64).reshape(-1, *[1] * (squares.ndim - 1))
    mean = squares / free
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(mean[:-1] > 0, np.minimum(mean[:-1] / mean[-1], 1e300), 0.0)
    found: Numbers = fdtrc(free[:-1], free[-1], ratio)
    return found


def smallest_p(values: Sequence[Numbers], df: Sequence[int]) -> Numbers:
    """Return the smallest p value of all sources and numbers in each shuffle of the runs, the same for all numbers."""
    generator = np.random.default_rng(0)
    order = generator.permuted(np.tile(np.arange(values[0].size), (SHUFFLES, 1)), axis=1)
    found = np.ones(SHUFFLES)
    for y in values:
        shuffled = y.ravel()[order].reshape(SHUFFLES, *y.shape)
        found = np.minimum(found, p_values(sums_of_squares(shuffled), df).min(axis=0))
    return found


def adjusted(p: float, smallest: Numbers) -> float:
    """Return the share of shuffles whose smallest p value is as small; the sweep itself counts as one of them."""
    return float(1 + np.sum(smallest <= p * (1 + 1e-9))) / (1 + len(smallest))
