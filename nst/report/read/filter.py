"""Select a part of a sweep: the runs with given values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from nst.errors import UserError, did_you_mean
from nst.report.labels import value as words
from nst.report.read.layout import Layout, layout
from nst.store.plan import Plan, Value
from nst.store.styles import stem, with_stand_in

_SAME = {("init", "noise"): "uniform"}


def select(plan: Plan, where: Mapping[str, Value]) -> Plan:
    """Keep only the runs that have all these values; `UserError` if a key does not vary or no run has a value.

    A value may be written as in a config (`9e5`, `conv_1`, `pictures/cat.jpg`) or as in the report (`uniform noise`,
    `cat`). Keys that are left with one value become constants of the part.
    """
    runs = plan.runs
    for key, wanted in where.items():
        if key not in plan.varied:
            hint = did_you_mean(key, plan.varied) if plan.varied else "; no key does"
            raise UserError(f"'{key}' does not vary in sweep '{plan.name}'{hint}")
        there = dict.fromkeys(_text(run.values.get(key)) for run in runs)
        runs = tuple(run for run in runs if _is(key, run.values.get(key), wanted, plan))
        if not runs:
            raise UserError(f"no run of '{plan.name}' has {key}={wanted}{did_you_mean(str(wanted), there)}")
    return _settled(replace(plan, runs=runs)) if where else plan


def promote(plan: Plan, keys: Iterable[str]) -> Plan:
    """Turn the constants in `keys` into varied keys: one may ask for an axis with a single level."""
    named = tuple(key for key in dict.fromkeys(keys) if key in plan.constants and key not in plan.varied)
    same = {key: plan.constants[key] for key in named}
    runs = tuple(replace(run, values={**same, **run.values}) for run in plan.runs)
    return replace(plan, varied=(*named, *plan.varied), runs=runs)


def compared(plan: Plan) -> tuple[str, Value] | None:
    """Return the key that the sweep compares, and its base value; None if no run has that value.

    By default, starts are compared with that from the content, else threads, else devices with the first of them.
    """
    asked = layout(plan.report).compare
    if asked == Layout.compare and asked.key not in plan.varied:
        found = next((key for key in ("threads", "device") if key in plan.varied), None)
        return (found, plan.runs[0].values.get(found)) if found else None
    values = dict.fromkeys(run.values.get(asked.key) for run in plan.runs if asked.key in plan.varied)
    return next(((asked.key, value) for value in values if _is(asked.key, value, asked.base, plan)), None)


def parse_where(texts: Sequence[str]) -> dict[str, Value]:
    """Return `["init=noise", "seed=0"]` as a mapping; `UserError` for what is not `key=value`."""
    found: dict[str, Value] = {}
    for text in texts:
        key, _, wanted = (part.strip() for part in text.partition("="))
        if not key or not wanted:
            raise UserError(f"--where {text}: is not KEY=VALUE")
        if key in found:
            raise UserError(f"--where {text}: {key}={found[key]} was asked for already; a key takes one value")
        found[key] = wanted
    return found


def spelt(key: str, name: str) -> str:
    """Return the canonical name of a value, however a config, and hence a plan, spells it."""
    return _SAME.get((key, name), name)


def _settled(plan: Plan) -> Plan:
    """Make the keys that are left with one value constants."""
    values = {key: {run.values.get(key) for run in plan.runs} for key in plan.varied}
    same = {key: plan.runs[0].values.get(key) for key, found in values.items() if len(found) == 1}
    varied = tuple(key for key in plan.varied if key not in same)
    runs = [replace(run, values={k: v for k, v in run.values.items() if k in varied}) for run in plan.runs]
    return replace(plan, varied=varied, constants={**plan.constants, **same}, runs=tuple(runs))


def _is(key: str, found: Value, wanted: Value, plan: Plan) -> bool:
    if isinstance(found, bool):
        return str(wanted).lower() in (str(found).lower(), words(key, found, plan.constants).lower())
    if isinstance(found, int | float):
        try:
            return float(str(wanted)) == found
        except ValueError:
            return str(wanted) == words(key, found, plan.constants)
    text = _text(found)
    name, known = _text(wanted), (text, words(key, found, plan.constants), *_either(text, plan.stand_ins))
    is_picture = words(key, name) == text  # typed as a path, while the plan has its name
    return is_picture or spelt(key, name) in [spelt(key, other) for other in known]


def _either(text: str, stand_ins: Mapping[str, str]) -> tuple[str, str]:
    """Return a value with only the names of pictures, and with only those of what stands for them."""
    names = meant = text
    for name, other in stand_ins.items():
        both = with_stand_in(name, other)
        names, meant = names.replace(both, stem(name)), meant.replace(both, stem(other))
    return names, meant


def _text(found: Value) -> str:
    return "null" if found is None else str(found).lower() if isinstance(found, bool) else str(found)
