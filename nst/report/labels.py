"""Turn keys and values into labels: above columns, left of rows and at the ends of curves."""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath, PureWindowsPath

from nst.report.read.layout import Crop, varied
from nst.store.columns import column
from nst.store.plan import NEEDS_KEY, Plan, PlannedRun, Value
from nst.store.styles import BETWEEN, mixed, style_names

THIN = "\u2009"
OUTSIDE = "the crop lies outside"

_TITLES = {
    "tv_weight": "TV weight",
    "optimizer.lr": "learning rate",
    "optimizer.preconditioner.kind": "preconditioner",
    "optimizer.preconditioner.exponent": "preconditioner exponent",
}
_UNITS = {"size": "{} px", "seed": "seed {}", "steps": "{} steps", "repeat": "repeat {}", "threads": "{} threads"}
_NOISES = {"uniform": "uniform noise", "noise": "uniform noise", "gaussian": "gaussian noise"}


def title(key: str, constants: Mapping[str, Value] | None = None) -> str:
    """Name a key or a recorded number: `content layers`; the style weight is a ratio if the content weight is 1."""
    if _is_ratio(key, constants):
        return "style weight : content weight"
    recorded = column(key)
    return recorded.heading if recorded else _TITLES.get(key) or re.sub(r"[_.]", " ", key)


def titles(keys: Iterable[str], constants: Mapping[str, Value] | None = None) -> str:
    """Name an axis of joined keys: `init × seed`."""
    return " × ".join(title(key, constants) for key in keys)


def value(key: str, found: Value, constants: Mapping[str, Value] | None = None) -> str:
    """Label a value as above its column: `conv_3`, `512 px`, `1 000 000 : 1`, `uniform noise`, `picasso`."""
    if key in ("style", "style_shares") and (said := _styles(key, found, constants)):
        return said
    if found is None:
        return "none"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, str):
        return _text(key, found)
    if _is_ratio(key, constants):
        return f"{number(found)} : 1"
    text = _UNITS.get(key, "{}").format(found if key == "seed" else number(found))  # a name, not a count
    return "1 thread" if text == "1 threads" else text


def bare(key: str, found: Value, constants: Mapping[str, Value] | None = None) -> str:
    """Label a value below a heading that already names its key: `0`, not `seed 0`; `px` stays."""
    if key == "seed":
        return str(found)
    is_counted = key in _UNITS and key != "size"
    return value("" if is_counted else key, found, constants)


def distinct(key: str, values: Iterable[Value], constants: Mapping[str, Value] | None = None) -> dict[Value, str]:
    """Label the values of a key below its heading; values whose labels would coincide are written out in full."""
    said = {found: bare(key, found, constants) for found in values}
    texts = list(said.values())
    return {found: text if texts.count(text) == 1 else str(found) for found, text in said.items()}


def phrase(key: str, found: Value, constants: Mapping[str, Value] | None = None) -> str:
    """Label a value that stands alone, without its key above it: bare numbers are preceded by the key."""
    is_word = isinstance(found, str) and key not in NEEDS_KEY
    is_counted = key in _UNITS and not isinstance(found, str)
    says_key = is_word or is_counted or (_is_ratio(key, constants) and found is not None)
    return f"{'' if says_key else title(key) + ' '}{value(key, found, constants)}"


def phrases(values: Mapping[str, Value], keys: Iterable[str], constants: Mapping[str, Value] | None = None) -> str:
    """Label several values: `uniform noise · seed 0`."""
    keys = tuple(keys)
    if {"style", "style_shares"} <= {*keys}:  # shown together
        constants = {**(constants or {}), "style_shares": values.get("style_shares")}
        keys = tuple(key for key in keys if key != "style_shares")
    return " · ".join(phrase(key, values.get(key), constants) for key in keys)


def heading(key: str, found: Value, constants: Mapping[str, Value] | None = None) -> str:
    """Label a value above everything that has it, with its key unless that is obvious: `content layers: conv_4`."""
    if isinstance(found, str) and key != "init":
        return f"{title(key)}: {value(key, found, constants)}"
    return f"style weight {value(key, found, constants)}" if key == "style_weight" else phrase(key, found, constants)


def run(planned: PlannedRun, plan: Plan) -> str:
    """Label one combination in its sweep: all that varies except `repeat`, or the plan's own label."""
    keys = [key for key in varied(plan) if key in planned.values]
    return phrases(planned.values, keys, plan.constants) or planned.label


def crop(region: Crop) -> str:
    """Label a region by its corners: `(0, 0) – (100, 100) px`, or `25–75 % × 0–100 %` of the picture."""
    x, y, w, h = region
    if max(region) <= 1:
        return f"{100 * x:.0f}–{100 * (x + w):.0f} % × {100 * y:.0f}–{100 * (y + h):.0f} %"
    return f"({x:g}, {y:g}) – ({x + w:g}, {y + h:g}) px"


def number(found: float) -> str:
    """Format digits in groups of three with thin spaces: `1 000 000`; fractions to four significant digits."""
    if not math.isfinite(found):
        return "–" if math.isnan(found) else ("∞" if found > 0 else "−∞")
    if abs(found) < 1e12 and (found == int(found) or round(abs(found)) >= 10_000):
        whole = round(found)
        return f"{whole:,}".replace(",", THIN) if abs(whole) >= 10_000 else str(whole)
    return short(found)


def short(found: float) -> str:
    """Format a number to four significant digits, with a power of ten if needed: `2e9`."""
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{found:.4g}")


def pictures(kind: str, values: Mapping[str, Value]) -> list[str]:
    """Name the input pictures of a kind: `content` has one, `style` one for each style with a share."""
    names = style_names({**values, "style": _stems(values.get("style"))}) if kind == "style" else []
    return names or [value(kind, values.get(kind))]


def _styles(key: str, found: Value, constants: Mapping[str, Value] | None) -> str | None:
    """Label styles with their shares, `0.7 a + 0.3 b`, if both are known."""
    known = {**(constants or {}), key: found}
    return mixed({**known, "style": _stems(known.get("style"))}, always=key == "style_shares")


def _stems(styles: Value) -> Value:
    return BETWEEN.join(_text("style", name) for name in styles.split(BETWEEN)) if isinstance(styles, str) else styles


def _text(key: str, found: str) -> str:
    if key == "init" and found in _NOISES:
        return _NOISES[found]
    if key in ("content", "style", "init") and re.search(r"/|\.\w{3,4}$", found):
        return (PureWindowsPath(found) if re.match(r"[A-Za-z]:\\", found) else PurePosixPath(found)).stem
    return found


def _is_ratio(key: str, constants: Mapping[str, Value] | None) -> bool:
    weight = (constants or {}).get("content_weight")
    return key == "style_weight" and not isinstance(weight, bool) and weight == 1
