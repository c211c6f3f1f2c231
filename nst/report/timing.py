"""How long the runs took, for every sweep: repeats as mean ± 95 % interval, never across different machines.

Where `init` and `steps` both vary, first the write-up's question: does a start from noise take longer?
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.files import replacing, write_text
from nst.report.intervals import Mean, mean
from nst.report.plan import Plan, Value
from nst.report.tables import Sheet, latex, markdown

MEASURED = {
    "seconds_loop": "loop (s)",
    "ms_per_evaluation_p50": "ms per evaluation, median",
    "ms_per_evaluation_p90": "90th percentile",
    "seconds_warmup": "warm-up (s)",
    "seconds_setup": "set-up (s)",
    "peak_memory_mib": "peak memory (MiB)",
    "total_loss": "total loss",
}
TIMES = tuple(name for name in MEASURED if name.startswith(("seconds", "ms")))
_SAID = ("content", "style", "size", "steps", "init", "optimizer", "precision", "content_layers", "style_layers")
_BOTH = ("seconds_loop", "ms_per_evaluation_p50")

Group = tuple[tuple[Value, ...], "pd.DataFrame"]


def write(
    plan: Plan, frame: pd.DataFrame, folder: Path, formats: Collection[str] = ("csv", "md", "tex")
) -> list[Sheet]:
    """Write `timing.csv`, `timing.md` and `timing.tex`; the tables come back for the page."""
    frame = without_resumed(frame)
    sheets = [sheet for sheet in (starts(plan, frame), by_setting(plan, frame)) if sheet is not None]
    if "csv" in formats:
        with replacing(folder / "timing.csv") as path:
            tidy(plan, frame).to_csv(path, index=False, lineterminator="\n")
    if "md" in formats:
        write_text(folder / "timing.md", "\n".join(markdown(sheet) for sheet in sheets))
    if "tex" in formats:
        write_text(folder / "timing.tex", "\n".join(latex(sheet) for sheet in sheets))
    return sheets


def without_resumed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without the times of runs that were interrupted and went on from a checkpoint."""
    timed = frame.copy()
    timed.loc[timed["resumed_at"].notna(), list(TIMES)] = float("nan")
    return timed


def tidy(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """A row a setting and machine, as numbers: the keys, `machine`, `n`, and `_mean` and `_half` of all `MEASURED`."""
    keys = [*_keys(plan), "machine"]
    rows = []
    for place, found in _groups(frame, keys):
        means = {name: mean(found[name]) for name in MEASURED}
        row: dict[str, Any] = dict(zip(keys, place, strict=True)) | {"n": len(found)}
        for name, about in means.items():
            row |= {f"{name}_mean": about.mean, f"{name}_half": about.half}
        rows.append(row)
    columns = [*keys, "n", *(f"{name}_{part}" for name in MEASURED for part in ("mean", "half"))]
    return pd.DataFrame(rows, columns=columns)


def by_setting(plan: Plan, frame: pd.DataFrame) -> Sheet:
    """A row a setting: n, seconds, milliseconds, memory, loss; columns that nothing was measured for are left out."""
    keys = _keys(plan)
    names = [name for name in MEASURED if frame[name].notna().any()]
    split = _machines(frame) > 1
    rows = []
    for place, found in _groups(frame, [*keys, "machine"]):
        words = [*_values(plan, keys, place[:-1]), *([str(place[-1])] if split else [])]
        rows.append((*words, str(len(found)), *(str(mean(found[name])) for name in names)))
    heads = (*_titles(plan, keys), *(["machine"] if split else []), "n", *(MEASURED[name] for name in names))
    return Sheet(_caption(plan, frame, "Times of the finished runs"), heads, tuple(rows), len(heads) - len(names) - 1)


def starts(plan: Plan, frame: pd.DataFrame) -> Sheet | None:
    """Rows: starts; columns: steps; below them each start's ratio to `content`, repeat by repeat."""
    if not {"init", "steps"} <= set(plan.varied) or not (frame["state"] == "done").any():
        return None
    others = [key for key in _keys(plan) if key not in ("init", "steps")]
    split = _machines(frame) > 1
    steps = list(dict.fromkeys(job.values.get("steps") for job in plan.jobs))
    rows = []
    for place, found in _groups(frame, [*others, "machine"]):
        words = (*_values(plan, others, place[:-1]), *([str(place[-1])] if split else []))
        rows += [(*words, *row) for row in _start_rows(found, steps)]
    units = [unit for step in steps for unit in (f"{labels.value('steps', step)} (s)", "ms per evaluation")]
    heads = (*_titles(plan, others), *(["machine"] if split else []), "init", *units)
    caption = _caption(plan, frame, f"Loop time by start and steps{_counts(frame)}")
    return Sheet(caption, heads, tuple(rows), len(heads) - len(units))


def _start_rows(found: pd.DataFrame, steps: list[Value]) -> list[tuple[str, ...]]:
    inits = list(dict.fromkeys(found["init"]))
    base = "content" if "content" in inits else inits[0]
    rows = []
    for init in inits:
        means = [_at(found, init, step, name) for step in steps for name in _BOTH]
        rows.append((labels.value("init", init), *(str(about) for about in means)))
    for init in (other for other in inits if other != base):
        ratios = [str(ratio(found, init, base, step, name)) for step in steps for name in _BOTH]
        rows.append((f"{labels.value('init', init)} / {labels.value('init', base)}", *ratios))
    return rows


def ratio(found: pd.DataFrame, init: Value, base: Value, step: Value, name: str) -> Mean:
    """Mean of the ratios between two starts, each taken within one repeat (and so under the same conditions)."""
    repeats = found["repeat"] if "repeat" in found else pd.Series(0, index=found.index)
    here = found[found["steps"] == step].assign(repeat=repeats)
    ours = here[here["init"] == init].drop_duplicates("repeat").set_index("repeat")[name]
    theirs = here[here["init"] == base].drop_duplicates("repeat").set_index("repeat")[name]
    return mean((ours / theirs.where(theirs > 0)).dropna())


def _at(found: pd.DataFrame, init: Value, step: Value, name: str) -> Mean:
    return mean(found[(found["init"] == init) & (found["steps"] == step)][name])


def _counts(frame: pd.DataFrame) -> str:
    """`, n = 10 each` where every cell has as many repeats, else the range."""
    counts = [len(found) for _, found in _groups(frame, ["init", "steps", "machine"])]
    low, high = min(counts), max(counts)
    said = f"n = {low} each" if low == high else f"n = {low} to {high}"
    return f" (mean ± 95 % t-interval, {said})" if high > 1 else " (n = 1, so no interval)"


def _groups(frame: pd.DataFrame, keys: list[str]) -> list[Group]:
    """Finished runs by their values, in the order of the plan."""
    done = frame[frame["state"] == "done"]
    places: dict[tuple[Value, ...], list[int]] = {}
    for index, place in enumerate(zip(*(done[key] for key in keys), strict=True)):
        places.setdefault(place, []).append(index)
    return [(place, done.iloc[indices]) for place, indices in places.items()]


def _keys(plan: Plan) -> list[str]:
    return [key for key in plan.varied if key != "repeat"]


def _titles(plan: Plan, keys: list[str]) -> list[str]:
    return [labels.title(key, plan.constants) for key in keys]


def _values(plan: Plan, keys: list[str], place: tuple[Value, ...]) -> list[str]:
    return [labels.bare(key, value, plan.constants) for key, value in zip(keys, place, strict=True)]


def _machines(frame: pd.DataFrame) -> int:
    return int(frame[frame["state"] == "done"]["machine"].nunique(dropna=False))


def _caption(plan: Plan, frame: pd.DataFrame, opening: str) -> str:
    """The opening, then what is the same for all rows."""
    resumed = int(frame["resumed_at"].notna().sum())
    left_out = [f"times of {resumed} resumed run{'s' * (resumed > 1)} left out"] if resumed else []
    machines = [str(machine) for machine in frame["machine"].dropna().unique()]
    said = [
        _constant(key, plan.constants)
        for key in _SAID
        if plan.constants.get(key) is not None and key not in plan.varied
    ]
    parts = [opening, *([", ".join(said)] if said else []), *(machines if len(machines) == 1 else []), *left_out]
    return "; ".join(parts) + "."


def _constant(key: str, constants: Mapping[str, Value]) -> str:
    said = labels.value(key, constants[key], constants)
    return said if key in ("size", "steps") else f"{labels.title(key)} {said}"
