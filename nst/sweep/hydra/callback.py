"""Begin and end a sweep, as callbacks of Hydra's multirun; neither returns after concluding a sweep."""

import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

from hydra.errors import HydraException
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.imports import without_collector

with without_collector():
    from nst.errors import UserError, did_you_mean, is_out_of_memory
    from nst.report.read.filter import compared
    from nst.report.read.layout import Layout, layout
    from nst.signals import STOP
    from nst.spec.check import check_keys
    from nst.spec.signature import signature
    from nst.spec.version_2 import signature_version_2
    from nst.store.plan import Plan, read_plan, write_plan
    from nst.store.store import Store, StoreError
    from nst.sweep.hydra.argv import add_losses
    from nst.sweep.hydra.compose import compose_runs, swept
    from nst.sweep.hydra.errors import KEYS, explain
    from nst.sweep.hydra.launchers import forget_plugins_own, launcher_of, override
    from nst.sweep.hydra.several import expand_pictures
    from nst.sweep.hydra.workers import ready_driver, ready_launcher, ready_worker
    from nst.sweep.names import check_same, check_swept, sweep_name
    from nst.sweep.output import check_store
    from nst.sweep.plan import GROUPS, make_plan, told_alike
    from nst.sweep.progress import LivePage
    from nst.sweep.scheduler import Sweep, conclude, due
    from nst.sweep.summary import announce
    from nst.terminal import steady_streams


class SweepCallback(Callback):
    """Plans a sweep, makes its runs unless a launcher does, and reports. `driver`: the process of a worker's copy."""

    current: ClassVar[Sweep | None] = None
    """The sweep of this process, for interruptions, of which Hydra notifies no callback."""

    def __init__(self, driver: int | None = None) -> None:
        self.driver = driver

    def __reduce__(self) -> "tuple[Callable[[int], SweepCallback], tuple[int]]":
        """Copy for a worker: `_arrive` has plugins register their configurations before the driver's replace them."""
        return _arrive, (os.getpid(),)

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Compose and validate every run and write the plan; a wrong run means exit 2 and nothing started."""
        try:
            ready_driver(config)  # before the plan, which records what it settles
            sweep = self._start(config)
        except StoreError as error:
            print(f"error: {error}; nothing was started", file=sys.stderr)
            raise SystemExit(1 if error.is_full else 2) from None
        except (UserError, HydraException, OmegaConfBaseException, OSError, ImportError) as error:
            print(f"error: {explain(error)}", file=sys.stderr)
            raise SystemExit(2) from None
        except Exception as error:  # Hydra would turn it into a warning and go on
            if is_out_of_memory(error):
                print("error: memory ran out before the first run began", file=sys.stderr)
            else:
                traceback.print_exc()
            raise SystemExit(1) from None
        left = due(sweep)
        if len(left) > 1:
            LivePage(sweep.store, sweep.plan).begin()
        STOP.allow_interrupts()
        if launcher_of(config) is None or not left:
            conclude_current()  # Hydra's own launcher would compose each run twice more
        ready_launcher(config)

    def on_job_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Prepare the process of a run before it begins, while CUDA has not started."""
        ready_worker(config, self.driver)

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Make what workers put off or lost, and write the report; exit 1 if a run failed."""
        conclude_current()

    def _start(self, config: DictConfig) -> Sweep:
        current = start(config, command_line())
        type(self).current = current
        name = current.plan.name
        override(config, "name", name, f"'{name}'")  # it may contain '=', which Hydra's grammar refuses unquoted
        return current


def start(config: DictConfig, command: str) -> Sweep:
    """Compose, validate and announce a sweep and write its plan; raises SystemExit if only the plan is wanted."""
    typed, skipped = task_overrides(config), expand_pictures(config)
    overrides = sweep_overrides(config)
    composed = compose_runs(overrides)
    first = composed[0].config
    sweep = (OmegaConf.select(config, "hydra.runtime.choices.sweep") or "").rpartition("/")[2] or None
    check_swept(swept(overrides))
    name = sweep_name(sweep, typed, swept(overrides), first.name)
    store = check_store(first)
    plan = make_plan(store, composed, overrides, name=name, sweep=sweep, command=command)
    names = {key for run in composed for key in (signature(run.spec), signature_version_2(run.spec)) if key}
    earlier = earlier_plan(store, name)
    replaced = check_same(earlier, plan, names) if first.name else None
    for line in filter(None, (*skipped, replaced, told_alike(plan))):
        print(line, file=sys.stderr)
    check_plan(config, plan)
    if any(run.config.output for run in composed):
        raise UserError(f"output={first.output}: is for a single run; a sweep's pictures are in its report")
    current = announce(Sweep(store, plan, tuple(composed), earlier))
    if first.plan:
        raise SystemExit(0)
    STOP.expect(starts_over=any(run.config.rerun == "all" for run in composed))
    keep_plan(current)
    return current


def earlier_plan(store: Store, name: str) -> Plan | None:
    """Return the plan that a sweep's folder holds; None if there is none that can be read."""
    try:
        return read_plan(store, name)
    except UserError:
        return None


def sweep_overrides(config: DictConfig) -> list[str]:
    """Return what Hydra's basic sweeper expands: the overrides of the sweep's file, then the command line's."""
    params = OmegaConf.select(config, "hydra.sweeper.params") or {}
    return [add_losses(f"{key}={value}") for key, value in params.items()] + task_overrides(config)


def task_overrides(config: DictConfig) -> list[str]:
    """Return the command line's overrides, with their interpolations (`content=${pair.content}`) left alone."""
    return [str(override) for override in OmegaConf.to_container(config.hydra.overrides.task, resolve=False) or ()]


def command_line(words: Sequence[str] | None = None) -> str:
    """Return the command that made a sweep, for its report; `words` are its arguments, those of the process if None."""
    given = sys.argv[1:] if words is None else words
    arguments = [argument for argument in given if argument not in ("--multirun", "-m")]
    flag = [] if any(argument.startswith("sweep=") for argument in arguments) else ["-m"]
    return shlex.join(["python", "-m", "nst.run", *flag, *arguments])


def keep_plan(sweep: Sweep) -> None:
    """Put the plan into the store; raises `StoreError` if that fails, unless there is nothing to make."""
    try:
        write_plan(sweep.store, sweep.plan)
    except OSError as error:
        if due(sweep):
            raise StoreError(sweep.store.root, error) from error


def check_plan(config: DictConfig, plan: Plan) -> None:
    """Refuse timed runs side by side, and report settings that make no sense."""
    launcher = launcher_of(config)
    if launcher is not None and plan.is_timed:
        what = "repeats are" if "repeat" in plan.varied else "several threads or devices are"
        raise UserError(f"hydra/launcher={launcher}: {what} for timing, which parallel workers would spoil")
    known = (*KEYS, *GROUPS, *plan.varied, *plan.constants)
    try:
        wanted = layout(plan.report)
        key, base = wanted.compare.key, wanted.compare.base
        check_keys((*(wanted.rows or ()), *(wanted.cols or ()), *(wanted.facets or ())), known)
        check_keys([key], known, "compare.key=")
        for name, asked in (("method", wanted.tradeoff.method), ("over", wanted.tradeoff.over)):
            check_keys([] if asked is None else [asked], known, f"tradeoff.{name}=")
        if key in plan.varied and wanted.compare != Layout.compare and not compared(plan):
            hint = did_you_mean(str(base), dict.fromkeys(str(run.values[key]) for run in plan.runs))
            raise UserError(f"compare.base={base}: no run has {key}={base}{hint}")
    except UserError as error:
        raise UserError(f"report: {error}") from None


def conclude_current() -> NoReturn:
    """Make what is left of this process's sweep, report, and exit."""
    assert SweepCallback.current is not None
    try:
        conclude(SweepCallback.current)
    except Exception:  # a bug of ours, which Hydra would turn into a warning
        traceback.print_exc()
        raise SystemExit(1) from None


def _arrive(driver: int) -> SweepCallback:
    steady_streams()
    forget_plugins_own()
    return SweepCallback(driver)
