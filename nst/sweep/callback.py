"""What happens around Hydra's multirun: the plan before the first run, the report and the exit code after the last."""

import shlex
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.inputs import remarks
from nst.report.plan import look
from nst.spec.resolve import check_keys
from nst.store.provenance import now
from nst.store.store import State, Store
from nst.sweep.estimate import estimate_seconds
from nst.sweep.explain import KEYS, explain
from nst.sweep.job import is_due
from nst.sweep.names import sweep_name
from nst.sweep.plan import GROUPS, Composed, Plan, compose_jobs, make_plan, swept, write_plan
from nst.sweep.progress import clock


class SweepCallback(Callback):
    """Plans a sweep, stops where nothing is left to do, and reports."""

    current: ClassVar[tuple[Store, Plan] | None] = None
    """The sweep of this process, for an interruption that Hydra tells no callback of."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Compose and validate every run; a wrong one means exit 2 and nothing started."""
        try:
            self._start(config)
        except (UserError, HydraException, OmegaConfBaseException, OSError) as error:
            print(f"error: {explain(error)}", file=sys.stderr)
            raise SystemExit(2) from None
        except Exception:  # Hydra would turn it into a warning and go on
            traceback.print_exc()
            raise SystemExit(1) from None

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Write the report; exit 1 where a run failed."""
        try:
            finish_current()
        except Exception:
            traceback.print_exc()
            raise SystemExit(1) from None

    def _start(self, config: DictConfig) -> None:
        overrides = sweep_overrides(config)
        composed = compose_jobs(overrides)
        first = composed[0].config
        task = task_overrides(config)
        sweep = OmegaConf.select(config, "hydra.runtime.choices.sweep")
        name = sweep_name(sweep, [o for o in task if o], swept(overrides), first.name)
        plan = make_plan(composed, overrides, name=name, sweep=sweep, command=command_line(), created=now().isoformat())
        store = Store(Path(first.runs_dir).expanduser())
        refuse_workers(config, plan)
        check_report(plan)
        if any(run.config.output for run in composed):
            raise UserError(f"output={first.output}: is for a single run; a sweep's pictures are in its report")
        distinct = {job.signature: run for run, job in zip(composed, plan.jobs, strict=True)}
        due = [run for key, run in distinct.items() if _due(store, key, run, plan)]
        notes = dict.fromkeys(line for run in due for line in remarks(run.spec))
        print("\n".join([summary(store, plan, composed, due), *notes]), file=sys.stderr, flush=True)
        if first.plan:
            raise SystemExit(0)
        write_plan(store, plan)
        type(self).current = (store, plan)
        if not due:
            finish_current()
        with open_dict(config):
            config.name = name
            config.hydra.overrides.task.append(f"name='{name}'")  # it may hold '=', which Hydra's grammar refuses bare


def sweep_overrides(config: DictConfig) -> list[str]:
    """The overrides that Hydra's basic sweeper will expand: those of the sweep's file, then the command line's."""
    params = OmegaConf.select(config, "hydra.sweeper.params") or {}
    return [f"{key}={value}" for key, value in params.items()] + task_overrides(config)


def task_overrides(config: DictConfig) -> list[str]:
    """The command line's overrides, with the interpolations that they hold (`content=${pair.content}`) left alone."""
    return [str(override) for override in OmegaConf.to_container(config.hydra.overrides.task, resolve=False) or ()]


def command_line() -> str:
    """The command that made a sweep, for its report."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--multirun"]
    named = any(argument.startswith("sweep=") for argument in arguments)
    return shlex.join(["python", "-m", "nst.run", *([] if named else ["-m"]), *(a for a in arguments if a != "-m")])


def refuse_workers(config: DictConfig, plan: Plan) -> None:
    """Runs that are timed must not run side by side."""
    launcher = HydraConfig.get().runtime.choices.get("hydra/launcher") if HydraConfig.initialized() else None
    launcher = launcher or OmegaConf.select(config, "hydra.runtime.choices.hydra/launcher")
    if "repeat" in plan.varied and launcher not in (None, "basic"):
        raise UserError(f"hydra/launcher={launcher}: repeats are for timing, which parallel workers would spoil")


def check_report(plan: Plan) -> None:
    """Refuse report settings that make no sense before anything is computed for them."""
    try:
        wanted = look(plan.report)
        check_keys((*(wanted.rows or ()), *(wanted.cols or ())), (*KEYS, *GROUPS))
    except UserError as error:
        raise UserError(f"report: {error}") from None


def summary(store: Store, plan: Plan, composed: Sequence[Composed], due: Sequence[Composed]) -> str:
    """`content_layers: 4 runs, 1 done, 3 to do, about 2:10`; with `plan=true`, a line for each run as well."""
    states = [store.state(job.signature) for job in plan.jobs]
    distinct = len({job.signature for job in plan.jobs})
    parts = [f"{len(plan.jobs)} run{'s' * (len(plan.jobs) != 1)}"]
    parts += [f"{distinct} distinct"] if distinct < len(plan.jobs) else []
    parts += [f"{states.count(s)} {s}" for s in (State.DONE, State.FAILED, State.RUNNING) if s in states]
    parts += [f"{len(due)} to do"] if due else ["nothing to do"]
    seconds = estimate_seconds(store, [run.spec for run in due]) if due else None
    parts += [f"about {clock(seconds)}"] if seconds else []
    lines = [f"{plan.name}: {', '.join(parts)}"]
    if composed[0].config.plan:
        lines += [f"  {s:8} {job.signature}  {job.label}" for s, job in zip(states, plan.jobs, strict=True)]
        lines += ["no earlier runs to estimate the time from"] if due and not seconds else []
    return "\n".join(lines)


def finish_current() -> NoReturn:
    """Write the report of this process's sweep, list what failed, and exit 0 or 1."""
    assert SweepCallback.current is not None
    store, plan = SweepCallback.current
    reported = report_current()
    failed = [job for job in plan.jobs if store.metrics(job.signature) is None]
    for job in failed:
        reason = (store.error(job.signature) or {}).get("message", "not made")
        print(f"failed: {job.label}: {reason}  ({store.job(job.signature)})", file=sys.stderr)
    raise SystemExit(1 if failed or not reported else 0)


def report_current() -> bool:
    """Build the report of this process's sweep and say where it is; False, and one line, where that fails."""
    assert SweepCallback.current is not None
    store, plan = SweepCallback.current
    try:
        print(f"report: {write_report(store, plan)}", file=sys.stderr, flush=True)
    except (OSError, UserError, MemoryError) as error:
        print(f"report: could not be written ({error}); python -m nst.report {plan.name}", file=sys.stderr, flush=True)
        return False
    return True


def write_report(store: Store, plan: Plan) -> Path:
    """Build the report of a sweep; returns the path of its page."""
    from nst.report.build import build

    return build(plan.name, store.root) / "index.html"


def _due(store: Store, key: str, run: Composed, plan: Plan) -> bool:
    return is_due(store, key, run.config.rerun, datetime.fromisoformat(plan.created_utc))
