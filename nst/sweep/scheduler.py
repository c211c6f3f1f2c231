"""Make what is left of a sweep in this process: first what is free, then what other processes hold.

`execute` is called by `nst.sweep.conclude` and calls `nst.sweep.runner.run_job` for each run that is due. A
run that another process makes is put off, not waited for; when nothing else is left, those are waited for together, and
any whose process died without a result is made here. So each of several processes ends with the whole sweep.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nst.store.plan import Plan, PlannedRun
from nst.store.store import Record, Store
from nst.sweep.compose import ComposedRun
from nst.sweep.live_page import LivePage
from nst.sweep.progress import ConsoleProgress
from nst.sweep.rerun import should_run
from nst.sweep.runner import Outcome, run_one

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Sweep:
    """A plan with what it was made from, for the process that made it."""

    store: Store
    plan: Plan
    composed: tuple[ComposedRun, ...]


@dataclass(frozen=True)
class SweepRun:
    """A distinct run of a sweep: what the plan says of it, and what only the process that made the plan knows."""

    title: str
    planned: PlannedRun
    composed: ComposedRun

    def is_due(self, record: Record, attempts: int | None = None) -> bool:
        """Return whether a call makes it that saw it recorded `attempts` times, by default as often as it is now."""
        return should_run(record, self.composed.config.rerun, record.attempt if attempts is None else attempts)


class FirstFailure(Exception):
    """A run failed, and `fail_fast` asks for no other."""


def distinct(sweep: Sweep) -> list[SweepRun]:
    first: dict[str, SweepRun] = {}
    for number, (planned, composed) in enumerate(zip(sweep.plan.runs, sweep.composed, strict=True), start=1):
        title = f"[{number}/{len(sweep.composed)}] {planned.label}"
        first.setdefault(planned.signature, SweepRun(title, planned, composed))
    return list(first.values())


def due(sweep: Sweep) -> list[SweepRun]:
    """Return the runs that this call still has to make, or to wait for."""
    runs = [(run, sweep.store.record(run.planned.signature, probe=False)) for run in distinct(sweep)]
    return [run for run, record in runs if run.is_due(record, run.planned.attempts_at_plan)]


def execute(sweep: Sweep) -> None:
    """Make all that is due, or wait for it. Raises `StoreError` if nothing more can be recorded."""
    page = LivePage(sweep.store, sweep.plan)
    if any(run.config.fail_fast for run in sweep.composed) and failed_since(sweep.store, sweep.plan):
        return
    try:
        _wait(sweep, _pass(sweep, due(sweep), page), page)
    except FirstFailure:
        return


def failed_since(store: Store, plan: Plan) -> list[PlannedRun]:
    """Return the runs that failed after the plan was made, here or in any other process."""
    records = [(run, store.record(run.signature, probe=False)) for run in plan.runs]
    return [run for run, record in records if record.error is not None and record.attempt != run.attempts_at_plan]


def _pass(sweep: Sweep, wanted: Sequence[SweepRun], page: LivePage) -> list[SweepRun]:
    return [run for run in wanted if _make(sweep, run, page) is Outcome.HELD]


def _wait(sweep: Sweep, held: list[SweepRun], page: LivePage) -> None:
    if held:
        runs, them = ("1 run is", "it") if len(held) == 1 else (f"{len(held)} runs are", "them")
        print(f"{runs} being made by other processes; waiting for {them}", file=sys.stderr, flush=True)
    while held:
        time.sleep(POLL_SECONDS)
        held = _pass(sweep, held, page)


def _make(sweep: Sweep, run: SweepRun, page: LivePage) -> Outcome:
    config, attempts = run.composed.config, run.planned.attempts_at_plan
    console = ConsoleProgress(run.title)
    outcome = run_one(sweep.store, run.composed.spec, console, rerun=config.rerun, attempts=attempts, wait=False)
    if outcome is Outcome.FAILED and config.fail_fast:
        raise FirstFailure
    if outcome in (Outcome.DONE, Outcome.FAILED):
        page.after_run()
    return outcome
