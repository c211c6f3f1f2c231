"""The write-up's question: does a start from noise take longer than one from the content picture?"""

from collections.abc import Iterator

import pandas as pd

from nst.report import labels
from nst.report.stats.equivalence import LEAST, Comparison, compare
from nst.report.stats.groups import caption, counted, groups, is_split, machine_words, setting, timed, titles, words
from nst.report.stats.intervals import Mean, mean
from nst.report.stats.tables import NumberTable
from nst.store.plan import Plan, Value

MARGIN = 0.05
"""Share of the time from the content within which two times count as equal."""
BASE = "content"
_BOTH = ("seconds_loop", "ms_per_evaluation_p50")


def starts(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Rows: starts; columns: steps, as in the write-up. None unless both vary."""
    if not {"init", "steps"} <= set(plan.varied) or not (frame["state"] == "done").any():
        return None
    others = [key for key in setting(plan) if key not in ("init", "steps")]
    split = is_split(frame)
    steps = list(dict.fromkeys(run.values.get("steps") for run in plan.runs))
    rows = []
    for place, found in groups(frame, [*others, "machine"]):
        said = (*words(plan, others, place[:-1]), *([machine_words(place)] if split else []))
        rows += [(*said, *row) for row in _rows(found, steps)]
    units = [unit for step in steps for unit in (f"{labels.value('steps', step)} (s)", "p50 (ms)")]
    heads = (*titles(plan, others), *(["machine"] if split else []), "start", *units)
    counts = [timed(found) for _, found in groups(frame, [*others, "init", "steps", "machine"])]
    opening = f"Seconds in the loop and median milliseconds of an evaluation, by start and steps ({counted(counts)})"
    return NumberTable(caption(plan, frame, opening), heads, tuple(rows), len(heads) - len(units))


def _rows(found: pd.DataFrame, steps: list[Value]) -> Iterator[tuple[str, ...]]:
    for init in dict.fromkeys(found["init"]):
        means = [
            mean(found[(found["init"] == init) & (found["steps"] == step)][name]) for step in steps for name in _BOTH
        ]
        yield labels.value("init", init), *(str(about) for about in means)


def differences(plan: Plan, frame: pd.DataFrame) -> NumberTable | None:
    """Each start against the content picture, pair by pair, with a verdict. None unless starts and repeats vary."""
    if not {"init", "repeat"} <= set(plan.varied):
        return None
    keys = [key for key in setting(plan) if key != "init"]
    split = is_split(frame)
    compared = [
        ((*words(plan, keys, place[:-1]), *([machine_words(place)] if split else [])), init, comparison, base)
        for place, found in groups(frame, [*keys, "machine"])
        for init, comparison, base in _compared(found)
    ]
    names = list(dict.fromkeys(f"{init} − {labels.value('init', BASE)}" for _, init, _, _ in compared))
    pairs = sorted({comparison.n for _, _, comparison, _ in compared})
    if not compared:
        return None
    several, uneven = len(names) > 1, len(pairs) > 1
    rows = [
        (*said, *([init] if several else []), *([str(found.n)] if uneven else []), str(base), *_numbers(found))
        for said, init, found, base in compared
    ]
    heads = (*titles(plan, keys), *(["machine"] if split else []), *(["start"] if several else []))
    numbers = (*(["pairs"] if uneven else []), "content (s)", "difference (s)", "difference (%)", "verdict")
    opening = _opening("start − content" if several else names[0], pairs)
    return NumberTable(caption(plan, frame, opening), (*heads, *numbers), tuple(rows), len(heads))


def _compared(found: pd.DataFrame) -> Iterator[tuple[str, Comparison, Mean]]:
    """Every start but the base: its name, how it compares, and the base's own mean."""
    for init in (one for one in dict.fromkeys(found["init"]) if one != BASE):
        comparison = against(found, init)
        if comparison is not None:
            yield labels.value("init", init), comparison, mean(found[found["init"] == BASE]["seconds_loop"])


def _numbers(found: Comparison) -> tuple[str, str, str]:
    return str(found.difference), str(found.percent), found.verdict


def against(found: pd.DataFrame, init: Value, base: Value = BASE) -> Comparison | None:
    """The seconds in the loop of a start against those of another, within repeats; None without a pair.

    `found`: finished runs of one setting on one machine, equal in all but `init` and `repeat`.
    """
    ours, theirs = (_by_repeat(found[found["init"] == one]) for one in (init, base))
    pairs = (ours - theirs).dropna()
    level = theirs[pairs.index].mean()
    return compare(pairs, float(level), MARGIN) if len(pairs) and level > 0 else None


def _by_repeat(runs: pd.DataFrame) -> "pd.Series[float]":
    return runs.drop_duplicates("repeat").set_index("repeat")["seconds_loop"]


def _opening(name: str, pairs: list[int]) -> str:
    share = f"±{100 * MARGIN:g} %"
    count = f"{pairs[0]} to {pairs[-1]} pairs" if len(pairs) > 1 else f"{pairs[0]} pair{'s' * (pairs[0] > 1)}"
    return (
        f"Seconds in the loop, {name} within repeats (mean ± 95 % t-interval, {count} each). Equivalent: the "
        f"90 % interval lies within {share} of the mean of {BASE}; different: the 95 % interval lies outside"
        + (f"; fewer than {LEAST} pairs are not judged" if pairs[0] < LEAST else "")
    )
