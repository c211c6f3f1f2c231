"""Load the frame of a sweep for a notebook, with typed columns. `nst.load` is this `load`."""

from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import infer_dtype, pandas_dtype

from nst.report.read.frame import frame
from nst.store.columns import column
from nst.store.plan import Plan, read_plan
from nst.store.store import State, Store
from nst.typed_values import user_path

_NUMBERS = {"integer": "Int64", "floating": "float64", "mixed-integer-float": "float64"}


def load(name: str, runs_dir: str | Path = "runs") -> pd.DataFrame:
    """Load sweep `name` from the store `runs_dir` as it is now: one row per run, in plan order.

    Columns, in this order:

    * `signature`, `label`: the name of the run's folder and its short description (string);
    * `state`: done, failed, running or pending (category; running is known only for processes of this Linux host);
    * the config keys, those that vary first, the constants after them: Int64, float64, boolean, category in the
      sweep's order (text that varies), string (text that does not), object (values of several kinds);
    * the numbers of `metrics.json`, with their units in their names: Int64 for counts (`evaluations`), else float64;
      losses (`style_loss`) of the terms that any of the runs has;
    * the measures of runs that were measured (`docs/measures.md`): float64;
    * `stopped`, `remark` (a note on its picture), `device`, `host`, `precision`, `machine` (string) and `threads`
      (Int64): how it ended and what it ran on. Only times with equal `machine` may be averaged. If one of these varies
      in the sweep, the column has the planned value;
    * `folder`, `image`, `start`, `trace`, `content_picture`, `style_picture`, `style[2]_picture` of a second style, and
      `NAME_picture` of a further loss with pictures of its own: a `Path`, or None if there is none;
    * `error`: why it failed, in one line (string).

    Unknown values are missing (NA, NaN, None): pending or failed runs, and files of other tools or older versions,
    raise no error. Raises `UserError` if there is no such sweep, or its `plan.json` cannot be read.
    """
    store = Store(user_path("runs_dir", runs_dir))
    return typed(read_plan(store, name), store)


def typed(plan: Plan, store: Store) -> pd.DataFrame:
    """Return the frame of a plan's runs, as `load` says."""
    found = frame(plan, store)
    constants = [key for key in plan.constants if key not in found]
    for key in constants:
        found[key] = pd.Series([plan.constants[key]] * len(found), index=found.index, dtype="object")
    config = [*plan.varied, *constants]
    found = found[list(dict.fromkeys(["signature", "label", "state", *config, *found.columns]))]
    types = {key: _config(found[key], key in plan.varied) for key in config}
    types |= {name: _measured(name, found[name]) for name in map(str, found) if name not in types}
    found = found.assign(**types)
    found.attrs["keys"] = tuple(config)
    return found


def _measured(name: str, values: "pd.Series[Any]") -> "pd.Series[Any]":
    known = column(name)
    if name == "state":
        return values.astype(pd.CategoricalDtype([str(state) for state in State]))
    if known is None or known.kind == "path":
        return values
    if known.kind == "count":
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        return numbers.where(numbers.abs() < 2**63).round().astype("Int64")
    return values.astype("float64" if known.is_number else "string")


def _config(values: "pd.Series[Any]", varies: bool) -> "pd.Series[Any]":
    """Convert to the narrowest type that holds all values present."""
    there = [value for value in values if value is not None]
    kind = infer_dtype(there)
    dtype = kind if kind in ("boolean", "string") else _NUMBERS.get(kind, "object")
    if dtype == "Int64" and any(abs(value) >= 2**63 for value in there):
        return values
    if dtype == "string" and varies:
        return values.astype(pd.CategoricalDtype(list(dict.fromkeys(there))))
    return values.astype(pandas_dtype(dtype))
