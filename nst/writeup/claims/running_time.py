"""Part 3: a transfer from noise takes as long as one from the content."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nst.report.labels import number
from nst.report.stats.intervals import LEAST, compare
from nst.report.stats.paired_times import MARGIN
from nst.store.columns import METRICS, Column
from nst.writeup.claims.estimate import Estimate, average, estimated
from nst.writeup.claims.finding import Finding, Question, Row, Verdict
from nst.writeup.claims.runs import NOISES, Run, groups, of_kind

_QUESTION = Question(
    claim="running_time",
    quote="It seems that no huge time consuming difference exists.",
    statistic="Time from noise less time from the content, repeat by repeat on one machine, in percent of the mean "
    f"time from the content; equal where its 90 % interval lies within ± {100 * MARGIN:g} % (two one-sided tests).",
    least=100 * MARGIN,
    unit="%",
    minimum=LEAST,
)
_VERDICTS: dict[str, Verdict] = {"equivalent": "holds", "different": "does not hold", "undecided": "undecided"}
_WORDS = {"seconds_loop": "seconds of the loop", "ms_per_evaluation_p50": "median evaluation"}
_TIMES = tuple(column for column in METRICS if column.name in _WORDS)


@dataclass(frozen=True)
class _Block:
    """Repeats of one setting on one machine: times from noise and from the content, pair by pair."""

    machine: str
    steps: float
    noise: tuple[float, ...]
    content: tuple[float, ...]


def running_time(timed: Sequence[Run]) -> tuple[Finding, ...]:
    """Test if both starts take equally long, by number of evaluations: the whole loop, and one evaluation.

    `nst.report.stats.intervals` decides: holds if they are equivalent, does not if they are different. Pairs
    share repeat and machine (host, device, threads, precision, workers); resumed runs are left out.
    Of several machines, the one with the most pairs counts.
    """
    transfers = [run for run in of_kind(timed, "transfer") if not math.isfinite(run["resumed_at"])]
    steps = sorted({run["steps_requested"] for run in transfers if math.isfinite(run["steps_requested"])})
    if not steps:
        return (_QUESTION.finding(average([]), "undecided", "", []),)
    return tuple(
        _finding([run for run in transfers if run["steps_requested"] == n], time) for n in steps for time in _TIMES
    )


def _finding(runs: Sequence[Run], time: Column) -> Finding:
    name, unit = _WORDS[time.name], time.unit
    block = max(_blocks(runs, time.name), key=lambda block: len(block.noise), default=_Block("", math.nan, (), ()))
    estimate, verdict = _compared(block)
    rows: list[Row] = [
        {"evaluations": block.steps, "machine": block.machine, f"noise, {unit}": ours, f"content, {unit}": theirs}
        for ours, theirs in zip(block.noise, block.content, strict=True)
    ]
    question = replace(_QUESTION, statistic=f"{_QUESTION.statistic} Here: {name}.")
    return question.finding(estimate, verdict, _said(block, name, unit), rows)


def _compared(block: _Block) -> tuple[Estimate, Verdict]:
    if not block.noise:
        return average([]), "undecided"
    differences = (ours - theirs for ours, theirs in zip(block.noise, block.content, strict=True))
    found = compare(differences, float(np.mean(block.content)), MARGIN)
    return estimated(found.percent), _VERDICTS[found.verdict]


def _blocks(runs: Sequence[Run], time: str) -> list[_Block]:
    found: dict[tuple[object, ...], list[tuple[float, float]]] = {}
    steps: dict[tuple[object, ...], tuple[str, float]] = {}
    for repeat in groups(runs, ["init"]):
        for machine in dict.fromkeys(run.machine for run in repeat):
            here = [run for run in repeat if run.machine == machine and run[time] > 0]
            ours = [run[time] for run in here if run.init in NOISES]
            theirs = [run[time] for run in here if run.init == "content"]
            if ours and theirs:
                place = (machine, *((key, repr(v)) for key, v in here[0].keys.items() if key not in ("init", "repeat")))
                found.setdefault(place, []).append((ours[0], theirs[0]))
                steps[place] = (machine, here[0]["steps_requested"])
    return [_Block(*steps[place], *zip(*pairs, strict=True)) for place, pairs in found.items()]


def _said(block: _Block, name: str, unit: str) -> str:
    if not block.noise:
        return ""
    noise, content = (number(float(f"{np.mean(times):.4g}")) for times in (block.noise, block.content))
    return (
        f"{name.capitalize()} of {block.steps:.0f} evaluations on {block.machine}: {noise} {unit} from noise, "
        f"{content} {unit} from the content; the difference is"
    )
