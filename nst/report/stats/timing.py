"""Tabulate the times of a sweep: repeats as mean ± 95 % interval, never across machines; compare within repeats.

The report's setting `compare` gives the key whose values are compared and the base value.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.read.filter import compared
from nst.report.read.layout import layout, varied
from nst.report.stats.groups import caption, counted, groups, title, told_apart, without_precision
from nst.report.stats.intervals import LEAST, MARGIN, Mean, PairedDifference, compare, mean
from nst.report.stats.tables import PREAMBLE, NumberTable, latex, markdown
from nst.store.columns import METRICS, TOTAL
from nst.store.files.atomic import write_text
from nst.store.plan import Plan, Value

LOOP, EVALUATION = "seconds_loop", "ms_per_evaluation_p50"
COSTS = tuple(column for column in METRICS if column.kind in ("time", "memory"))


def write(plan: Plan, frame: pd.DataFrame, folder: Path, formats: Collection[str]) -> list[NumberTable]:
    """Write `timing.csv`, `timing.md` and `timing.tex` if they are among the formats; return the tables."""
    times = [cost.name for cost in COSTS if cost.kind == "time"]
    frame = frame.assign(**frame[times].where(frame["resumed_at"].isna()))  # a resumed run was timed only in part
    found = (by_steps(plan, frame), differences(plan, frame), by_setting(plan, frame))
    sheets = [sheet for sheet in found if sheet is not None]
    if "csv" in formats:
        write_text(folder / "timing.csv", tidy(plan, frame).to_csv(index=False, lineterminator="\n"))
    if "md" in formats:
        write_text(folder / "timing.md", "\n".join(markdown(sheet) for sheet in sheets))
    if "tex" in formats:
        write_text(folder / "timing.tex", "\n".join([PREAMBLE, *(latex(sheet) for sheet in sheets)]))
    return sheets


def tidy(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per setting and machine: keys, `machine`, `n` (runs timed), each number's `_mean` and `_half`."""
    keys, names = [*varied(plan), "machine"], [*(column.name for column in COSTS), TOTAL]
    rows = []
    for place, found in groups(frame, keys):
        row: dict[str, Any] = dict(zip(keys, place, strict=True)) | {"n": int(found[LOOP].count())}
        for name in names:
            about = mean(found[name])
            row |= {f"{name}_mean": about.mean, f"{name}_half": about.half}
        rows.append(row)
    columns = [*keys, "n", *(f"{name}_{part}" for name in names for part in ("mean", "half"))]
    return pd.DataFrame(rows, columns=columns)


def by_setting(plan: Plan, frame: pd.DataFrame) -> NumberTable:
    """Tabulate seconds, milliseconds and memory, one row per setting; `n` is a column only if it differs."""
    heads, found = told_apart(plan, frame, varied(plan))
    costs = [column for column in COSTS if frame[column.name].notna().any()]
    counts = [int(runs[LOOP].count()) for _, runs in found]
    is_uneven = len(set(counts)) > 1
    rows = [
        (*words, *([str(count)] * is_uneven), *(str(mean(runs[cost.name])) for cost in costs))
        for (words, runs), count in zip(found, counts, strict=True)
    ]
    numbers = [*["n"] * is_uneven, *(cost.heading for cost in costs)]
    opening = (
        f"Times by setting; the loop without set-up and warm-up, p50 and p90 of its evaluations ({counted(counts)})"
    )
    return NumberTable(caption(plan, frame, opening), (*heads, *numbers), tuple(rows), len(heads))


def by_steps(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Tabulate values of the compared key by steps, as in the write-up; None unless both vary."""
    key = layout(plan.report).compare.key
    if key == "steps" or not {key, "steps"} <= set(plan.varied) or not (frame["state"] == "done").any():
        return None
    others = [other for other in varied(plan) if other not in (key, "steps")]
    steps = list(dict.fromkeys(run.values.get("steps") for run in plan.runs))
    words, found = told_apart(plan, frame, others)
    rows = [(*said, *row) for said, runs in found for row in _rows(plan, runs, key, steps)]
    heads = (*words, title(plan, key))
    units = [unit for step in steps for unit in (f"{labels.value('steps', step)} (s)", "p50 (ms)")]
    counts = [int(runs[LOOP].count()) for _, runs in groups(frame, [*others, key, "steps", "machine"])]
    what = f"Seconds in the loop and median milliseconds of an evaluation, by {title(plan, key)} and steps"
    opening = f"{what} ({counted(counts)})"
    return NumberTable(caption(plan, frame, opening), (*heads, *units), tuple(rows), len(heads))


def _rows(plan: Plan, found: pd.DataFrame, key: str, steps: list[Value]) -> Iterator[tuple[str, ...]]:
    for value in dict.fromkeys(found[key]):
        own = _having(found, key, value)
        means = [mean(_having(own, "steps", step)[name]) for step in steps for name in (LOOP, EVALUATION)]
        yield labels.bare(key, value, plan.constants), *(str(about) for about in means)


def differences(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Compare each value of the compared key with the base, pair by pair; None unless repeats vary, too."""
    asked = compared(plan)
    if asked is None or "repeat" not in plan.varied:
        return None
    key, base = asked
    frame = without_precision(frame) if key in ("precision", "device") else frame
    words, groups_of_runs = told_apart(plan, frame, [other for other in varied(plan) if other != key])
    found = [(said, *row) for said, runs in groups_of_runs for row in _compared(plan, runs, key, base)]
    if not found:
        return None
    against_base = labels.phrase(key, base, plan.constants)
    names = list(dict.fromkeys(f"{name} − {against_base}" for _, name, _, _ in found))
    pairs = sorted({comparison.difference.n for _, _, comparison, _ in found})
    is_several, is_uneven = len(names) > 1, len(pairs) > 1
    rows = []
    for said, name, about, level in found:
        numbers = map(str, (level, about.difference, about.percent, about.verdict))
        rows.append((*said, *[name] * is_several, *[str(about.difference.n)] * is_uneven, *numbers))
    heads = (*words, *[title(plan, key)] * is_several)
    units = (*["pairs"] * is_uneven, f"{against_base} (s)", "difference (s)", "difference (%)", "verdict")
    opening = _opening(f"{title(plan, key)} − {against_base}" if is_several else names[0], against_base, pairs)
    return NumberTable(caption(plan, frame, opening), (*heads, *units), tuple(rows), len(heads))


def _compared(plan: Plan, runs: pd.DataFrame, key: str, base: Value) -> Iterator[tuple[str, PairedDifference, Mean]]:
    """Yield for every value but the base its name, its comparison with the base, and the base's mean."""
    for value in (one for one in dict.fromkeys(runs[key]) if one != base):
        comparison = against(runs, key, value, base)
        if comparison is not None:
            yield labels.phrase(key, value, plan.constants), comparison, mean(_having(runs, key, base)[LOOP])


def against(found: pd.DataFrame, key: str, value: Value, base: Value) -> PairedDifference | None:
    """Compare the seconds in the loop of one value of a key with those of another, within repeats; None without a pair.

    `found`: finished runs of one setting on one machine, equal in all but `key` and `repeat`.
    """
    once = found.drop_duplicates([key, "repeat"]).set_index("repeat")
    ours, theirs = (_having(once, key, one)[LOOP] for one in (value, base))
    pairs = (ours - theirs).dropna()
    level = theirs[pairs.index].mean()
    return compare(pairs, float(level)) if len(pairs) and level > 0 else None


def _having(runs: pd.DataFrame, key: str, value: Value) -> pd.DataFrame:
    return runs[[one == value for one in runs[key]]]


def _opening(name: str, base: str, pairs: list[int]) -> str:
    share = f"±{100 * MARGIN:g} %"
    count = f"{pairs[0]} to {pairs[-1]} pairs" if len(pairs) > 1 else f"{pairs[0]} pair{'s' * (pairs[0] > 1)}"
    return (
        f"Seconds in the loop, {name} within repeats (mean ± 95 % t-interval, {count} each). Equivalent: the "
        f"90 % interval lies within {share} of the mean of {base}; different: the 95 % interval lies outside"
        + (f"; fewer than {LEAST} pairs are not judged" if pairs[0] < LEAST else "")
    )
