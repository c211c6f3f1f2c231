"""Run the task that Hydra calls: `run_alone` for a single run, `run_in_sweep` for a run of a sweep in a worker."""

import sys
from dataclasses import replace

from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from nst.errors import JobError, UserError, is_out_of_memory
from nst.signals import STOP
from nst.spec.check import check_choice
from nst.spec.records import Spec
from nst.spec.resolve import resolve
from nst.spec.schema import Config, config_from
from nst.spec.signature import signature
from nst.spec.version_2 import signature_version_2
from nst.store.plan import PlannedRun, read_plan
from nst.store.store import State, Store, StoreError
from nst.sweep.hydra.errors import explain, several_meant
from nst.sweep.hydra.several import SeveralPictures, SweepMeant, one_each
from nst.sweep.hydra.workers import own_device
from nst.sweep.output import check_output, check_store, copy_output
from nst.sweep.progress import ConsoleProgress, LivePage, clock
from nst.sweep.rerun import RERUNS, run_name, tell_unheeded, unheeded
from nst.sweep.runner import NotStarted, Outcome, run_one
from nst.sweep.scheduler import failed_since
from nst.sweep.summary import estimate_seconds, remarks, speeds
from nst.typed_values import user_path


def run_alone(composed: DictConfig) -> None:
    """Make a single run, and copy its picture if asked; exit with 2 if it cannot begin, with 1 if it fails."""
    config, spec, store, skipped = _checked(composed)
    for line in skipped:
        print(line, file=sys.stderr)
    if config.plan:
        print("\n".join([_planned(config, spec, store), *remarks(spec)]), file=sys.stderr)
        return
    for line in remarks(spec):
        print(line, file=sys.stderr)
    STOP.expect(starts_over=config.rerun == "all")
    STOP.allow_interrupts()
    try:
        outcome = run_one(store, spec, ConsoleProgress(""), rerun=config.rerun)
    except NotStarted as error:
        print(f"error: {error}; nothing was started", file=sys.stderr)
        raise SystemExit(1 if error.is_full else 2) from None
    except StoreError as error:
        ConsoleProgress("").complain(f"stopped: {error}")
        raise SystemExit(1) from None
    if outcome is Outcome.FAILED:
        raise SystemExit(1)
    if outcome is Outcome.SKIPPED:
        for line in tell_unheeded(unheeded(store, run_name(store, spec, config.rerun), config)):
            print(line, file=sys.stderr)
    if config.output:
        try:
            print(f"picture: {copy_output(store, spec, config)}", file=sys.stderr)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(1) from None


def _planned(config: Config, spec: Spec, store: Store) -> str:
    """Return `1 run, pending, about 2:10: runs/jobs/...`, without a time if no earlier run tells one."""
    name = run_name(store, spec, config.rerun)
    state = store.state(name)
    seconds = estimate_seconds([spec], speeds(store)) if state is State.PENDING else None
    about = f", about {clock(seconds)}" if seconds else ""
    return f"1 run, {state}{about}: {store.run(name)}"


def _checked(composed: DictConfig) -> tuple[Config, Spec, Store, list[str]]:
    """Return a run that can begin, and lines about it; or exit here: Hydra would print a line of its own first."""
    try:
        config, skipped = one_each(config_from(composed))
        spec = resolve(config)
        check_choice("rerun", config.rerun, RERUNS)
        store = check_store(config)
        check_output(config, spec)
    except SeveralPictures:
        raise SweepMeant from None
    except (UserError, OmegaConfBaseException) as error:
        print(f"error: {explain(error)}{several_meant(str(error))}", file=sys.stderr)
        raise SystemExit(2) from None
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        print("error: memory ran out before the run began", file=sys.stderr)
        raise SystemExit(1) from None
    return config, spec, store, skipped


def run_in_sweep(composed: DictConfig, number: int) -> None:
    """Make one run of a sweep, in a worker; never raises: what cannot be made here is left to the planning process."""
    title = f"[{number + 1}]"
    try:
        config = config_from(composed)
        store = Store(user_path("runs_dir", config.runs_dir))
        plan = read_plan(store, config.name or "")
        if number >= len(plan.runs):
            raise UserError(f"the plan of {config.name} in {store.root} has no run {number + 1}")
        run, title = plan.runs[number], f"[{number + 1}/{len(plan.runs)}] {plan.runs[number].label}"
        spec = resolve(pinned(config, run))
        found = signature(spec)
        if run.signature not in (found, signature_version_2(spec)):  # its result would go where nobody looks for it
            others = "its pictures, its weights or its version of nst differ"
            raise UserError(f"the plan has {run.signature} here, but this worker composes {found}; {others}")
        spec = replace(spec, runtime=replace(spec.runtime, device=own_device(spec.runtime.device)))
        if not (config.fail_fast and failed_since(store, plan)):
            run_one(store, spec, ConsoleProgress(title), rerun=config.rerun, attempts=run.attempts_at_plan, wait=False)
            LivePage(store, plan).after_run()
    except (JobError, UserError, OmegaConfBaseException, OSError) as error:
        ConsoleProgress(title).complain(f"not made by this worker: {explain(error)}")


def pinned(config: Config, run: PlannedRun) -> Config:
    """Return a configuration with the plan's precision, and its kind of device unless the user chose one."""
    device = (run.device or "auto").partition(":")[0] if config.device == "auto" else config.device
    return replace(config, precision=run.precision or config.precision, device=device)
