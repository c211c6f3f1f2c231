"""Summarise a sweep before its first run: how many runs there are, how they stand, and how long the rest takes."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from nst.store.plan import with_attempts
from nst.store.store import Record, State
from nst.sweep.estimate import estimate_seconds, speeds
from nst.sweep.progress import clock
from nst.sweep.remarks import remarks
from nst.sweep.scheduler import Sweep, distinct


def announce(sweep: Sweep) -> Sweep:
    """Print how a sweep stands; returns it with that in its plan. Every run's files are looked at once."""
    every = distinct(sweep)
    records = {run.planned.signature: sweep.store.record(run.planned.signature) for run in every}
    stand = [(run, records[run.planned.signature]) for run in every]
    free = [run for run, record in stand if run.is_due(record) and record.state is not State.RUNNING]
    seconds = estimate_seconds([run.composed.spec for run in free], speeds(sweep.store)) if free else None
    words = summary(sweep, records, len(free), seconds)
    notes = dict.fromkeys(line for run in free for line in remarks(run.composed.spec))
    lines: list[str] = []
    if sweep.composed[0].config.plan:
        lines += [f"  {records[run.signature].state:8} {run.signature}  {run.label}" for run in sweep.plan.runs]
        lines += ["no earlier runs to estimate the time from"] if free and not seconds else []
    print("\n".join([f"{sweep.plan.name}: {words}", *lines, *notes]), file=sys.stderr, flush=True)
    return replace(sweep, plan=with_attempts(sweep.plan, records, words))


def summary(sweep: Sweep, records: Mapping[str, Record], free: int, seconds: float | None) -> str:
    """Summarise a sweep: `4 runs, 1 done, 3 to do, about 2:10`."""
    states = [records[run.signature].state for run in sweep.plan.runs]
    parts = [f"{len(states)} run{'s' * (len(states) != 1)}"]
    parts += [f"{len(records)} distinct"] if len(records) < len(states) else []
    parts += [f"{states.count(state)} {state}" for state in (State.DONE, State.FAILED) if state in states]
    elsewhere = states.count(State.RUNNING)
    parts += [f"{elsewhere} running elsewhere"] if elsewhere else []
    parts += [f"{free} to do"] if free else [] if elsewhere else ["nothing to do"]
    parts += [f"about {clock(seconds)}"] if seconds else []
    return ", ".join(parts)
