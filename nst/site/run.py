"""Compose all sweeps of a program, estimate how long they take, and run each in its own process.

Every sweep is composed and validated in this process before the first run of any of them starts.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from nst.errors import UserError
from nst.memory.reuse import CACHES
from nst.run import alternate
from nst.signals import STOP, Terminated
from nst.site import forecast
from nst.site.arguments import Asked
from nst.spec.schema import register
from nst.store.store import Store
from nst.sweep.files import data_folder, load_sweep, sweep_files
from nst.sweep.hydra.argv import given
from nst.sweep.hydra.callback import check_plan, earlier_plan, sweep_overrides
from nst.sweep.hydra.compose import compose_runs
from nst.sweep.hydra.errors import explain
from nst.sweep.hydra.launchers import forget_plugins_own
from nst.sweep.hydra.several import expand_pictures
from nst.sweep.plan import make_plan
from nst.sweep.scheduler import Sweep, distinct, is_reported
from nst.sweep.summary import kind, speeds


def plan_all(asked: Asked) -> tuple[Sweep, ...]:
    """Return the sweeps with all their runs, in order; a `UserError` names the sweep with invalid overrides."""
    with _hydra(asked.program.sweeps, quick=given(asked.overrides, "profile")[-1:] == ["quick"]):
        return tuple(_plan(name, asked) for name in asked.program.sweeps)


@contextmanager
def _hydra(names: Sequence[str], quick: bool) -> Iterator[None]:
    """Set Hydra up as `nst.run` does, but with the settings of several sweeps at once."""
    register()
    forget_plugins_own()
    OmegaConf.register_new_resolver("alternate", alternate, replace=True)
    files = sweep_files()
    for name in names:
        ConfigStore.instance().store(group="sweep", name=name, node=load_sweep(files[name], quick), package="_global_")
    with initialize_config_dir(str(data_folder("conf")), job_name="nst", version_base="1.3"):
        yield


def _plan(name: str, asked: Asked) -> Sweep:
    try:
        config = _compose(asked.hydra_overrides(name))
        expand_pictures(config)
        overrides = sweep_overrides(config)
        composed = compose_runs(overrides)
        store = Store(asked.runs_dir)
        plan = make_plan(store, composed, overrides, name=asked.folder_name(name), sweep=name, command="")
        check_plan(config, plan)
    except (UserError, HydraException, OmegaConfBaseException) as error:
        raise UserError(f"{explain(error)} (sweep={name}; nothing was started)") from None
    return Sweep(store, plan, tuple(composed), earlier_plan(store, plan.name))


def _compose(overrides: list[str]) -> DictConfig:
    hydra = GlobalHydra.instance().hydra
    assert hydra is not None
    config: DictConfig = hydra.compose_config(
        config_name="config", overrides=overrides, run_mode=RunMode.MULTIRUN, with_log_configuration=False
    )
    return config


def prepare(asked: Asked) -> tuple[Sweep, ...]:
    """Validate all sweeps, and print how long missing runs will take. Raises `UserError` if a sweep is invalid."""
    sweeps = plan_all(asked)
    shares = forecast.shares(sweeps)
    specs, known = [spec for share in shares for spec in share.missing], speeds(Store(asked.runs_dir))
    if {kind(spec) for spec in specs} - known.keys():
        print("timing a few evaluations on this machine ...", file=sys.stderr, flush=True)
    found = forecast.measure(specs, known)
    CACHES.release()
    print(forecast.table(shares, found), file=sys.stderr, flush=True)
    return sweeps


def run_all(sweeps: Sequence[Sweep], asked: Asked) -> int:
    """Run unfinished sweeps; return 0, 1 if one of them failed, or 2 at once if one refused to start.

    Raises `KeyboardInterrupt` (`Terminated`) if this process, or the sweep's own, was interrupted (terminated).
    """
    codes = [0]
    for sweep in sweeps:
        if is_done(sweep):
            print(f"{sweep.plan.name}: nothing to do", file=sys.stderr, flush=True)
            continue
        codes.append(_run(sweep.plan.sweep or sweep.plan.name, asked))
        if codes[-1] == 2:
            return 2
    return int(any(codes))


def is_done(sweep: Sweep) -> bool:
    """Return whether a sweep's runs, plan and report all exist as asked, so that it need not be started."""
    if sweep.earlier is None or not is_reported(sweep):
        return False
    same = [run.signature for run in sweep.earlier.runs] == [run.signature for run in sweep.plan.runs]
    return same and not any(forecast.is_missing(sweep, run) for run in distinct(sweep))


def left(sweeps: Sequence[Sweep]) -> int:
    """Return how many runs of the sweeps have no result yet, each counted once."""
    stores: dict[str, Store] = {run.signature: sweep.store for sweep in sweeps for run in sweep.plan.runs}
    return sum(store.metrics(signature) is None for signature, store in stores.items())


def _run(name: str, asked: Asked) -> int:
    code = run_sweep(name, asked)
    if code in (130, 143):
        raise KeyboardInterrupt if code == 130 else Terminated
    if code < 0:
        print(f"sweep={name} was killed by signal {-code}; the same command resumes from here", file=sys.stderr)
    return code


def run_sweep(sweep: str, asked: Asked) -> int:
    """Run a sweep to its end; return its exit code, negative if a signal killed it.

    It runs in its own process group: otherwise a terminal's Ctrl-C would reach it directly as well, and passing it on
    would count as a second one, which cuts its report short. A `KeyboardInterrupt` propagates once the sweep has ended.
    """
    child: subprocess.Popen[bytes] | None = None
    untold: list[subprocess.Popen[bytes]] = []

    def terminate() -> None:
        while untold:  # once: a second signal would cut the sweep's report short
            untold.pop().terminate()

    try:
        with STOP.deferred(terminate):  # also while the process starts
            child = _start(sweep, asked)
            untold.append(child)
            if STOP.asked:
                terminate()
            return child.wait()
    except KeyboardInterrupt as stop:
        if child is not None:
            _end(child, stop)
        raise


def _start(sweep: str, asked: Asked) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, *asked.command(sweep)], process_group=0)


def _end(child: "subprocess.Popen[bytes]", stop: KeyboardInterrupt) -> None:
    """Pass a signal on and wait; pass on each further one, too, for which the sweep does not wait."""
    while child.poll() is None:
        child.send_signal(signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)
        try:
            child.wait()
        except KeyboardInterrupt as again:
            stop = again
