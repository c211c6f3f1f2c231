"""The frame of a sweep: a row a run, in plan order, with all that was recorded. `load` types it for notebooks."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nst.store import columns
from nst.store.names import IMAGE, METRICS, START, TRACE
from nst.store.plan import Plan, PlannedRun, plain
from nst.store.store import Record, State, Store

RAN_ON = tuple(column.name for column in columns.RAN_ON)
PATHS = tuple(column.name for column in columns.PATHS)


def frame(plan: Plan, store: Store) -> pd.DataFrame:
    """Return a row a run of the plan.

    Columns: `signature`, `label`, `state` (done, failed, running, pending), the varied keys, the numbers of
    `nst.store.columns` with the losses of the terms that any run has (float, NaN if not known), `stopped`, `remark`,
    `RAN_ON` and `machine` (all of them in one string: only equal machines may be averaged), `PATHS` (absolute or
    relative as the store is; None if the file is missing) and `error`.
    A varied key that has the name of a measured column (`precision`) keeps the planned value; a loss whose name is
    that of a varied key (`style_loss`) is in `style_loss_value`. `frame.attrs["keys"]` names the columns that are keys.
    """
    records = store.records(run.signature for run in plan.runs)
    rows = [_row(run, store, records[run.signature]) for run in plan.runs]
    losses = {name: columns.beside_key(name) for name in plan.varied if name.endswith("_loss")}
    recorded = columns.measured(dict.fromkeys(name for row in rows for name in row))
    numbers = [losses.get(column.name, column.name) for column in recorded]
    names = dict.fromkeys(
        [
            *("signature", "label", "state"),
            *(*plan.varied, *numbers),
            *("stopped", "remark", *RAN_ON, "machine", *PATHS, "error"),
        ]
    )
    measured = set(numbers) - set(plan.varied)
    dtypes = {name: "float64" if name in measured else "object" for name in names}
    found = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=dtypes[name]) for name in names})
    found.attrs["keys"] = plan.varied
    return found


def _row(run: PlannedRun, store: Store, record: Record) -> dict[str, Any]:
    found = _recorded(run.signature, store, record)
    measured: dict[str, Any] = {column.name: _number(found.get(column.name)) for column in columns.measured(found)}
    measured |= {"stopped": found.get("stopped"), "remark": found.get("remark")}
    row = {"signature": run.signature, "label": run.label, "state": str(record.state)}
    row |= {"error": _error(run.signature, store, record)} | measured | _ran_on(store.provenance(run.signature))
    row |= {columns.beside_key(name): measured[name] for name in run.values if name in measured}
    return {**row, **_files(store.run(run.signature)), **_inputs(found, store), **run.values}


def _recorded(signature: str, store: Store, record: Record) -> Mapping[str, Any]:
    """Return the numbers of a run that is done, and those of one that failed, as far as it came."""
    if record.state is State.DONE:
        return store.metrics(signature) or {}
    return (store.error(signature) or {}) if record.state is State.FAILED else {}


def _error(signature: str, store: Store, record: Record) -> str | None:
    if record.state is State.FAILED:
        return store.reason(signature)
    is_broken = record.state is State.PENDING and (store.run(signature) / METRICS).exists()
    return f"{METRICS} cannot be read" if is_broken else None


def _ran_on(provenance: Mapping[str, Any]) -> dict[str, Any]:
    ran_on: dict[str, Any] = {key: plain(provenance.get(key)) for key in RAN_ON}
    names = [str(ran_on[key]) for key in ("device", "host") if ran_on[key] is not None]
    threads = [f"{ran_on['threads']} threads"] if ran_on["threads"] is not None else []
    precision = [str(ran_on["precision"])] if ran_on["precision"] is not None else []
    workers = provenance.get("workers")
    beside = [f"{workers} workers"] if isinstance(workers, int) and workers > 1 else []
    return ran_on | {"machine": ", ".join([*names, *threads, *precision, *beside]) or None}


def _files(folder: Path) -> dict[str, Path | None]:
    files = {"image": IMAGE, "start": START, "trace": TRACE}
    found = {name: _file(folder / file) for name, file in files.items()}
    return {"folder": folder if folder.is_dir() else None, **found}


def _inputs(found: Mapping[str, Any], store: Store) -> dict[str, Path | None]:
    inputs = found.get("inputs")
    named = inputs if isinstance(inputs, dict) else {}
    return {f"{kind}_picture": _input(named.get(kind), store) for kind in ("content", "style")}


def _input(digest: object, store: Store) -> Path | None:
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", digest):
        return None
    return _file(store.picture(digest))


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
