"""Part 3: a transfer from noise takes as long as one from the content."""

import math
from collections.abc import Sequence
from dataclasses import replace

from nst.report.labels import number
from nst.report.stats.intervals import LEAST, MARGIN, compare, mean
from nst.store.columns import METRICS, Column
from nst.writeup.claims.runs import Run, against_content, groups, of_kind
from nst.writeup.claims.statement import Finding, Question, Row, Verdict, average, estimated

_STATISTIC = (
    "Time from noise less time from the content, repeat by repeat on one machine, in percent of the mean time from the "
    f"content; equal where its 90 % interval lies within ± {100 * MARGIN:g} % (two one-sided tests)."
)
_VERDICTS: dict[str, Verdict] = {"equivalent": "holds", "different": "does not hold", "undecided": "undecided"}
_WORDS = {"seconds_loop": "seconds of the loop", "ms_per_evaluation_p50": "median evaluation"}
_TIMES = tuple(column for column in METRICS if column.name in _WORDS)
_Pairs = list[tuple[Run, Run]]
"""A run from noise and one from the content, repeat by repeat."""


def running_time(timed: Sequence[Run]) -> tuple[Finding, ...]:
    """Test if both starts take equally long, by number of evaluations: the whole loop, and one evaluation.

    `nst.report.stats.intervals` decides: holds if they are equivalent, does not if they are different. Pairs
    share repeat and machine (host, device, threads, precision, workers); resumed runs are left out.
    Of several machines, the one with the most pairs counts.
    """
    transfers = [run for run in of_kind(timed, "transfer") if not math.isfinite(run["resumed_at"])]
    steps = sorted({run["steps_requested"] for run in transfers if math.isfinite(run["steps_requested"])})
    if not steps:
        return (_question(_STATISTIC).decide(average([]), "", [], "undecided"),)
    return tuple(
        _finding([run for run in transfers if run["steps_requested"] == n], time) for n in steps for time in _TIMES
    )


def _question(statistic: str) -> Question:
    quote = "It seems that no huge time consuming difference exists."
    return Question("running_time", quote, statistic, least=100 * MARGIN, unit="%", minimum=LEAST)


def _finding(runs: Sequence[Run], time: Column) -> Finding:
    question = _question(f"{_STATISTIC} Here: {_WORDS[time.name]}.")
    timed = [replace(run, keys={**run.keys, "machine": run.machine}) for run in runs if run[time.name] > 0]
    pairs = max(map(_pairs, groups(timed, ["init", "repeat"])), key=len, default=[])
    if not pairs:
        return question.decide(average([]), "", [], "undecided")
    base = mean(content[time.name] for _, content in pairs).mean
    found = compare((noise[time.name] - content[time.name] for noise, content in pairs), base, MARGIN)
    rows: list[Row] = [
        {
            **{"evaluations": noise["steps_requested"], "machine": noise.machine},
            **{f"noise, {time.unit}": noise[time.name], f"content, {time.unit}": content[time.name]},
        }
        for noise, content in pairs
    ]
    return question.decide(estimated(found.percent), _said(pairs, time), rows, _VERDICTS[found.verdict])


def _pairs(setting: Sequence[Run]) -> _Pairs:
    return [pair for repeat in groups(setting, ["init"]) for pair in against_content(repeat)[:1]]


def _said(pairs: _Pairs, time: Column) -> str:
    means = (mean(run[time.name] for run in runs).mean for runs in zip(*pairs, strict=True))
    noise, content = (number(float(f"{one:.4g}")) for one in means)
    first = pairs[0][0]
    return (
        f"{_WORDS[time.name].capitalize()} of {first['steps_requested']:.0f} evaluations on {first.machine}: {noise} "
        f"{time.unit} from noise, {content} {time.unit} from the content; the difference is"
    )
