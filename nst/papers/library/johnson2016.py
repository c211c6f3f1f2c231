"""Johnson, Alahi and Fei-Fei 2016: what optimisation costs, as they timed it, and how its loss goes down."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from nst.papers.paper import Claim, Paper
from nst.statements.estimate import Estimate, quotient, short_mean
from nst.statements.runs import Run, groups
from nst.statements.statement import TENTH, Finding, Question, Row, Verdict
from nst.statements.traces import at, trace

_TIME = "The time of optimisation grows in proportion to the iterations, and nearly so to the pixels."
_CONVERGED = "In most cases, optimisation converges to satisfactory results within 500 iterations."
_WORTH = (
    "A trained network reaches the loss of 50 to 100 iterations of optimisation, which goes lower with more of them."
)
_NETWORK = 100
"""The iterations that a trained network is worth, at most."""
_NEARLY = 1.25
"""Nearly proportional: within a quarter. In their table, four times the pixels take 3.46 and 3.91 times as long."""
_WITHIN = 500
"""The iterations within which optimisation is said to converge."""
_TRACED = ("evaluations", "loss", "loss at the end")
_Cost = Callable[[Run], float]
Pair = tuple[Run, Run]


def time(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the loop's seconds with the number of evaluations, and with the number of pixels, repeat by repeat.

    Repeats on one machine are the replicates; resumed runs are left out.
    """
    timed = [
        replace(run, keys={**run.keys, "machine": run.machine})
        for run in runs
        if run["seconds_loop"] > 0 and not math.isfinite(run["resumed_at"])
    ]
    return (
        _proportional(timed, "steps", _evaluations, "evaluation", TENTH),
        _proportional(timed, "size", _pixels, "pixel", _NEARLY),
    )


def _evaluations(run: Run) -> float:
    return run["evaluations"]


def _pixels(run: Run) -> float:
    """Return the square of the shorter side, to which the pixels of one content are in proportion."""
    return float(run.keys.get("size", math.nan)) ** 2


def _proportional(timed: Sequence[Run], key: str, cost: _Cost, unit: str, factor: float) -> Finding:
    statistic = (
        f"Seconds of the loop for each {unit}, with the most {unit}s over with the fewest, a ratio for each repeat on "
        f"one machine. Holds if the whole interval is within a factor of {factor:g}, either way; does not hold if all "
        "of it is beyond."
    )
    pairs = [ends for group in groups(timed, [key]) if (ends := _ends(group, cost))]
    rates = [tuple(run["seconds_loop"] / cost(run) for run in ends) for ends in pairs]
    estimate = quotient((f"repeat {number}", math.log(b / a)) for number, (a, b) in enumerate(rates))
    rows: list[Row] = [
        {
            f"{unit}s, fewest": cost(a),
            "seconds": a["seconds_loop"],
            f"{unit}s, most": cost(b),
            "seconds ": b["seconds_loop"],
        }
        for a, b in pairs
    ]
    question = Question("time", _TIME, statistic)
    return question.decide(estimate, _time_said(pairs, cost, unit), rows, _within(estimate, factor))


def _ends(group: Sequence[Run], cost: _Cost) -> Pair | None:
    """Return the runs of least and of most cost; None if there is one cost alone."""
    known = sorted((run for run in group if cost(run) > 0), key=cost)
    return (known[0], known[-1]) if known and cost(known[0]) < cost(known[-1]) else None


def _within(estimate: Estimate, factor: float) -> Verdict:
    if 1 / factor < estimate.low and estimate.high < factor:
        return "holds"
    return "does not hold" if estimate.high < 1 / factor or estimate.low > factor else "undecided"


def _time_said(pairs: Sequence[Pair], cost: _Cost, unit: str) -> str:
    words = (
        f"{short_mean([run['seconds_loop'] for run in runs])} s for {short_mean([cost(run) for run in runs])} {unit}s"
        for runs in zip(*pairs, strict=True)
    )
    return f"The loop takes {' and '.join(words)}; the time for each, in proportion, is"


def converged(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the loss after all evaluations with that after three fifths of them (300 of 500)."""
    question = Question(
        claim="converged",
        quote=_CONVERGED,
        statistic="Total loss after all evaluations over that after three fifths of them, a ratio for each pair of "
        f"pictures: near 1 if nothing more happens. Undecided if it does not hold with fewer than {_WITHIN} of them.",
        least=1 / TENTH,
        reason="what is left to gain is less than the tenth that counts as a difference",
    )
    found = _falls(question, runs, lambda last: 0.6 * last, end_first=True)
    return (found if found.verdict == "holds" or _is_long(runs) else replace(found, verdict="undecided"),)


def _is_long(runs: Sequence[Run]) -> bool:
    """Return whether all traces are as long as the iterations that the claim is about."""
    return all(len(course := trace(run)) and course[-1, 0] >= _WITHIN for run in runs)


def worth(runs: Sequence[Run]) -> tuple[Finding, ...]:
    """Compare the loss after the evaluations that a network is worth with that after all, at least twice as many."""
    question = Question(
        claim="worth",
        quote=_WORTH,
        statistic=f"Total loss after {_NETWORK} evaluations over that after all of them, twice as many or more, a "
        "ratio for each pair of pictures. Networks are not trained here: only what is left to gain is tested.",
    )
    return (_falls(question, runs, lambda last: _NETWORK if last >= 2 * _NETWORK else math.nan),)


def _falls(
    question: Question, runs: Sequence[Run], place: Callable[[float], float], *, end_first: bool = False
) -> Finding:
    """Decide by the loss at a place of the trace over that at its end, or the reverse."""
    rows: list[Row] = []
    for run in runs:
        course = trace(run)
        early = place(float(course[-1, 0])) if len(course) else math.nan
        if math.isfinite(early):
            before, after = at(course, 0, early), at(course, 0, float(course[-1, 0]))
            rows.append({"pictures": run.pair, **dict(zip(_TRACED, (early, before, after), strict=True))})
    sign = -1 if end_first else 1
    logs = [(row["pictures"], sign * math.log(row["loss"] / row["loss at the end"])) for row in rows]
    spent, first, last = (short_mean([row[name] for row in rows]) for name in _TRACED)
    said = f"The total loss is {first} after {spent} evaluations, {last} at the end; the ratio is"
    return question.decide(quotient(logs), said, rows)


PAPER = Paper(
    name="johnson2016",
    title="Perceptual Losses for Real-Time Style Transfer and Super-Resolution",
    authors="Johnson, Alahi, Fei-Fei",
    year=2016,
    venue="ECCV",
    link="https://arxiv.org/abs/1603.08155",
    note="Only what they say of optimisation, their baseline, is tested: no network is trained. Their table, recalled: "
    "a Titan X takes 3.17, 9.52 and 15.86 s for 100, 300 and 500 iterations at 256 px; 10.97, 32.91 and 54.85 s at "
    "512; 42.89, 128.66 and 214.44 s at 1024. Times are this machine's, of one pair of pictures, so their replicates "
    "are repeats and speak of no other machine. VGG-19 stands for VGG-16, with the same names of layers; weights "
    "are those recalled of the authors' code, without total variation. The quick profile is smaller and "
    "shorter than theirs.",
    claims=(
        Claim(
            name="time",
            sweep="johnson2016_time",
            varied="evaluations: once, three times; size: once, twice",
            words=_TIME,
            place="The table of speed",
            known="memory",
            prediction="Three times the evaluations take 3.00 times as long, four times the pixels 3.5 to 4 times.",
            test=time,
            counts="times",
        ),
        Claim(
            name="converged",
            sweep="johnson2016_loss",
            varied="evaluations, along the trace",
            words=_CONVERGED,
            place="Section 4.1, on the baseline",
            known="memory",
            prediction="The last two fifths of the evaluations lower the loss by less than a tenth.",
            test=converged,
        ),
        Claim(
            name="worth",
            sweep="johnson2016_loss",
            varied="evaluations, along the trace",
            words=_WORTH,
            place="Section 4.1, the figure of the objective",
            known="memory",
            prediction="The loss after 100 evaluations is above that at the end by at least a tenth.",
            test=worth,
        ),
    ),
)
