"""Which keys go across and which go down. `repeat` is never an axis: repeats are shown by one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from nst.errors import UserError, did_you_mean
from nst.report.plan import Plan, PlannedJob, Value

Level = tuple[Value, ...]


@dataclass(frozen=True)
class Axes:
    """Keys down, keys across, and keys with a grid for each value; every varied key but `repeat` is in one."""

    rows: tuple[str, ...] = ()
    cols: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()


def choose(
    plan: Plan,
    rows: tuple[str, ...] | None = None,
    cols: tuple[str, ...] | None = None,
    facets: tuple[str, ...] | None = None,
) -> Axes:
    """The axes asked for (`UserError` where a key does not vary), else the plan's own, else by the rules below.

    One key goes across. Of two, content goes across and style down, else the faster one goes across.
    Of more, those left over go down. Pairs that were not multiplied go across together.
    """
    keys = _keys(plan)
    _check(plan, keys, (*(rows or ()), *(cols or ()), *(facets or ())))
    wished_rows = rows if rows is not None else _known(plan.look.rows, keys, cols)
    wished_cols = cols if cols is not None else _known(plan.look.cols, keys, rows)
    if not wished_rows and not wished_cols and _is_paired(plan, keys):
        return Axes((), keys)
    return _filled(keys, wished_rows, wished_cols)


def level(job: PlannedJob, keys: tuple[str, ...]) -> Level:
    """Where a job stands on an axis."""
    return tuple(job.values.get(key) for key in keys)


def levels(plan: Plan, keys: tuple[str, ...]) -> list[Level]:
    """The places of an axis in the order of the plan; one place where no key is on it, or no job in the plan."""
    return list(dict.fromkeys(level(job, keys) for job in plan.jobs)) or [(None,) * len(keys)]


def named(keys: tuple[str, ...], place: Level) -> Mapping[str, Value]:
    """A place as a mapping from key to value."""
    return dict(zip(keys, place, strict=True))


def _keys(plan: Plan) -> tuple[str, ...]:
    return tuple(key for key in plan.varied if key != "repeat")


def _check(plan: Plan, keys: tuple[str, ...], asked: tuple[str, ...]) -> None:
    for key in asked:
        if key not in keys:
            hint = did_you_mean(key, keys) if keys else "; no key does"
            raise UserError(f"'{key}' does not vary in sweep '{plan.name}'{hint}")
        if asked.count(key) > 1:
            raise UserError(f"'{key}' is asked for twice: once among rows and columns is enough")


def _known(wish: tuple[str, ...] | None, keys: tuple[str, ...], taken: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(key for key in wish or () if key in keys and key not in (taken or ()))


def _filled(keys: tuple[str, ...], rows: tuple[str, ...], cols: tuple[str, ...]) -> Axes:
    rest = [key for key in keys if key not in rows and key not in cols]
    if not cols and rest:
        across = _across(rest)
        cols, rest = (across,), [key for key in rest if key != across]
    return Axes((*rows, *rest), cols)


def _across(keys: list[str]) -> str:
    if "content" in keys:
        return "content"
    others = [key for key in keys if key != "style"]
    return others[-1] if others else keys[-1]


def _is_paired(plan: Plan, keys: tuple[str, ...]) -> bool:
    """Several keys that change together, as in favourites: a product would be mostly holes."""
    distinct = len(levels(plan, keys))
    widest = max((len(levels(plan, (key,))) for key in keys), default=0)
    return len(keys) > 1 and distinct == widest
