"""Compare the times of the values of one key within repeats: does noise take longer than a start from the content?

The key and the value that the others are compared with are the report's setting `compare`.
"""

from collections.abc import Iterator

import pandas as pd

from nst.report import labels
from nst.report.read.filter import compared
from nst.report.read.layout import layout
from nst.report.stats.groups import caption, counted, groups, setting, timed, title, told_apart
from nst.report.stats.intervals import LEAST, Comparison, Mean, compare, mean
from nst.report.stats.tables import NumberTable
from nst.store.plan import Plan, Value

MARGIN = 0.05  # share of the base's time within which two times count as equal
LOOP, EVALUATION = "seconds_loop", "ms_per_evaluation_p50"


def by_steps(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Tabulate values of the compared key by steps, as in the write-up. None unless both vary."""
    key = layout(plan.report).compare.key
    if key == "steps" or not {key, "steps"} <= set(plan.varied) or not (frame["state"] == "done").any():
        return None
    others = [other for other in setting(plan) if other not in (key, "steps")]
    steps = list(dict.fromkeys(run.values.get("steps") for run in plan.runs))
    words, found = told_apart(plan, frame, others)
    rows = [(*said, *row) for said, runs in found for row in _rows(plan, runs, key, steps)]
    heads = (*words, title(plan, key))
    units = [unit for step in steps for unit in (f"{labels.value('steps', step)} (s)", "p50 (ms)")]
    counts = [timed(runs) for _, runs in groups(frame, [*others, key, "steps", "machine"])]
    opening = f"Seconds in the loop and median milliseconds of an evaluation, by {title(plan, key)} and steps"
    return NumberTable(
        caption(plan, frame, f"{opening} ({counted(counts)})"), (*heads, *units), tuple(rows), len(heads)
    )


def _rows(plan: Plan, found: pd.DataFrame, key: str, steps: list[Value]) -> Iterator[tuple[str, ...]]:
    for value in dict.fromkeys(found[key]):
        own = _having(found, key, value)
        means = [mean(_having(own, "steps", step)[name]) for step in steps for name in (LOOP, EVALUATION)]
        yield labels.bare(key, value, plan.constants), *(str(about) for about in means)


def differences(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Compare each value of the compared key with the base, pair by pair. None unless repeats vary, too."""
    asked = compared(plan)
    if asked is None or "repeat" not in plan.varied:
        return None
    key, base = asked
    frame = _without_precision(frame) if key == "precision" else frame
    words, groups_of_runs = told_apart(plan, frame, [other for other in setting(plan) if other != key])
    found = [(said, *row) for said, runs in groups_of_runs for row in _compared(plan, runs, key, base)]
    if not found:
        return None
    against_base = labels.phrase(key, base, plan.constants)
    names = list(dict.fromkeys(f"{name} − {against_base}" for _, name, _, _ in found))
    pairs = sorted({comparison.n for _, _, comparison, _ in found})
    is_several, is_uneven = len(names) > 1, len(pairs) > 1
    rows = []
    for said, name, about, level in found:
        numbers = map(str, (level, about.difference, about.percent, about.verdict))
        rows.append((*said, *[name] * is_several, *[str(about.n)] * is_uneven, *numbers))
    heads = (*words, *[title(plan, key)] * is_several)
    units = (*["pairs"] * is_uneven, f"{against_base} (s)", "difference (s)", "difference (%)", "verdict")
    opening = _opening(f"{title(plan, key)} − {against_base}" if is_several else names[0], against_base, pairs)
    return NumberTable(caption(plan, frame, opening), (*heads, *units), tuple(rows), len(heads))


def _compared(plan: Plan, runs: pd.DataFrame, key: str, base: Value) -> Iterator[tuple[str, Comparison, Mean]]:
    """Yield every value but the base: its name, how it compares, and the base's own mean."""
    for value in (one for one in dict.fromkeys(runs[key]) if one != base):
        comparison = against(runs, key, value, base)
        if comparison is not None:
            yield labels.phrase(key, value, plan.constants), comparison, mean(_having(runs, key, base)[LOOP])


def against(found: pd.DataFrame, key: str, value: Value, base: Value) -> Comparison | None:
    """Compare the seconds in the loop of one value of a key with those of another, within repeats; None without a pair.

    `found`: finished runs of one setting on one machine, equal in all but `key` and `repeat`.
    """
    once = found.drop_duplicates([key, "repeat"]).set_index("repeat")
    ours, theirs = (_having(once, key, one)[LOOP] for one in (value, base))
    pairs = (ours - theirs).dropna()
    level = theirs[pairs.index].mean()
    return compare(pairs, float(level), MARGIN) if len(pairs) and level > 0 else None


def _having(runs: pd.DataFrame, key: str, value: Value) -> pd.DataFrame:
    return runs[[one == value for one in runs[key]]]


def _without_precision(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with machines that are the same whatever precision they calculated in."""
    pairs = zip(frame["machine"], frame["precision"], strict=True)
    kept = [name and ", ".join(part for part in name.split(", ") if part != precision) for name, precision in pairs]
    return frame.assign(machine=pd.Series(kept, index=frame.index, dtype="object"))


def _opening(name: str, base: str, pairs: list[int]) -> str:
    share = f"±{100 * MARGIN:g} %"
    count = f"{pairs[0]} to {pairs[-1]} pairs" if len(pairs) > 1 else f"{pairs[0]} pair{'s' * (pairs[0] > 1)}"
    return (
        f"Seconds in the loop, {name} within repeats (mean ± 95 % t-interval, {count} each). Equivalent: the "
        f"90 % interval lies within {share} of the mean of {base}; different: the 95 % interval lies outside"
        + (f"; fewer than {LEAST} pairs are not judged" if pairs[0] < LEAST else "")
    )
