"""Choose keys that go across, that go down, and that get a grid for each value; never `repeat`: one run shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nst.errors import UserError, did_you_mean
from nst.report.read.layout import layout, varied
from nst.store.plan import Plan, PlannedRun, Value

FOLLOWING = frozenset({"precision", "device"})  # a machine decides them if nobody does; then they follow from others

Level = tuple[Value, ...]
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Axes:
    """Keys down, keys across, and keys with a grid for each value; a key that follows from others is in none."""

    rows: Keys = ()
    cols: Keys = ()
    facets: Keys = ()


def choose(plan: Plan, rows: Keys | None = None, cols: Keys | None = None, facets: Keys | None = None) -> Axes:
    """Return the axes asked for, else the plan's own, else by the rules below.

    `UserError` if a key asked for is not among the varied ones of the plan, or there twice. A constant that
    `select.promote` has put among them is an axis of one place.

    One key goes across: content, else the fastest, style only if it is alone. Of those left one goes down: style,
    else the fastest. Each value of the rest has a grid of its own; with three keys or more that is where the seed goes
    first. Keys that were not multiplied but change together stay together. `facets` that are asked to be none leave
    the rest to the rows.
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
    """Return the place of a run on an axis."""
    return tuple(run.values.get(key) for key in keys)


def levels(plan: Plan, keys: Keys) -> list[Level]:
    """Return the places of an axis in plan order; one place if no key is on it, or no run in the plan."""
    return list(dict.fromkeys(level(run, keys) for run in plan.runs)) or [(None,) * len(keys)]


def _follows(plan: Plan, key: str) -> bool:
    """Return whether nobody swept this key and each value of it comes with other values of the rest."""
    words = (word.lstrip("+") for run in plan.runs for word in run.overrides)
    if key not in FOLLOWING or any(word.startswith(f"{key}=") for word in words):
        return False
    rest = tuple(other for other in varied(plan) if other not in FOLLOWING)
    return len(levels(plan, (*rest, key))) == len(levels(plan, rest))


def _check(plan: Plan, keys: Keys, asked: Sequence[str]) -> None:
    for key in asked:
        if key not in keys:
            hint = did_you_mean(key, keys) if keys else "; no key does"
            raise UserError(f"'{key}' does not vary in sweep '{plan.name}'{hint}")
        if asked.count(key) > 1:
            raise UserError(f"'{key}' is asked for twice: once among rows and columns is enough")


def _filled(groups: Sequence[Keys], rows: Keys, cols: Keys, facets: Keys | None) -> Axes:
    """Put what nobody asked for on the columns, then on the rows, if free, and the rest on the facets."""
    taken = (*rows, *cols, *(facets or ()))
    rest = [left for group in groups if (left := tuple(key for key in group if key not in taken))]
    if not cols and rest:
        cols = rest.pop(_best(rest, "content", ("style", "seed") if sum(map(len, groups)) > 2 else ("style",)))
    if not rows and rest:
        rows = rest.pop(_best(rest, "style", ("seed",)))
    left = tuple(key for group in rest for key in group)
    return Axes((*rows, *left), cols) if facets == () else Axes(rows, cols, (*(facets or ()), *left))


def _best(groups: Sequence[Keys], first: str, last: Keys) -> int:
    """Return the group for an axis: the one with the key `first`, else the fastest that is not one of `last`."""
    whole = [number for number, group in enumerate(groups) if first in group]
    others = [number for number, group in enumerate(groups) if not set(group) & set(last)]
    return (whole or others or [len(groups) - 1])[-1]


def _together(plan: Plan, keys: Keys) -> list[Keys]:
    """Group the keys, in plan order: one tells the value of the others in its group, as in favourites."""
    counts = {key: len(levels(plan, (key,))) for key in keys}
    groups: dict[str, list[str]] = {}
    for key in sorted(keys, key=counts.__getitem__, reverse=True):
        leaders = (one for one in groups if counts[one] > 1 and len(levels(plan, (one, key))) == counts[one])
        groups.setdefault(next(leaders, key), []).append(key)
    ordered = [tuple(sorted(group, key=keys.index)) for group in groups.values()]
    return sorted(ordered, key=lambda group: keys.index(group[-1]))
