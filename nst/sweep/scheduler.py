"""Making what is left of a sweep in this process: first what is free, then what other processes hold.

A run that another process makes is put off, not waited for; when nothing else is left, those are waited for together,
and any whose process died without a result is made here. So each of several processes ends with the whole sweep.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nst.store.store import Store
from nst.sweep.compose import Composed
from nst.sweep.live_page import Refresher
from nst.sweep.plan import Job, Plan
from nst.sweep.progress import ConsoleProgress
from nst.sweep.runner import Outcome, run_job, should_run

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Sweep:
    """A plan with what it was made from, for the process that made it."""

    store: Store
    plan: Plan
    runs: tuple[Composed, ...]


@dataclass(frozen=True)
class Turn:
    """One distinct run of a sweep."""

    title: str
    job: Job
    run: Composed


class FirstFailure(Exception):
    """A run failed, and `fail_fast` asks for no other."""


def turns(sweep: Sweep) -> list[Turn]:
    """The distinct runs of a sweep, in order."""
    first: dict[str, Turn] = {}
    for number, (job, run) in enumerate(zip(sweep.plan.jobs, sweep.runs, strict=True), start=1):
        first.setdefault(job.signature, Turn(f"[{number}/{len(sweep.runs)}] {job.label}", job, run))
    return list(first.values())


def due(sweep: Sweep) -> list[Turn]:
    """The runs that this call still has to make, or to wait for."""
    return [turn for turn in turns(sweep) if _is_due(sweep, turn)]


def execute(sweep: Sweep) -> None:
    """Make all that is due, or wait for it. Raises `StoreError` where nothing more can be recorded."""
    refresher = Refresher(sweep.store, sweep.plan)
    try:
        _check_failures(sweep)
        _wait(sweep, _pass(sweep, due(sweep), refresher), refresher)
    except FirstFailure:
        return


def failed_since(store: Store, plan: Plan) -> list[Job]:
    """Runs that failed after the plan was made, here or in any other process."""
    records = [(job, store.record(job.signature, probe=False)) for job in plan.jobs]
    return [job for job, record in records if record.error is not None and record.attempt != job.seen]


def _check_failures(sweep: Sweep) -> None:
    if any(run.config.fail_fast for run in sweep.runs) and failed_since(sweep.store, sweep.plan):
        raise FirstFailure


def _pass(sweep: Sweep, wanted: Sequence[Turn], refresher: Refresher) -> list[Turn]:
    """Make what is free; returns what other processes hold."""
    return [turn for turn in wanted if _make(sweep, turn, refresher) is Outcome.HELD]


def _wait(sweep: Sweep, held: list[Turn], refresher: Refresher) -> None:
    if held:
        runs, them = ("1 run is", "it") if len(held) == 1 else (f"{len(held)} runs are", "them")
        print(f"{runs} being made by other processes; waiting for {them}", file=sys.stderr, flush=True)
    while held:
        time.sleep(POLL_SECONDS)
        held = _pass(sweep, held, refresher)


def _make(sweep: Sweep, turn: Turn, refresher: Refresher) -> Outcome:
    config = turn.run.config
    console = ConsoleProgress(turn.title)
    outcome = run_job(sweep.store, turn.run.spec, console, rerun=config.rerun, seen=turn.job.seen, wait=False)
    if outcome is Outcome.FAILED and config.fail_fast:
        raise FirstFailure
    if outcome in (Outcome.DONE, Outcome.FAILED):
        refresher.after_run()
    return outcome


def _is_due(sweep: Sweep, turn: Turn) -> bool:
    record = sweep.store.record(turn.job.signature, probe=False)
    return should_run(record, turn.run.config.rerun, turn.job.seen)
