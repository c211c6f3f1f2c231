"""`plan.json` in a sweep's folder: what the runs of a sweep are, decided once for whoever makes or shows them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nst.errors import UserError, did_you_mean, reason
from nst.store.columns import misfits
from nst.store.files.atomic import Damaged, load_json, say_once, write_json
from nst.store.files.names import PLAN
from nst.store.store import Record, Store

Value = str | int | float | bool | None

NEEDS_KEY = frozenset({"balance", "size"})
"""Keys whose words say nothing alone: `balance none`, `size original`; others are `zeros` or `lanczos`."""
PLAN_VERSION = 2
"""Version 1, which lacks the precision and the device of a run, is still read."""
_ON_DISK = {"runs": "jobs", "attempts_at_plan": "seen"}
_SIGNATURE = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class PlannedRun:
    """One run of a sweep; `values` holds the keys that vary, `overrides` what was swept for it.

    `precision` and `device` are decided in the plan, not by workers; `attempts_at_plan` is how often the run had been
    recorded when the plan was made (`Store.attempt`).
    """

    signature: str
    label: str
    values: Mapping[str, Value]
    overrides: tuple[str, ...] = ()
    precision: str | None = None
    device: str | None = None
    attempts_at_plan: int = 0

    @property
    def title(self) -> str:
        """The run as it would be typed, or its label if nothing was swept for it."""
        return " ".join(self.overrides) or self.label


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep, in order. `varied` goes from the slowest key to the fastest.

    `report` holds the settings of the report as they were given; `summary` is the line printed when the plan was made:
    how many runs there are, and their states.
    `stand_ins`: pictures, as the key `pictures` gives them, that stand for names of others in its runs.
    """

    name: str
    sweep: str | None
    purpose: str
    command: str
    created_utc: str
    varied: tuple[str, ...]
    constants: Mapping[str, Value]
    report: Mapping[str, Any]
    runs: tuple[PlannedRun, ...]
    summary: str = ""
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_timed(self) -> bool:
        """Return whether its runs differ in what only their times tell: then nothing may run beside them."""
        return not {"repeat", "threads", "device"}.isdisjoint(self.varied)


def with_attempts(plan: Plan, records: Mapping[str, Record], summary: str) -> Plan:
    """Return the plan with the summary, and with how often its runs have been recorded now."""
    runs = tuple(replace(run, attempts_at_plan=records[run.signature].attempt) for run in plan.runs)
    return replace(plan, runs=runs, summary=summary)


def write_plan(store: Store, plan: Plan) -> None:
    """Write the plan into its sweep's folder."""
    data = {"version": PLAN_VERSION, **asdict(plan, dict_factory=_on_disk)}
    if not plan.stand_ins:
        del data["stand_ins"]
    write_json(store.sweep(plan.name) / PLAN, data)


def read_plan(store: Store, name: str) -> Plan:
    """Read the plan of sweep `name`; `UserError` if there is none, or none that can be read."""
    known = sweeps(store)
    if name not in known:
        hint = did_you_mean(name, known) if known else "; there are no sweeps there"
        raise UserError(f"no sweep '{name}' in {store.sweeps}{hint}")
    return _read(store.sweep(name) / PLAN)


def read_plans(store: Store) -> tuple[list[Plan], list[Path]]:
    """Return the plans of a store, and the files of those that cannot be read, each reported once in a line."""
    plans, unreadable = [], []
    for name in sweeps(store):
        try:
            plans.append(_read(store.sweep(name) / PLAN))
        except UserError as error:
            say_once(str(error))
            unreadable.append(store.sweep(name) / PLAN)
    return plans, unreadable


def sweeps(store: Store) -> list[str]:
    """Return the names of the sweeps in a store, sorted."""
    return sorted(path.parent.name for path in store.sweeps.glob(f"*/{PLAN}"))


def plain(value: object) -> Value:
    """Return a value as one that can head a row: lists and tuples are joined with `+`, mappings are written out."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return "+".join(str(part) for part in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _on_disk(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Map fields to the names that they have always had on the disk."""
    return {_ON_DISK.get(name, name): value for name, value in pairs}


def _read(path: Path) -> Plan:
    try:
        raw = load_json(path)
        if raw.get("version", 1) in range(1, PLAN_VERSION + 1):
            return _plan(path.parent.name, raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        why = reason(error) if isinstance(error, OSError | Damaged) else f"{type(error).__name__}: {error}"
        raise UserError(f"damaged: {path} is not a plan this version can read ({why})") from error
    raise UserError(f"{path} is not a plan this version can read (it has version {raw['version']})")


def _plan(name: str, raw: Mapping[str, Any]) -> Plan:
    _check_types(raw)
    return Plan(
        name=name,
        sweep=raw.get("sweep"),
        **{key: (raw.get(key) or "").strip() for key in ("purpose", "command", "created_utc", "summary")},
        varied=tuple(str(key) for key in raw.get("varied") or ()),
        constants=_values(raw.get("constants")),
        report=dict(raw.get("report") or {}),
        runs=tuple(map(_run, raw["jobs"])),
        stand_ins={str(name): str(meant) for name, meant in (raw.get("stand_ins") or {}).items()},
    )


def _run(raw: Mapping[str, Any]) -> PlannedRun:
    _check_types(raw)
    signature = raw["signature"]
    if not _SIGNATURE.fullmatch(signature):
        raise Damaged(f"strange signature '{signature}'")
    return PlannedRun(
        signature,
        label=raw.get("label") or signature,
        values=_values(raw.get("values")),
        overrides=tuple(map(str, raw.get("overrides") or ())),
        precision=raw.get("precision") or None,
        device=raw.get("device") or None,
        attempts_at_plan=raw.get("seen") or 0,
    )


def _check_types(raw: Mapping[str, Any]) -> None:
    if wrong := misfits(raw):
        raise Damaged(f"{wrong[0]} is of a wrong type")


def _values(raw: Mapping[str, Any] | None) -> dict[str, Value]:
    return {str(key): plain(value) for key, value in (raw or {}).items()}
