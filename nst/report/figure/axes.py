"""Choose the keys for columns, rows and facets (one grid per value); never `repeat`: one run stands for all."""

from collections.abc import Sequence
from dataclasses import dataclass

from nst.errors import UserError, did_you_mean
from nst.report.read.layout import layout, varied
from nst.store.plan import Plan, PlannedRun, Value

FOLLOWING = frozenset({"precision", "device"})  # unless set, the machine decides them; then they follow from others

Level = tuple[Value, ...]
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Axes:
    """Keys on rows, on columns, and on facets (one grid per value); a key that follows from others is in none."""

    rows: Keys = ()
    cols: Keys = ()
    facets: Keys = ()


def choose(plan: Plan, rows: Keys | None = None, cols: Keys | None = None, facets: Keys | None = None) -> Axes:
    """Return the requested axes, else the plan's own, else those by the rules below.

    Raises `UserError` if a requested key does not vary in the plan, or is requested twice. A constant that
    `filter.promote` has made one of the varied keys is an axis with one level.

    One key goes on the columns: content, else the fastest-varying, style only if it is alone. One of the others goes on
    the rows: style, else the fastest. Each value of the rest gets its own grid; with three keys or more, the seed is
    the first of these. Keys that change together, instead of being multiplied, stay together. With `facets` set to
    none, the rest goes on the rows.
    """
    keys, wish = varied(plan), layout(plan.report)
    taken = [*(rows or ()), *(cols or ()), *(facets or ())]
    _check(plan, keys, taken)

    def wished(own: Keys | None) -> Keys:
        return tuple(key for key in own or () if key in keys and key not in taken)

    if facets is None and wish.facets is not None:
        facets = wished(wish.facets)
        taken += facets
    rows = wished(wish.rows) if rows is None else rows
    cols = wished(wish.cols) if cols is None else cols
    free = tuple(key for key in keys if key in (*rows, *cols, *(facets or ())) or not _follows(plan, key))
    return _filled(_together(plan, free), rows, cols, facets)


def level(run: PlannedRun, keys: Keys) -> Level:
    """Return the level of a run on an axis."""
    return tuple(run.values.get(key) for key in keys)


def levels(plan: Plan, keys: Keys) -> list[Level]:
    """Return the levels of an axis in plan order; a single one if the axis has no key or the plan no run."""
    return list(dict.fromkeys(level(run, keys) for run in plan.runs)) or [(None,) * len(keys)]


def _follows(plan: Plan, key: str) -> bool:
    """Return whether this key was not swept and each of its values comes with different values of the others."""
    words = (word.lstrip("+") for run in plan.runs for word in run.overrides)
    if key not in FOLLOWING or any(word.startswith(f"{key}=") for word in words):
        return False
    rest = tuple(other for other in varied(plan) if other not in FOLLOWING)
    return len(levels(plan, (*rest, key))) == len(levels(plan, rest))


def _check(plan: Plan, keys: Keys, asked: Sequence[str]) -> None:
    for key in asked:
        if key == "repeat" and key in plan.varied:
            raise UserError("'repeat' is no axis: one run stands for all of its repeats")
        if key not in keys:
            hint = did_you_mean(key, keys) if keys else "; no key does"
            raise UserError(f"'{key}' does not vary in sweep '{plan.name}'{hint}")
        if asked.count(key) > 1:
            raise UserError(f"'{key}' is asked for twice: once among rows and columns is enough")


def _filled(groups: Sequence[Keys], rows: Keys, cols: Keys, facets: Keys | None) -> Axes:
    """Put keys that were not requested on the columns, then the rows, if free, and the rest on the facets."""
    taken = (*rows, *cols, *(facets or ()))
    rest = [left for group in groups if (left := tuple(key for key in group if key not in taken))]
    if not cols and rest:
        cols = rest.pop(_best(rest, "content", ("style", "seed") if sum(map(len, groups)) > 2 else ("style",)))
    if not rows and rest:
        rows = rest.pop(_best(rest, "style", ("seed",)))
    left = tuple(key for group in rest for key in group)
    return Axes((*rows, *left), cols) if facets == () else Axes(rows, cols, (*(facets or ()), *left))


def _best(groups: Sequence[Keys], first: str, last: Keys) -> int:
    """Return the index of the group for an axis: the one with key `first`, else the fastest not in `last`."""
    whole = [number for number, group in enumerate(groups) if first in group]
    others = [number for number, group in enumerate(groups) if not set(group) & set(last)]
    return (whole or others or [len(groups) - 1])[-1]


def _together(plan: Plan, keys: Keys) -> list[Keys]:
    """Group the keys, in plan order: within a group, one key's value determines the others', as in favourites."""
    counts = {key: len(levels(plan, (key,))) for key in keys}
    groups: dict[str, list[str]] = {}
    for key in sorted(keys, key=counts.__getitem__, reverse=True):
        leaders = (one for one in groups if counts[one] > 1 and len(levels(plan, (one, key))) == counts[one])
        groups.setdefault(next(leaders, key), []).append(key)
    ordered = [tuple(sorted(group, key=keys.index)) for group in groups.values()]
    return sorted(ordered, key=lambda group: keys.index(group[-1]))
