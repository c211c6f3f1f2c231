"""What is said of a sweep before its first run: how many there are, how they stand, and how long the rest takes."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from nst.pictures.load import remarks
from nst.store.store import Record, State
from nst.sweep.estimate import estimate_seconds
from nst.sweep.plan import with_attempts
from nst.sweep.progress import clock
from nst.sweep.runner import should_run
from nst.sweep.scheduler import Sweep, Turn, turns


def announce(sweep: Sweep) -> Sweep:
    """Print how a sweep stands; returns it with that in its plan. Every run's files are looked at once."""
    every = turns(sweep)
    records = {turn.job.signature: sweep.store.record(turn.job.signature) for turn in every}
    free = [turn for turn in every if _is_due(turn, records) and _state(turn, records) is not State.RUNNING]
    seconds = estimate_seconds(sweep.store, [turn.run.spec for turn in free]) if free else None
    words = summary(sweep, records, len(free), seconds)
    notes = dict.fromkeys(line for turn in free for line in remarks(turn.run.spec))
    lines: list[str] = []
    if sweep.runs[0].config.plan:
        lines += [f"  {records[job.signature].state:8} {job.signature}  {job.label}" for job in sweep.plan.jobs]
        lines += ["no earlier runs to estimate the time from"] if free and not seconds else []
    print("\n".join([f"{sweep.plan.name}: {words}", *lines, *notes]), file=sys.stderr, flush=True)
    return replace(sweep, plan=with_attempts(sweep.plan, records, words))


def summary(sweep: Sweep, records: Mapping[str, Record], free: int, seconds: float | None) -> str:
    """`4 runs, 1 done, 3 to do, about 2:10`."""
    jobs = sweep.plan.jobs
    states = [records[job.signature].state for job in jobs]
    parts = [f"{len(jobs)} run{'s' * (len(jobs) != 1)}"]
    parts += [f"{len(records)} distinct"] if len(records) < len(jobs) else []
    parts += [f"{states.count(state)} {state}" for state in (State.DONE, State.FAILED) if state in states]
    elsewhere = states.count(State.RUNNING)
    parts += [f"{elsewhere} running elsewhere"] if elsewhere else []
    parts += [f"{free} to do"] if free else [] if elsewhere else ["nothing to do"]
    parts += [f"about {clock(seconds)}"] if seconds else []
    return ", ".join(parts)


def _is_due(turn: Turn, records: Mapping[str, Record]) -> bool:
    record = records[turn.job.signature]
    return should_run(record, turn.run.config.rerun, record.attempt)


def _state(turn: Turn, records: Mapping[str, Record]) -> State:
    return records[turn.job.signature].state
