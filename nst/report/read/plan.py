"""The plan of a sweep as its report needs it: `runs/sweeps/<name>/plan.json`, read once and frozen."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from nst.errors import UserError, did_you_mean

Value = str | int | float | bool | None
Crop = tuple[float, float, float, float]
Layout = Literal["grid", "pairs", "triples"]

NARROWEST, WIDEST = 200, 20_000
"""Limits of the width of a figure, in pixels."""

_SIGNATURE = re.compile(r"[0-9A-Za-z_-]+")


@dataclass(frozen=True)
class Look:
    """How a sweep wants to be shown. `None` leaves an axis to `axes.choose`, an empty tuple leaves it out."""

    rows: tuple[str, ...] | None = None
    cols: tuple[str, ...] | None = None
    layout: Layout = "grid"
    crop: Crop | None = None
    facets: tuple[str, ...] | None = None
    width: int | None = None


@dataclass(frozen=True)
class PlannedRun:
    """One combination: its folder's name, its short label, the values of the keys that vary, and its precision."""

    signature: str
    label: str
    values: Mapping[str, Value]
    overrides: tuple[str, ...] = ()
    precision: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a sweep set out to do. `varied` goes from the slowest key to the fastest."""

    name: str
    sweep: str
    purpose: str
    command: str
    varied: tuple[str, ...]
    constants: Mapping[str, Value]
    look: Look
    jobs: tuple[PlannedRun, ...]


def sweeps(runs_dir: Path) -> list[str]:
    """Names of the sweeps in a store, sorted."""
    return sorted(path.parent.name for path in (runs_dir / "sweeps").glob("*/plan.json"))


def read(name: str, runs_dir: Path) -> Plan:
    """The plan of sweep `name`; `UserError` where there is none, or where it cannot be read."""
    folder = runs_dir / "sweeps"
    known = sweeps(runs_dir)
    if name not in known:
        hint = did_you_mean(name, known) if known else "; there are no sweeps there"
        raise UserError(f"no sweep '{name}' in {folder}{hint}")
    path = folder / name / "plan.json"
    try:
        return _plan(name, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, UserError) as error:
        raise UserError(f"{path} is not a plan this version can read ({type(error).__name__}: {error})") from error


def parse_keys(text: object) -> tuple[str, ...] | None:
    """Keys of an axis: `init`, `init,seed`, `init × seed` or a list of keys; None stays None."""
    if text is None:
        return None
    parts = re.split(r"[,×]", text) if isinstance(text, str) else [str(part) for part in cast(list[object], text)]
    return tuple(part.strip() for part in parts if part.strip())


def parse_crop(crop: object) -> Crop | None:
    """A crop from four numbers or from `x,y,w,h`; `UserError` unless it is a region of positive size."""
    if crop is None:
        return None
    parts = crop.split(",") if isinstance(crop, str) else crop
    try:
        x, y, w, h = (float(part) for part in cast(list[float], parts))
    except (TypeError, ValueError):
        raise UserError(f"crop '{crop}' is not four numbers x,y,w,h") from None
    if not all(math.isfinite(v) for v in (x, y, w, h)) or min(x, y) < 0 or min(w, h) <= 0:
        raise UserError(f"crop '{crop}' is not a region: x and y must be 0 or more, w and h above 0")
    return x, y, w, h


def parse_width(width: object) -> int | None:
    """Pixels across of `grid.png`; `UserError` outside of 200 to 20 000."""
    if width is None:
        return None
    found = int(str(width)) if str(width).isdecimal() else 0
    if not NARROWEST <= found <= WIDEST:
        raise UserError(f"width '{width}' is not a number of pixels from {NARROWEST} to {WIDEST}")
    return found


def _plan(name: str, raw: Mapping[str, Any]) -> Plan:
    jobs = tuple(_job(job) for job in raw["jobs"])
    return Plan(
        name=name,
        sweep=str(raw.get("sweep") or name),
        purpose=str(raw.get("purpose") or "").strip(),
        command=str(raw.get("command") or "").strip(),
        varied=tuple(str(key) for key in raw.get("varied") or ()),
        constants={str(key): plain(value) for key, value in (raw.get("constants") or {}).items()},
        look=look(raw.get("report") or {}),
        jobs=jobs,
    )


def _job(raw: Mapping[str, Any]) -> PlannedRun:
    signature = str(raw["signature"])
    if not _SIGNATURE.fullmatch(signature):
        raise ValueError(f"strange signature '{signature}'")
    values = {str(key): plain(value) for key, value in (raw.get("values") or {}).items()}
    overrides = tuple(str(override) for override in raw.get("overrides") or ())
    precision = raw.get("precision")
    label, known = str(raw.get("label") or signature), precision if isinstance(precision, str) else None
    return PlannedRun(signature, label, values, overrides, known)


def look(raw: Mapping[str, Any]) -> Look:
    """The settings of `report`; `UserError` for an unknown layout, a crop that is no region, or an odd width."""
    layout = raw.get("layout") or "grid"
    if layout not in ("grid", "pairs", "triples"):
        raise UserError(f"unknown layout '{layout}'{did_you_mean(str(layout), ('grid', 'pairs', 'triples'))}")
    rows, cols, facets = (parse_keys(raw.get(key)) for key in ("rows", "cols", "facet"))
    return Look(rows, cols, cast(Layout, layout), parse_crop(raw.get("crop")), facets, parse_width(raw.get("width")))


def plain(value: object) -> Value:
    """A JSON value as one that can head a row: lists are joined with `+`, mappings are written out."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list):
        return "+".join(str(part) for part in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
