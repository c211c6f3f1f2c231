"""Ready the driver and the workers of a launcher: its open settings, the working directory, and the GPUs."""

import os
import re
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf, open_dict

from nst.device import cuda_devices, expect_cuda, processors
from nst.errors import UserError
from nst.paths import user_path
from nst.store.provenance import work_beside
from nst.sweep.hydra.argv import quote_argument
from nst.sweep.hydra.gpus import take_gpu, visible_gpus
from nst.sweep.hydra.launchers import check_installed

WITHOUT_GPUS = 2
QUIET = "ignore:resource_tracker"
"""An option for the processes that joblib starts: its tracker warns of what it cleans up after workers were killed."""
RAY_OBJECTS = 80 * 2**20
"""Bytes of shared memory for a Ray of our own: nothing large goes through it, and Ray would take a third of all."""


def launcher_of(config: DictConfig) -> str | None:
    """Return the name of the launcher; None for Hydra's own, which starts no workers."""
    name = OmegaConf.select(config, "hydra.runtime.choices.hydra/launcher")
    return None if name in (None, "basic") else str(name)


def ready_driver(config: DictConfig, launcher: str) -> None:
    """Refuse what is not installed; settle what the launcher's file leaves open; name the store by its full path."""
    check_installed(launcher)
    if launcher in SETTLE:
        SETTLE[launcher](config)
    store = user_path("runs_dir", config.runs_dir).absolute()
    _override(config, "runs_dir", str(store))  # a worker may start in another folder


def ready_worker(config: DictConfig, launcher: str) -> None:
    """Change to the driver's working directory and claim a GPU if the launcher does not assign one."""
    sys.argv[:] = ["nst.run", *config.hydra.overrides.task]  # what provenance says of a run
    folder = Path(config.hydra.runtime.cwd)
    if folder.is_dir():
        os.chdir(folder)
    work_beside(config.hydra.launcher.n_jobs if launcher == "joblib" else None)
    taken = take_gpu() if launcher == "joblib" and _wants_cuda(config) else None
    if taken is not None:
        beside = f", which {taken.others} others have" if taken.others else ""
        print(f"worker {os.getpid()}: GPU {taken.gpu}{beside}", file=sys.stderr, flush=True)


def own_device(device: str) -> str:
    """Return the GPU that Ray gave this run (a warm worker may have had another before); otherwise `device`."""
    ray = sys.modules.get("ray")
    if device != "cuda:0" or ray is None or not ray.is_initialized():
        return device
    given = [str(gpu) for gpu in ray.get_gpu_ids()]
    visible = visible_gpus()
    return f"cuda:{visible.index(given[0])}" if given and given[0] in visible else device


def _settle_joblib(config: DictConfig) -> None:
    """Start one worker for each GPU; without GPUs, a few that share the cores."""
    workers = config.hydra.launcher.n_jobs
    if workers is None:
        workers = (len(visible_gpus()) if _wants_cuda(config) else 0) or WITHOUT_GPUS
    elif workers == 0:
        raise UserError("hydra.launcher.n_jobs=0: must be 1 or more, or -1 for all cores")
    elif workers < 0:
        workers = max(1, processors() + 1 + workers)
    _settle(config, "n_jobs", workers)
    if QUIET not in sys.warnoptions:
        sys.warnoptions.append(QUIET)


def _settle_slurm(config: DictConfig) -> None:
    if shutil.which("sbatch") is None:
        raise UserError(
            "hydra/launcher=slurm: there is no sbatch here; call it on a machine that can submit Slurm jobs"
        )
    wanted = config.hydra.launcher
    if any(wanted.get(key) for key in ("gpus_per_node", "gpus_per_task", "gres")):
        _expect_cuda(config)


def _settle_ray(config: DictConfig) -> None:
    """Ask for GPUs if there are some, and for little shared memory if the cluster is our own."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    init, remote = config.hydra.launcher.ray.init, config.hydra.launcher.ray.remote
    address = init.address or os.environ.get("RAY_ADDRESS")
    if address:
        _check_answers(str(address))
    else:
        _settle(config, "ray.init.address", "local")  # with none, Ray would join any that it finds here
        _settle(config, "ray.init.object_store_memory", init.object_store_memory or RAY_OBJECTS)
    if remote.num_gpus is None:
        _settle(config, "ray.remote.num_gpus", 1 if _wants_cuda(config) and cuda_devices() else 0)
    elif remote.num_gpus > 0:
        _expect_cuda(config)


def _check_answers(address: str) -> None:
    """Refuse an address without an answer: Ray itself would try it for minutes."""
    match = re.fullmatch(r"(?:ray://)?([^:/]+):(\d+)", address)
    if match is None:  # `auto`: Ray looks for one on this machine, and is quick to find none
        return
    try:
        socket.create_connection((match[1], int(match[2])), timeout=10).close()
    except OSError as error:
        raise UserError(f"hydra.launcher.ray.init.address={address}: no Ray cluster answers there ({error})") from None


def _wants_cuda(config: DictConfig) -> bool:
    """Return whether a run takes the first GPU it sees; one that names another (`cuda:1`) takes that."""
    return config.device in ("auto", "cuda", "cuda:0")


def _expect_cuda(config: DictConfig) -> None:
    """Plan for the GPUs that workers are given even if this machine has none."""
    if _wants_cuda(config) and not cuda_devices():
        expect_cuda(elsewhere=True)
        _override(config, "device", "cuda:0")


def _settle(config: DictConfig, key: str, value: Any) -> None:
    """Set a key of the launcher, here and in what the workers compose again."""
    OmegaConf.update(config, f"hydra.launcher.{key}", value)
    with open_dict(config):
        config.hydra.overrides.hydra.append(f"hydra.launcher.{key}={value}")


def _override(config: DictConfig, key: str, value: str) -> None:
    with open_dict(config):
        config[key] = value
        config.hydra.overrides.task.append(quote_argument(f"{key}={value}", False))


SETTLE: dict[str, Callable[[DictConfig], None]] = {"joblib": _settle_joblib, "slurm": _settle_slurm, "ray": _settle_ray}
"""Settle what each launcher leaves open, by its name."""
