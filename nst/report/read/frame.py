"""The frame of a sweep: a row a job, in plan order, with all that was measured. `load` types it for notebooks."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report.read import plan as plans
from nst.report.read.files import read_json
from nst.report.read.plan import Plan, PlannedRun
from nst.report.read.running import running
from nst.store import columns

RAN_ON = tuple(column.name for column in columns.RAN_ON)
PATHS = tuple(column.name for column in columns.PATHS)


def frame(plan: Plan, runs_dir: Path) -> pd.DataFrame:
    """Return a row a run of the plan.

    Columns: `signature`, `label`, `state` (done, failed, running, pending), the varied keys, the numbers of
    `nst.store.columns` with the losses of the terms that any run has (float, NaN if not known), `stopped`, `RAN_ON`
    and `machine` (all of them in one string: only equal machines may be averaged), `PATHS` (absolute or relative as
    `runs_dir` is; None if the file is missing) and `error`.
    A varied key that has the name of a measured column (`precision`) keeps the planned value. `frame.attrs["keys"]`
    names the columns that are keys of the configuration.
    """
    held = running(runs_dir, (job.signature for job in plan.jobs))
    rows = [_row(job, runs_dir, held) for job in plan.jobs]
    numbers = [column.name for column in columns.measured(dict.fromkeys(name for row in rows for name in row))]
    names = dict.fromkeys(
        [*("signature", "label", "state"), *plan.varied, *numbers, "stopped", *RAN_ON, "machine", *PATHS, "error"]
    )
    measured = set(numbers) - set(plan.varied)
    dtypes = {name: "float64" if name in measured else "object" for name in names}
    found = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=dtypes[name]) for name in names})
    found.attrs["keys"] = plan.varied
    return found


def _row(job: PlannedRun, runs_dir: Path, held: Collection[str]) -> dict[str, Any]:
    folder = runs_dir / "jobs" / job.signature
    state, found, error = _state(folder)
    if state != "done" and job.signature in held:
        state, error = "running", None
    measured: dict[str, Any] = {column.name: _number(found.get(column.name)) for column in columns.measured(found)}
    ran_on = _ran_on(read_json(folder / "provenance.json") or {})
    measured["stopped"] = found.get("stopped")
    row = {"signature": job.signature, "label": job.label, "state": state, "error": error}
    return {**row, **measured, **ran_on, **_files(folder), **_inputs(found, runs_dir), **job.values}


def _state(folder: Path) -> tuple[str, dict[str, Any], str | None]:
    """State, metrics and reason of a job, from which of its two last files is there."""
    if (folder / "metrics.json").exists():
        metrics = read_json(folder / "metrics.json")
        return ("failed", {}, "metrics.json cannot be read") if metrics is None else ("done", metrics, None)
    if (folder / "error.json").exists():
        error = read_json(folder / "error.json") or {"message": "error.json cannot be read"}
        return "failed", error, _reason(error)
    return "pending", {}, None


def _reason(error: Mapping[str, Any]) -> str:
    lines = str(error.get("message") or error.get("type") or "unknown reason").strip().splitlines()
    return lines[0] if lines else "unknown reason"


def _ran_on(provenance: Mapping[str, Any]) -> dict[str, Any]:
    ran_on: dict[str, Any] = {key: plans.plain(provenance.get(key)) for key in RAN_ON}
    names = [str(ran_on[key]) for key in ("device", "host") if ran_on[key] is not None]
    threads = [f"{ran_on['threads']} threads"] if ran_on["threads"] is not None else []
    precision = [str(ran_on["precision"])] if ran_on["precision"] is not None else []
    workers = provenance.get("workers")
    beside = [f"{workers} workers"] if isinstance(workers, int) and workers > 1 else []
    return ran_on | {"machine": ", ".join([*names, *threads, *precision, *beside]) or None}


def _files(folder: Path) -> dict[str, Path | None]:
    files = {"image": "image.png", "start": "start.png", "trace": "trace.csv"}
    found = {name: _file(folder / file) for name, file in files.items()}
    return {"folder": folder if folder.is_dir() else None, **found}


def _inputs(found: Mapping[str, Any], runs_dir: Path) -> dict[str, Path | None]:
    inputs = found.get("inputs")
    named = inputs if isinstance(inputs, dict) else {}
    return {f"{kind}_picture": _input(named.get(kind), runs_dir) for kind in ("content", "style")}


def _input(digest: object, runs_dir: Path) -> Path | None:
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9A-Za-z_-]+", digest):
        return None
    return _file(runs_dir / "pictures" / f"{digest}.png")


def _file(path: Path) -> Path | None:
    return path if path.is_file() else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
