"""Prepare the driver of a sweep and its workers, claim a GPU for each worker, and end the workers with the driver."""

import contextlib
import multiprocessing
import os
import platform
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from omegaconf import DictConfig, OmegaConf

from nst.errors import UserError, reason
from nst.hardware.device import expect_cuda
from nst.signals import POLL_SECONDS, STOP
from nst.store.plan import read_plan
from nst.store.provenance import work_beside
from nst.store.store import Store
from nst.sweep.hydra.argv import quote
from nst.sweep.hydra.launchers import SETTLE, check_installed, launcher_of, override, wants_cuda
from nst.typed_values import user_path

VISIBLE = "CUDA_VISIBLE_DEVICES"
RAY_SETTINGS = {
    "RAY_DISABLE_FAILURE_SIGNAL_HANDLER": "1",  # which prints C++ frames
    "RAY_COLOR_PREFIX": "0",  # colours would be printed as text
}
LAST_SECONDS = 60.0
"""Seconds for which a terminated driver waits for the checkpoints of its workers."""


@dataclass(frozen=True)
class Claim:
    """A GPU, as CUDA_VISIBLE_DEVICES names it, and how many others had it before; held until the process ends."""

    gpu: str
    others: int
    lock: FileLock


_held: Claim | None = None


def ready_driver(config: DictConfig) -> None:
    """Settle the launcher, and name the store by its full path: a worker may start in another folder."""
    expect_cuda(elsewhere=False)
    if launcher := launcher_of(config):
        check_installed(launcher)
        if launcher in SETTLE:
            SETTLE[launcher](config)
        store = str(user_path("runs_dir", config.runs_dir).absolute())
        override(config, "runs_dir", store, quote(store))


def ready_launcher(config: DictConfig) -> None:
    """Start or join Ray; make the workers of this host end with the driver."""
    launcher, store = launcher_of(config), Store(user_path("runs_dir", config.runs_dir))
    if launcher == "ray":
        start_ray(OmegaConf.to_container(config.hydra.launcher.ray.init, resolve=True))
        STOP.pass_on = partial(stop_ray, store, config.name)
    if launcher == "joblib":
        STOP.pass_on = partial(stop_workers, store, config.name)


def ready_worker(config: DictConfig, driver: int | None) -> None:
    """Change to the driver's working directory and claim a GPU if the launcher does not assign one."""
    launcher = launcher_of(config)
    if launcher is None:
        return
    if launcher == "ray":
        driver = os.getppid()  # the raylet, which ends with the driver
    if launcher in ("joblib", "ray") and driver is not None:
        STOP.work_for(driver)
    sys.argv[:] = ["nst.run", *config.hydra.overrides.task]  # recorded in the provenance of a run
    if Path(config.hydra.runtime.cwd).is_dir():
        os.chdir(config.hydra.runtime.cwd)
    work_beside(config.hydra.launcher.n_jobs if launcher == "joblib" else None)
    taken = take_gpu() if launcher == "joblib" and wants_cuda(config) else None
    if taken is not None:
        beside = f", shared with {taken.others} others" if taken.others else ""
        print(f"worker {os.getpid()}: GPU {taken.gpu}{beside}", file=sys.stderr, flush=True)


def visible_gpus() -> list[str]:
    """Return the GPUs this process may use, by index or UUID; asks the driver's library, without starting CUDA."""
    import torch

    found = torch.cuda.device_count()
    given = os.environ.get(VISIBLE)
    names = [str(n) for n in range(found)] if given is None else [name.strip() for name in given.split(",")]
    return names[:found]


def take_gpu() -> Claim | None:
    """Make one GPU the only one that this process sees, before its CUDA starts; None without a GPU or if it has one."""
    global _held
    if _held is not None or not (gpus := visible_gpus()):
        return None
    _held = claim(gpus, lock_folder())
    os.environ[VISIBLE] = _held.gpu
    return _held


def claim(gpus: Sequence[str], folder: Path) -> Claim:
    """Claim the first GPU that is free; if all are taken, the first with the fewest workers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for others in count():
        for gpu in gpus:
            lock = FileLock(folder / f"{platform.node()}-{re.sub('[^0-9A-Za-z-]', '_', gpu)}-{others}.lock")
            with contextlib.suppress(Timeout):
                lock.acquire(blocking=False)
                return Claim(gpu, others, lock)
    raise AssertionError("there is always one more place")


def lock_folder() -> Path:
    """Return a folder per host and user, not per store, so that sweeps of two stores do not meet on one GPU."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"nst-gpus-{user}"


def own_device(device: str) -> str:
    """Return the GPU that Ray gave this run (a warm worker may have had another before); otherwise `device`."""
    ray = sys.modules.get("ray")
    if device != "cuda:0" or ray is None or not ray.is_initialized():
        return device
    given = [str(gpu) for gpu in ray.get_gpu_ids()]
    visible = visible_gpus()
    return f"cuda:{visible.index(given[0])}" if given and given[0] in visible else device


def start_ray(arguments: Any) -> None:
    """Start Ray as the plugin does, but keep our SIGTERM handler throughout: Ray would install its own."""
    for name, value in RAY_SETTINGS.items():  # before it is imported
        os.environ.setdefault(name, value)
    try:
        with keep_sigterm():
            import_module("ray").init(**arguments)
    except Exception as error:  # a node that does not start in time is a bare one
        said = reason(error).strip().splitlines() or [type(error).__name__]
        print(f"error: hydra/launcher=ray: {said[0]}", file=sys.stderr)
        raise SystemExit(2) from None


def stop_ray(store: Store, sweep: str) -> None:
    """Let Ray's workers on this host write their checkpoints, and end the private Ray.

    Its agents would outlive this process, and `ray.shutdown` may be waiting.
    """
    with contextlib.suppress(Exception):  # Ray may be ending as well
        node = import_module("ray._private.worker")._global_node
        raylets = node.all_processes.get("raylet", ())  # none if we joined a cluster: its workers are not ours to end
        workers = [worker for raylet in raylets for worker in _workers_below(raylet.process.pid, store.locks)]
        for worker in workers:
            os.kill(worker, signal.SIGTERM)
        if workers:
            _wait_for_runs(store, sweep)
        with _unheard():  # its C++ tells of each task that is lost
            node.kill_all_processes(check_alive=False, allow_graceful=True)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Discard what this process prints on stderr, that of C++ included."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _workers_below(raylet: int, locks: Path) -> list[int]:
    """Return the processes below a raylet that make runs: they hold the runs' locks.

    Any other has nothing to keep. Without its agents a raylet would end at once; of a worker that ends before its run
    has begun Ray complains.
    """
    found = Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()
    return [int(pid) for pid in found if _holds_one(pid, os.path.realpath(locks))]


def _holds_one(process: str, folder: str) -> bool:
    """Return whether a process has a file of a folder open."""
    for handle in Path(f"/proc/{process}/fd").glob("*"):
        with contextlib.suppress(OSError):  # it was closed meanwhile
            if os.path.dirname(os.readlink(handle)) == folder:
                return True
    return False


@contextlib.contextmanager
def keep_sigterm() -> Iterator[None]:
    """Keep SIGTERM's handler, whatever tries to replace it."""
    real: Any = signal.signal

    def take(number: Any, handler: Any) -> Any:
        return signal.getsignal(number) if number == signal.SIGTERM else real(number, handler)

    setattr(signal, "signal", take)  # noqa: B010
    try:
        yield
    finally:
        setattr(signal, "signal", real)  # noqa: B010


def stop_workers(store: Store, sweep: str) -> None:
    """Let joblib's workers write their checkpoints; return when no run of the sweep is being made, or in time."""
    for worker in multiprocessing.active_children():
        with contextlib.suppress(OSError):
            worker.terminate()
    _wait_for_runs(store, sweep)


def _wait_for_runs(store: Store, sweep: str) -> None:
    """Return when no run of the sweep is being made, or in time."""
    try:
        plan = read_plan(store, sweep)
    except UserError:
        return
    limit = time.monotonic() + LAST_SECONDS
    while time.monotonic() < limit and any(store.is_locked(run.signature) for run in plan.runs):
        time.sleep(POLL_SECONDS)
