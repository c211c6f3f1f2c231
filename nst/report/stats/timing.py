"""Tabulate the times of the runs of a sweep: repeats as mean ± 95 % interval, never across different machines."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from nst.report.stats.groups import caption, counted, groups, setting, timed, told_apart, without_resumed
from nst.report.stats.intervals import mean
from nst.report.stats.paired_times import by_steps, differences
from nst.report.stats.tables import PREAMBLE, NumberTable, latex, markdown
from nst.store.atomic import write_text
from nst.store.columns import METRICS, TOTAL
from nst.store.plan import Plan

COSTS = tuple(column for column in METRICS if column.kind in ("time", "memory"))
ALL = (*(column.name for column in COSTS), TOTAL)


def write(plan: Plan, frame: pd.DataFrame, folder: Path, formats: Collection[str]) -> list[NumberTable]:
    """Write `timing.csv`, `timing.md` and `timing.tex` if they are among the formats; returns the tables."""
    frame = without_resumed(frame)
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
    """Return a row a setting and machine: keys, `machine`, `n` (with a time), `_mean` and `_half` of `ALL`."""
    keys = [*setting(plan), "machine"]
    rows = []
    for place, found in groups(frame, keys):
        row: dict[str, Any] = dict(zip(keys, place, strict=True)) | {"n": timed(found)}
        for name in ALL:
            about = mean(found[name])
            row |= {f"{name}_mean": about.mean, f"{name}_half": about.half}
        rows.append(row)
    columns = [*keys, "n", *(f"{name}_{part}" for name in ALL for part in ("mean", "half"))]
    return pd.DataFrame(rows, columns=columns)


def by_setting(plan: Plan, frame: pd.DataFrame) -> NumberTable:
    """Tabulate seconds, milliseconds and memory, a row a setting; columns without a measurement are left out.

    The number of repeats is shown once if it is the same for all.
    """
    heads, found = told_apart(plan, frame, setting(plan))
    costs = [column for column in COSTS if frame[column.name].notna().any()]
    counts = [timed(runs) for _, runs in found]
    is_uneven = len(set(counts)) > 1
    rows = [
        (*words, *([str(count)] * is_uneven), *(str(mean(runs[cost.name])) for cost in costs))
        for (words, runs), count in zip(found, counts, strict=True)
    ]
    opening = "Times by setting; the loop without set-up and warm-up, p50 and p90 of its evaluations"
    numbers = [*["n"] * is_uneven, *(cost.heading for cost in costs)]
    return NumberTable(
        caption(plan, frame, f"{opening} ({counted(counts)})"), (*heads, *numbers), tuple(rows), len(heads)
    )
