"""Conclude a sweep: make what is left (`nst.sweep.scheduler`), write the report, list every failure, and exit.

`conclude` is called by `nst.sweep.callback`: for all runs without workers, else for those that the workers left.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from nst.device import is_elsewhere
from nst.errors import UserError
from nst.store.plan import Plan, PlannedRun
from nst.store.store import Store, StoreError
from nst.sweep.rerun import DETERMINISTIC
from nst.sweep.scheduler import Sweep, due, execute, failed_since


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
    """Say why no further run is made, and what there is."""
    signatures = [run.signature for run in sweep.plan.runs]
    done = sum(sweep.store.metrics(signature) is not None for signature in signatures)
    _list([run for run in _not_done(sweep) if sweep.store.error(run.signature) is not None], sweep.store)
    kept = f"{done} of {len(signatures)} runs are done and kept, the same command resumes from here"
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
    """Build the report of a sweep and print its path; False, and one line, if that fails.

    In a store that cannot be written, the report of a sweep to which nothing was added stands as it is.
    """
    page = sweep.store.report(sweep.plan.name) / "index.html"
    try:
        print(f"report: {write_report(sweep.store, sweep.plan)}", file=sys.stderr, flush=True)
    except (OSError, UserError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or error
        if isinstance(error, OSError) and page.exists() and is_recalled:
            print(f"report: {page} (as it was; it cannot be written anew: {reason})", file=sys.stderr, flush=True)
            return True
        print(f"report: could not be written ({reason}); python -m nst.report {sweep.plan.name}", file=sys.stderr)
        return False
    return True


def write_report(store: Store, plan: Plan) -> Path:
    """Build the report of a sweep; returns the path of its page. One process at a time."""
    from nst.report.build import build

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
    again = store.record(run.signature, probe=False).error in DETERMINISTIC
    return f"{reason} (rerun=failed tries it again)" if again else reason
