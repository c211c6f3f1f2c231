"""The frame of a sweep: one row per run, in plan order, with everything recorded. `load` types it for notebooks."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from nst.pictures.read import open_own
from nst.report.read.inputs import takes_style
from nst.store import columns
from nst.store.files.atomic import write_text
from nst.store.files.names import IMAGE, METRICS, START, TRACE
from nst.store.plan import Plan, PlannedRun, Value, plain
from nst.store.store import Record, State, Store

RAN_ON = tuple(column.name for column in columns.RAN_ON)
PATHS = tuple(column.name for column in columns.PATHS)
_ORDER = ("loss", "comparison", "count", "time", "memory")


def frame(plan: Plan, store: Store) -> pd.DataFrame:
    """Return one row per run of the plan.

    Columns: `signature`, `label`, `state` (done, failed, running, pending), the varied keys, the numbers of
    `nst.store.columns` with the losses of the terms that any run has (float, NaN if unknown), `stopped`, `remark`,
    `RAN_ON` and `machine` (all of these in one string: only times of equal machines may be averaged), `PATHS`,
    `style[2]_picture` for a second style and `NAME_picture` for each mask and each further loss or guide with its own
    pictures (absolute or relative like the store; None if the file is missing), `error`.
    `width_px` and `height_px` are there if a size is given in a word, as `original`.
    A varied key with the name of a measured column (`precision`) keeps the planned value; a loss with the name of a
    varied key (`style_loss`) is in `style_loss_value`. `frame.attrs["keys"]` names the columns that are keys.
    """
    records = store.records(run.signature for run in plan.runs)
    rows = [_row(run, plan, store, records[run.signature]) for run in plan.runs]
    losses = {name: columns.beside_key(name) for name in plan.varied if name.endswith("_loss")}
    recorded = dict.fromkeys(name for row in rows for name in row)
    numbers = [losses.get(column.name, column.name) for column in columns.measured(recorded)]
    pictures = [name for name in recorded if name.endswith("_picture")]
    words = ("stopped", "remark", *RAN_ON, "machine")
    pixels = [column.name for column in columns.PIXELS] if _has_worded_size(plan) else []
    if pixels:
        rows = [{**row, **dict(zip(pixels, _sides(row["image"]), strict=True))} for row in rows]
    names = ["signature", "label", "state", *plan.varied, *pixels, *numbers, *words, *PATHS, *pictures]
    measured = {*numbers, *pixels} - set(plan.varied)
    dtypes = {name: "float64" if name in measured else "object" for name in (*names, "error")}
    found = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=dtypes[name]) for name in dtypes})
    found.attrs["keys"] = plan.varied
    return found


def _has_worded_size(plan: Plan) -> bool:
    return any(isinstance({**plan.constants, **run.values}.get("size"), str) for run in plan.runs)


def _sides(image: Path | None) -> tuple[float | None, float | None]:
    """Return width and height of a result; None if there is none that can be read."""
    with suppress(OSError):
        if image is not None:
            with open_own(image) as opened:
                return float(opened.width), float(opened.height)
    return None, None


def _row(run: PlannedRun, plan: Plan, store: Store, record: Record) -> dict[str, Any]:
    found = _recorded(run.signature, store, record)
    measured: dict[str, Any] = {column.name: _number(found.get(column.name)) for column in columns.measured(found)}
    measured |= {"stopped": found.get("stopped"), "remark": found.get("remark")}
    row = {"signature": run.signature, "label": run.label, "state": str(record.state)}
    row |= (
        {"error": _error(run.signature, store, record)}
        | measured
        | _ran_on(store.provenance(run.signature), run.values)
    )
    row |= {columns.beside_key(name): measured[name] for name in run.values if name in measured}
    inputs = _inputs(found.get("inputs"), {**plan.constants, **run.values}, store)
    folder = store.run(run.signature)
    files = {name: _file(folder / file) for name, file in (("image", IMAGE), ("start", START), ("trace", TRACE))}
    return {**row, "folder": folder if folder.is_dir() else None, **files, **inputs, **run.values}


def _recorded(signature: str, store: Store, record: Record) -> Mapping[str, Any]:
    """Return the numbers of a finished run, with its measures, or of a failed one up to its failure."""
    if record.state is State.DONE:
        return {**(store.metrics(signature) or {}), **(store.measures(signature) or {})}
    return (store.error(signature) if record.state is State.FAILED else None) or {}


def _error(signature: str, store: Store, record: Record) -> str | None:
    if record.state is State.FAILED:
        return store.reason(signature)
    is_broken = record.state is State.PENDING and (store.run(signature) / METRICS).exists()
    return f"{METRICS} cannot be read" if is_broken else None


def _ran_on(provenance: Mapping[str, Any], values: Mapping[str, Value]) -> dict[str, Any]:
    """Return what a run was made on; threads and devices that vary are no part of the machine."""
    ran_on: dict[str, Any] = {key: plain(provenance.get(key)) for key in RAN_ON}
    told = {"threads", "device"} & set(values)
    known = {key: str(value) for key, value in ran_on.items() if value is not None and key not in told}
    workers = provenance.get("workers")
    if "threads" in known:
        known["threads"] += " threads"
    if isinstance(workers, int) and workers > 1:
        known["workers"] = f"{workers} workers"
    return ran_on | {"machine": ", ".join(known.values()) or None}


def _inputs(given: object, values: Mapping[str, Value], store: Store) -> dict[str, Path | None]:
    """Return the pictures and masks as they entered, by column; a loss or guide without its own uses the styles."""
    found: dict[str, Path | None] = {}
    for name, digest in given.items() if isinstance(given, dict) else ():
        _, bracket, number = name.partition("[")
        is_safe = isinstance(digest, str) and re.fullmatch(r"[0-9A-Za-z_-]{1,64}", digest)
        path = _file(store.picture(digest)) if is_safe else None
        found.setdefault(f"style{bracket}{number}_picture" if takes_style(name, values) else f"{name}_picture", path)
    return found


def input_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of the inputs with a column `NAME_picture`: content, style, further losses, guides, masks."""
    names = (name for name in map(str, frame) if name not in frame.attrs["keys"])
    return [name.removesuffix("_picture") for name in names if name.endswith("_picture")]


def write(frame: pd.DataFrame, path: Path, commands: Sequence[str] | None = None) -> None:
    """Write all columns except this machine's paths; `picture` names the file in the report's folder.

    `commands`: the shell commands that make the runs again, a column of their own.
    """
    pictures = [f"{name}_picture" for name in input_names(frame)]
    results = frame.drop(columns=[*PATHS, *pictures], errors="ignore")
    for name in [str(name) for name in results if str(name) not in frame.attrs["keys"]]:
        found, values = columns.column(name), results[name]
        is_count = found is not None and found.kind == "count" and values.dtype == "float64"
        if is_count and (values.isna() | (values % 1 == 0)).all():
            results[name] = values.astype("Int64")
    pairs = zip(frame["signature"], frame["image"], strict=True)
    results["picture"] = [f"pictures/{name}.png" if isinstance(image, Path) else None for name, image in pairs]
    if commands is not None:
        results["command"] = list(commands)
    write_text(path, results.to_csv(index=False, lineterminator="\n"))


def shown(frame: pd.DataFrame) -> list[columns.Column]:
    """Return the columns of the table of runs, total loss first: those with a known value other than zero."""
    names = [name for name in map(str, frame) if name not in frame.attrs["keys"]]
    known = [found for name in names if (found := columns.column(name)) and found.in_table]
    known.sort(key=lambda one: (one.name != columns.TOTAL, _ORDER.index(one.kind)))
    return [one for one in known if (frame[one.name].notna() & (frame[one.name] != 0)).any()]


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
