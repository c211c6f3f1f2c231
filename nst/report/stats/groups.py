"""Group finished runs that may be averaged (same machine, equal but for `repeat`), and caption their tables."""

from collections.abc import Sequence

import pandas as pd

from nst.report import labels
from nst.store.plan import Plan, Value

_SAID = ("content", "style", "size", "steps", "init", "optimizer", "precision", "content_layers", "style_layers")

Place = tuple[Value, ...]


def groups(frame: pd.DataFrame, keys: Sequence[str]) -> list[tuple[Place, pd.DataFrame]]:
    """Group finished runs by their values, in plan order."""
    done = frame[frame["state"] == "done"]
    places: dict[Place, list[int]] = {}
    for index, place in enumerate(zip(*(done[key] for key in keys), strict=True)):
        places.setdefault(place, []).append(index)
    return [(place, done.iloc[indices]) for place, indices in places.items()]


def title(plan: Plan, key: str) -> str:
    return "start" if key == "init" else labels.title(key, plan.constants)


def told_apart(
    plan: Plan, frame: pd.DataFrame, keys: Sequence[str]
) -> tuple[list[str], list[tuple[list[str], pd.DataFrame]]]:
    """Return the headings of the keys' columns, and each group's words with its runs; machines if there are several."""
    found = groups(frame, [*keys, "machine"])
    is_split = len({place[-1] for place, _ in found}) > 1
    heads = [title(plan, key) for key in keys] + ["machine"] * is_split
    said = [labels.distinct(key, frame[key], plan.constants) for key in keys]
    rows = []
    for (*values, machine), runs in found:
        words = [texts[value] for texts, value in zip(said, values, strict=True)]
        rows.append((words + ["unknown" if machine is None else str(machine)] * is_split, runs))
    return heads, rows


def counted(counts: Sequence[int]) -> str:
    """Describe the number of repeats: `mean ± 95 % t-interval, n = 10 each`."""
    low, high = min(counts, default=0), max(counts, default=0)
    if high <= 1:
        return "n = 1, so no interval"
    return f"mean ± 95 % t-interval, n = {low} each" if low == high else f"mean ± 95 % t-interval, n = {low} to {high}"


def caption(plan: Plan, frame: pd.DataFrame, opening: str) -> str:
    """Return the opening, followed by what all rows share and what was left out."""
    resumed = int(frame["resumed_at"].notna().sum())
    left_out = [f"times of {resumed} resumed run{'s' * (resumed > 1)} left out"] if resumed else []
    machines = [str(machine) for machine in frame["machine"].dropna().unique()]
    ran_on = [f"on {machines[0]}"] if len(machines) == 1 else []
    parts = [settings(plan, but="precision" if ran_on else ""), *ran_on, *left_out]
    said = "; ".join(part for part in parts if part)
    return f"{opening}. {said[0].upper()}{said[1:]}." if said else f"{opening}."


def settings(plan: Plan, but: str = "") -> str:
    """Describe what all runs share: `content wally, 512 px, 300 steps, start uniform noise`."""
    said = []
    for key in (key for key in _SAID if plan.constants.get(key) is not None and key not in (*plan.varied, but)):
        value = labels.value(key, plan.constants[key], plan.constants)
        counted = labels.phrase(key, plan.constants[key]) if key in ("size", "steps") else None
        said.append(counted or f"{'start' if key == 'init' else labels.title(key)} {value}")
    return ", ".join(said)


def without_precision(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the precision removed from the machines' names."""
    pairs = zip(frame["machine"], frame["precision"], strict=True)
    kept = [name and ", ".join(part for part in name.split(", ") if part != precision) for name, precision in pairs]
    return frame.assign(machine=pd.Series(kept, index=frame.index, dtype="object"))


def one_machine(frame: pd.DataFrame) -> bool:
    """Return whether the runs were made on one machine; a precision or device that varies is no part of it."""
    if "machine" not in frame:
        return True
    known = frame[frame["machine"].notna()]
    if {"precision", "device"} & {*frame.attrs.get("keys", ())} and "precision" in known:
        known = without_precision(known)
    return int(known["machine"].nunique()) <= 1
