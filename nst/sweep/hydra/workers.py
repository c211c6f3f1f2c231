"""Ready the driver and the workers of a sweep: settings before workers start, and their steps before each run.

Hydra's launchers start the workers (`hydra/launcher=joblib`, `slurm`, `ray`); `WorkersCallback` is called in the driver
when a sweep starts, and in the process that makes a run before each run.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from nst.device import expect_cuda
from nst.errors import UserError
from nst.paths import user_path
from nst.store.plan import read_plan
from nst.store.store import Store
from nst.sweep.hydra.launchers import forget_plugins_own
from nst.sweep.hydra.settings import launcher_of, ready_driver, ready_worker
from nst.sweep.signals import POLL_SECONDS, STOP
from nst.terminal import steady_streams

LAST_SECONDS = 60.0
"""Seconds that a driver that is terminated waits for the checkpoints of its workers."""


class WorkersCallback(Callback):
    """Readies the driver and the workers; does nothing with Hydra's own launcher, one run after the other."""

    def __init__(self, driver: int | None = None) -> None:
        self.driver = driver

    def __reduce__(self) -> "tuple[Callable[[int], WorkersCallback], tuple[int]]":
        """Copy for a worker: plugins register what they have there before the driver's configurations replace it."""
        return _arrive, (os.getpid(),)

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Ready the driver before the plan: what is missing means exit 2 and nothing started."""
        expect_cuda(elsewhere=False)
        launcher = launcher_of(config)
        if launcher is None:
            return
        try:
            ready_driver(config, launcher)
        except UserError as error:
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(2) from None

    def on_job_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Ready the process that makes a run, before it, while CUDA has not started."""
        launcher = launcher_of(config)
        if launcher is not None:
            if launcher == "joblib" and self.driver is not None:
                STOP.work_for(self.driver)
            ready_worker(config, launcher)


class RayCallback(Callback):
    """Starts or joins Ray if a plan needs it."""

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        """Start Ray in the driver, after the plan: without it, exit 2 and nothing started."""
        if launcher_of(config) == "ray":
            start_ray(OmegaConf.to_container(config.hydra.launcher.ray.init, resolve=True))
        if launcher_of(config) == "joblib":
            store, sweep = Store(user_path("runs_dir", config.runs_dir)), str(OmegaConf.select(config, "name"))
            STOP.pass_on = partial(stop_workers, store, sweep)


def start_ray(arguments: Any) -> None:
    """Start Ray as the plugin does, but keep SIGTERM ours, also meanwhile: Ray would take it for itself."""
    try:
        with keep_sigterm():
            import_module("ray").init(**arguments)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        print(f"error: hydra/launcher=ray: {str(error).strip().splitlines()[0]}", file=sys.stderr)
        raise SystemExit(2) from None
    STOP.pass_on = stop_ray


def stop_ray() -> None:
    """End the Ray of our own, whose agents would outlive this process; `ray.shutdown` may be waiting."""
    with contextlib.suppress(Exception):  # it is ending as well
        import_module("ray._private.worker")._global_node.kill_all_processes(check_alive=False, allow_graceful=True)


@contextmanager
def keep_sigterm() -> Iterator[None]:
    """Keep SIGTERM's handler, whoever wants to replace it."""
    real: Any = signal.signal

    def take(number: Any, handler: Any) -> Any:
        return signal.getsignal(number) if number == signal.SIGTERM else real(number, handler)

    setattr(signal, "signal", take)  # noqa: B010
    try:
        yield
    finally:
        setattr(signal, "signal", real)  # noqa: B010


def stop_workers(store: Store, sweep: str) -> None:
    """Let joblib's workers write their checkpoints; return when they make no run of the sweep, or in time."""
    for worker in multiprocessing.active_children():
        with contextlib.suppress(OSError):
            worker.terminate()
    try:
        plan = read_plan(store, sweep)
    except UserError:
        return
    limit = time.monotonic() + LAST_SECONDS
    while time.monotonic() < limit and any(store.is_locked(run.signature) for run in plan.runs):
        time.sleep(POLL_SECONDS)


def _arrive(driver: int) -> WorkersCallback:
    steady_streams()
    forget_plugins_own()
    return WorkersCallback(driver)
