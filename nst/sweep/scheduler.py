"""Make the remaining runs of a sweep in this process, write the report, list every failure, and exit.

A run that another process is making is put off until nothing else is left, then waited for, and made here if that
process dies without a result. So each of several processes ends with the whole sweep.
"""

import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from nst.errors import UserError, is_out_of_memory
from nst.hardware.device import is_elsewhere
from nst.signals import STOP
from nst.store.plan import Plan, PlannedRun
from nst.store.store import Record, Store, StoreError
from nst.store.upkeep.measure_runs import is_unmeasured, measure_missing
from nst.sweep.hydra.compose import ComposedRun
from nst.sweep.hydra.errors import explain
from nst.sweep.progress import ConsoleProgress, LivePage
from nst.sweep.rerun import DETERMINISTIC, should_run
from nst.sweep.runner import Outcome, run_one

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Sweep:
    """A plan and the composed runs it was made from, in the process that made it; the plan that its folder held."""

    store: Store
    plan: Plan
    composed: tuple[ComposedRun, ...]
    earlier: Plan | None = None

    @property
    def page(self) -> Path:
        """Return the path of its report's page."""
        return self.store.report(self.plan.name) / "index.html"


@dataclass(frozen=True)
class SweepRun:
    """A distinct run of a sweep: its entry in the plan, and its composed form, which only the planning process has."""

    title: str
    planned: PlannedRun
    composed: ComposedRun

    def is_due(self, record: Record, attempts: int | None = None) -> bool:
        """Return whether a call that saw it recorded `attempts` times (default: as often as now) has to make it."""
        return should_run(record, self.composed.config.rerun, record.attempt if attempts is None else attempts)


def distinct(sweep: Sweep) -> list[SweepRun]:
    first: dict[str, SweepRun] = {}
    for number, (planned, composed) in enumerate(zip(sweep.plan.runs, sweep.composed, strict=True), start=1):
        title = f"[{number}/{len(sweep.composed)}] {planned.label}"
        first.setdefault(planned.signature, SweepRun(title, planned, composed))
    return list(first.values())


def due(sweep: Sweep) -> list[SweepRun]:
    """Return the runs that this call must still make or wait for."""
    runs = [(run, sweep.store.record(run.planned.signature, probe=False)) for run in distinct(sweep)]
    return [run for run, record in runs if run.is_due(record, run.planned.attempts_at_plan)]


def execute(sweep: Sweep, ended: Callable[[PlannedRun], object] = lambda _: None) -> None:
    """Make all runs that are due, or wait for them; `ended` is called with each run when it ends, done or failed.

    Raises `StoreError` if nothing more can be recorded.
    """
    page = LivePage(sweep.store, sweep.plan)
    if any(run.config.fail_fast for run in sweep.composed) and failed_since(sweep.store, sweep.plan):
        return
    held = _pass(sweep, due(sweep), page, ended)
    if held:
        runs, them = ("1 run is", "it") if len(held) == 1 else (f"{len(held)} runs are", "them")
        print(f"{runs} being made by other processes; waiting for {them}", file=sys.stderr, flush=True)
    while held:
        time.sleep(POLL_SECONDS)
        held = _pass(sweep, held, page, ended)


def failed_since(store: Store, plan: Plan) -> list[PlannedRun]:
    """Return the runs that failed after the plan was made, here or in any other process."""
    records = [(run, store.record(run.signature, probe=False)) for run in plan.runs]
    return [run for run, record in records if record.error is not None and record.attempt != run.attempts_at_plan]


def _pass(
    sweep: Sweep, wanted: Sequence[SweepRun], page: LivePage, ended: Callable[[PlannedRun], object]
) -> list[SweepRun]:
    """Make runs and return those that other processes are making; none after a failure if `fail_fast` is set."""
    held = []
    for run in wanted:
        spec, config, attempts = run.composed.spec, run.composed.config, run.planned.attempts_at_plan
        console = ConsoleProgress(run.title)
        outcome = run_one(sweep.store, spec, console, rerun=config.rerun, attempts=attempts, wait=False)
        if outcome is not Outcome.HELD:
            ended(run.planned)
        if outcome is Outcome.FAILED and config.fail_fast:
            return []
        if outcome is Outcome.HELD:
            held.append(run)
        elif outcome is not Outcome.SKIPPED:
            page.after_run()
    return held


def conclude(sweep: Sweep) -> NoReturn:
    """Make what is left if this machine can, report, and exit: 0 if all runs are done, else 1."""
    is_recalled = not due(sweep)
    try:
        if not any(is_elsewhere(run.spec.runtime.device) for run in sweep.composed):
            execute(sweep)
    except StoreError as error:
        stop(sweep, error)
    finish(sweep, is_recalled)


def stop(sweep: Sweep, error: StoreError) -> NoReturn:
    """Print why no further run is made and how many are done, and exit with 1."""
    done = sum(sweep.store.metrics(run.signature) is not None for run in sweep.plan.runs)
    _list([run for run in _not_done(sweep) if sweep.store.error(run.signature) is not None], sweep.store)
    kept = f"{done} of {len(sweep.plan.runs)} runs are done and kept, {STOP.next_time}"
    print(f"stopped: {error}; {kept}", file=sys.stderr)
    raise SystemExit(1)


def finish(sweep: Sweep, is_recalled: bool) -> NoReturn:
    """Write the report, list what failed, and exit; `is_recalled`: nothing was made by this call."""
    reported = report(sweep, is_recalled)
    failed = _not_done(sweep)
    failed += [run for run in failed_since(sweep.store, sweep.plan) if sweep.store.metrics(run.signature) is not None]
    _list(failed, sweep.store)
    raise SystemExit(1 if failed or not reported else 0)


def report(sweep: Sweep, is_recalled: bool = False) -> bool:
    """Build the report of a sweep and print its path; False, and one line, if that fails."""
    page = sweep.page
    try:
        _measure(sweep)
        print(f"report: {write_report(sweep.store, sweep.plan)}", file=sys.stderr, flush=True)
    except (OSError, UserError, RuntimeError, MemoryError, ImportError) as error:
        if isinstance(error, RuntimeError) and not is_out_of_memory(error):
            raise
        reason = getattr(error, "strerror", None) or explain(error)
        if isinstance(error, OSError) and page.exists() and is_recalled:  # nothing was added to what it shows
            print(f"report: {page} (unchanged; it cannot be written again: {reason})", file=sys.stderr, flush=True)
            return True
        place = "" if sweep.store.root == Path("runs") else f" --runs-dir {shlex.quote(str(sweep.store.root))}"
        again = f"python -m nst.report {shlex.quote(sweep.plan.name)}{place}"
        print(f"report: could not be written ({reason}); {again}", file=sys.stderr)
        return False
    return True


def is_reported(sweep: Sweep) -> bool:
    """Return whether its page was drawn before, as asked now, and all runs that are done are measured if asked."""
    earlier = sweep.earlier
    if earlier is None or not sweep.page.is_file() or dict(earlier.report) != dict(sweep.plan.report):
        return False
    asked = _measured(sweep)
    return not (asked and any(is_unmeasured(sweep.store, run.signature, "patches" in asked) for run in sweep.plan.runs))


def _measured(sweep: Sweep) -> set[str]:
    """Return what is asked to be measured, of any run."""
    return {run.spec.runtime.measure for run in sweep.composed if run.spec.runtime.measure is not None}


def _measure(sweep: Sweep) -> None:
    """Measure the runs that were made before, if that is asked for."""
    if asked := _measured(sweep):
        runs = [(run.signature, run.title) for run in sweep.plan.runs]
        tell = partial(print, file=sys.stderr, flush=True)
        measure_missing(sweep.store, runs, tell, patches="patches" in asked)


def write_report(store: Store, plan: Plan) -> Path:
    """Build the report of a sweep; returns the path of its page. One process at a time."""
    try:
        from nst.report.build import build
    except Exception as error:  # a broken library raises anything
        raise ImportError(str(error)) from error

    with store.lock(f"report-{plan.name}"):
        return build(plan.name, store.root) / "index.html"


def _not_done(sweep: Sweep) -> list[PlannedRun]:
    distinct = {run.signature: run for run in reversed(sweep.plan.runs)}
    return [run for run in reversed(distinct.values()) if sweep.store.metrics(run.signature) is None]


def _list(failed: Sequence[PlannedRun], store: Store) -> None:
    for run in failed:
        print(f"failed: {run.title}: {_reason(store, run)}  ({store.run(run.signature)})", file=sys.stderr)


def _reason(store: Store, run: PlannedRun) -> str:
    reason = store.reason(run.signature)
    if reason is None:
        return store.damage(run.signature) or "not made"
    if store.metrics(run.signature) is not None:
        return f"{reason}; the earlier result stays"
    again = store.record(run.signature, probe=False).error == DETERMINISTIC
    return f"{reason} (rerun=failed tries it again)" if again else reason
