"""What one call of Hydra's task does: a run alone, or a run as part of the sweep whose plan is on disk."""

import sys
from datetime import datetime
from pathlib import Path

from nst.inputs import remarks
from nst.spec.schema import Config
from nst.spec.spec import Spec, signature
from nst.store.provenance import now
from nst.store.store import Store
from nst.sweep.job import Outcome, copy_output, run_job
from nst.sweep.plan import read_plan
from nst.sweep.progress import Reporter


def run_alone(config: Config, spec: Spec) -> None:
    """A single run: its lines, a copy of its picture if asked for, exit 1 where it fails."""
    store = _store(config)
    if config.plan:
        print(f"1 run, {store.state(signature(spec))}: {store.job(signature(spec))}", file=sys.stderr)
        return
    for line in remarks(spec):
        print(line, file=sys.stderr)
    outcome = run_job(store, spec, Reporter(""), rerun=config.rerun)
    if outcome is Outcome.FAILED:
        raise SystemExit(1)
    if config.output:
        print(f"picture: {copy_output(store, spec, config.output)}", file=sys.stderr)


def run_in_sweep(config: Config, spec: Spec, number: int) -> None:
    """One run of a sweep; never raises for a run that fails, so that the others go on (unless `fail_fast`)."""
    store = _store(config)
    plan = read_plan(store, config.name or "")
    title, since = f"[{number + 1}]", now()
    if plan is not None and number < len(plan.jobs):
        title = f"[{number + 1}/{len(plan.jobs)}] {plan.jobs[number].label}"
        since = datetime.fromisoformat(plan.created_utc)
    outcome = run_job(store, spec, Reporter(title), rerun=config.rerun, since=since)
    if outcome is Outcome.FAILED and config.fail_fast:
        from nst.sweep.callback import finish_current

        finish_current()


def _store(config: Config) -> Store:
    return Store(Path(config.runs_dir).expanduser())
