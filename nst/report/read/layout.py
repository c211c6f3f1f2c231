"""Read and check the `report` settings, which determine how a sweep is shown."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from nst.errors import UserError, did_you_mean
from nst.store.plan import Plan, Value, plain

Crop = tuple[float, float, float, float]
Cells = Literal["grid", "pairs", "triples"]

NARROWEST, WIDEST = 200, 20_000  # width of a figure in pixels


@dataclass(frozen=True)
class Compare:
    """The key whose values are compared, and the base value that the others are compared with, as given."""

    key: str
    base: Value


@dataclass(frozen=True)
class TradeOffKeys:
    """The key whose values have a curve each, and the key that a curve runs over; None leaves one to `choose`."""

    method: str | None = None
    over: str | None = None


@dataclass(frozen=True)
class Layout:
    """The `report` settings; `cells`: the contents of a cell. None leaves an axis to `axes.choose`, () omits it."""

    rows: tuple[str, ...] | None = None
    cols: tuple[str, ...] | None = None
    cells: Cells = "grid"
    crop: Crop | None = None
    facets: tuple[str, ...] | None = None
    width: int | None = None
    compare: Compare = Compare("init", "content")
    tradeoff: TradeOffKeys = TradeOffKeys()


def layout(raw: Mapping[str, Any]) -> Layout:
    """Read the `report` settings; `UserError` for an unknown layout, an invalid crop or an invalid width."""
    cells = raw.get("layout") or "grid"
    if cells not in ("grid", "pairs", "triples"):
        raise UserError(f"unknown layout '{cells}'{did_you_mean(str(cells), ('grid', 'pairs', 'triples'))}")
    rows, cols, facets = (parse_keys(raw.get(key)) for key in ("rows", "cols", "facet"))
    crop, width, compare = parse_crop(raw.get("crop")), parse_width(raw.get("width")), _compare(raw.get("compare"))
    tradeoff = _tradeoff(raw.get("tradeoff"))
    return Layout(rows, cols, cast(Cells, cells), crop, facets, width, compare, tradeoff)


def varied(plan: Plan) -> tuple[str, ...]:
    """Return the keys that distinguish combinations: all that vary except `repeat`."""
    return tuple(key for key in plan.varied if key != "repeat")


def gridded(plan: Plan) -> Plan:
    """Return a plan with a grid in place of triples, which have no axes."""
    return replace(plan, report={**plan.report, "layout": "grid"}) if layout(plan.report).cells == "triples" else plan


def parse_keys(text: object) -> tuple[str, ...] | None:
    """Read the keys of an axis: `init`, `init,seed`, `init × seed` or a list of keys; None stays None."""
    if text is None:
        return None
    if not isinstance(text, Iterable):
        raise UserError(f"{text} is neither a key nor a list of keys")
    parts = re.split(r"[,×]", text) if isinstance(text, str) else [str(part) for part in text]
    return tuple(part.strip() for part in parts if part.strip())


def _compare(raw: object) -> Compare:
    """Read a mapping of `key` and `base`; without a key: does a start from noise take longer?"""
    given = _mapping("compare", raw, ("key", "base"), "{key: KEY, base: VALUE}")
    if given.get("key") is None and given.get("base") is not None:
        raise UserError(f"compare.base={given['base']}: needs compare.key, the key it is a value of")
    if given.get("key") == "repeat":
        raise UserError("compare.key=repeat: repeats are what is paired; choose another key")
    return Layout.compare if given.get("key") is None else Compare(str(given["key"]), plain(given.get("base")))


def _tradeoff(raw: object) -> TradeOffKeys:
    """Read a mapping of `method` and `over`."""
    given = _mapping("tradeoff", raw, ("method", "over"), "{method: KEY, over: KEY}")
    method, over = (None if given.get(name) is None else str(given[name]) for name in ("method", "over"))
    if method is not None and method == over:
        raise UserError(f"tradeoff: {method} is the method; over must be another key")
    return TradeOffKeys(method, over)


def _mapping(name: str, raw: object, keys: tuple[str, ...], form: str) -> dict[Any, Any]:
    """Return a setting that is a mapping of these keys, empty for None."""
    if raw is not None and not isinstance(raw, Mapping):
        raise UserError(f"{name} '{raw}' is not {form}")
    given = dict(raw or {})
    for key in given:
        if key not in keys:
            raise UserError(f"unknown key '{name}.{key}'{did_you_mean(str(key), keys)}")
    return given


def parse_crop(crop: object) -> Crop | None:
    """Read a crop from four numbers or from `x,y,w,h`; `UserError` unless it is a region of positive size."""
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
    """Read the width of `grid.png` in pixels; `UserError` outside 200 to 20,000."""
    if width is None:
        return None
    found = int(str(width)) if str(width).isdecimal() else 0
    if not NARROWEST <= found <= WIDEST:
        raise UserError(f"width '{width}' is not a number of pixels from {NARROWEST} to {WIDEST}")
    return found
