"""Settle the launchers of `conf/hydra/launcher`: their plugins, settings left open, and errors of lost workers."""

import os
import re
import shutil
import socket
import sys
from importlib.util import find_spec
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from omegaconf import DictConfig, OmegaConf, open_dict

from nst.errors import UserError
from nst.hardware.device import cuda_devices, expect_cuda, processors

EXTRAS = {"joblib": "joblib", "slurm": "submitit", "slurm_local": "submitit", "ray": "ray"}
"""Launchers, and the name in `hydra_plugins.hydra_NAME_launcher` of what each needs."""

WORKER_FAILURES = {
    "TerminatedWorkerError": "a worker was killed (by hand, or by the system because memory ran out)",
    "TimeoutError": "a run took longer than hydra.launcher.timeout",
    "WorkerCrashedError": "a Ray worker died",
    "NodeDiedError": "a node of the Ray cluster is gone",
    "OutOfMemoryError": "Ray killed a worker because memory ran out",
    "LocalRayletDiedError": "Ray on this machine is gone",
    "RaySystemError": "Ray failed",
    "UncompletedJobError": "a job ended without a result (cancelled, killed, or out of time)",
    "FailedJobError": "a job failed outside of its run",
    "FailedSubmissionError": "sbatch refused the jobs",
}
"""Names of the errors that a launcher raises in the driver if workers, not runs, failed, and their meanings."""

WITHOUT_GPUS = 2
QUIET = "ignore:resource_tracker"
"""An option for the processes that joblib starts: its tracker warns when it cleans up after killed workers."""
RAY_OBJECTS = 80 * 2**20
"""Bytes of shared memory for a private Ray: nothing large goes through it, and Ray would take a third of all memory."""


def launcher_of(config: DictConfig) -> str | None:
    """Return the name of the launcher; None for Hydra's own, which starts no workers."""
    name = OmegaConf.select(config, "hydra.runtime.choices.hydra/launcher")
    return None if name in (None, "basic") else str(name)


def worker_failure(error: Exception) -> str | None:
    """Return a line on lost workers if that is what an error reports; None for any other error."""
    meaning = next(filter(None, (WORKER_FAILURES.get(kind.__name__) for kind in type(error).__mro__)), None)
    lines = str(error).strip().splitlines()
    return f"{meaning}: {lines[0].strip()}" if meaning and lines else meaning


def check_installed(launcher: str) -> None:
    """Refuse a launcher whose extra is not installed."""
    plugin = EXTRAS.get(launcher)
    if plugin and not (find_spec("hydra_plugins") and find_spec(f"hydra_plugins.hydra_{plugin}_launcher")):
        extra = launcher.partition("_")[0]
        own = f"in a checkout: pip install -e '.[{extra}]'"
        raise UserError(f"hydra/launcher={launcher} needs: pip install hydra-{plugin}-launcher ({own})")


def forget_plugins_own() -> None:
    """Drop the plugins' own configurations if ours has the same name: Hydra would check ours against their types."""
    Plugins.instance()  # imports them, which registers theirs
    stored = ConfigStore.instance().repo.get("hydra", {}).get("launcher", {})
    for launcher in EXTRAS:
        stored.pop(f"{launcher}.yaml", None)


def _settle_joblib(config: DictConfig) -> None:
    """Start one worker for each GPU; without GPUs, a few that share the cores."""
    workers = config.hydra.launcher.n_jobs
    if workers is None:
        workers = (cuda_devices() if wants_cuda(config) else 0) or WITHOUT_GPUS
    elif workers == 0:
        raise UserError("hydra.launcher.n_jobs=0: must be 1 or more, or -1 for all cores")
    elif workers < 0:
        workers = max(1, processors() + 1 + workers)
    override(config, "hydra.launcher.n_jobs", workers)
    if QUIET not in sys.warnoptions:
        sys.warnoptions.append(QUIET)


def _settle_slurm(config: DictConfig) -> None:
    if shutil.which("sbatch") is None:
        raise UserError("hydra/launcher=slurm: there is no sbatch here; run it on a machine that can submit Slurm jobs")
    if any(config.hydra.launcher.get(key) for key in ("gpus_per_node", "gpus_per_task", "gres")):
        _expect_cuda(config)


def _settle_ray(config: DictConfig) -> None:
    """Request GPUs if there are any, and little shared memory for a private Ray."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    init, remote = config.hydra.launcher.ray.init, config.hydra.launcher.ray.remote
    address = init.address or os.environ.get("RAY_ADDRESS")
    if address:
        _check_answers(str(address))
    else:
        override(config, "hydra.launcher.ray.init.address", "local")  # with none, Ray would join any that it finds here
        override(config, "hydra.launcher.ray.init.object_store_memory", init.object_store_memory or RAY_OBJECTS)
    if remote.num_gpus is None:
        override(config, "hydra.launcher.ray.remote.num_gpus", 1 if wants_cuda(config) and cuda_devices() else 0)
    elif remote.num_gpus > 0:
        _expect_cuda(config)


def _check_answers(address: str) -> None:
    """Refuse an address where nothing answers: Ray itself would try it for minutes."""
    match = re.fullmatch(r"(?:ray://)?([^:/]+):(\d+)", address)
    if match is None:  # `auto`: Ray looks for one on this machine, and fails fast
        return
    try:
        socket.create_connection((match[1], int(match[2])), timeout=10).close()
    except OSError as error:
        raise UserError(f"hydra.launcher.ray.init.address={address}: no Ray cluster answers there ({error})") from None


def wants_cuda(config: DictConfig) -> bool:
    """Return whether a run takes the first GPU it sees; one that names another (`cuda:1`) takes that."""
    return config.device in ("auto", "cuda", "cuda:0")


def _expect_cuda(config: DictConfig) -> None:
    """Plan for the GPUs that workers are given even if this machine has none."""
    if wants_cuda(config) and not cuda_devices():
        expect_cuda(elsewhere=True)
        override(config, "device", "cuda:0")


def override(config: DictConfig, key: str, value: Any, typed: str | None = None) -> None:
    """Set a key here and in what the workers compose; `typed`: the value in Hydra's grammar, if it needs quotes."""
    with open_dict(config):
        OmegaConf.update(config, key, value)
        overrides = config.hydra.overrides.hydra if key.startswith("hydra.") else config.hydra.overrides.task
        overrides.append(f"{key}={typed or value}")


SETTLE = {"joblib": _settle_joblib, "slurm": _settle_slurm, "ray": _settle_ray}
"""Functions that settle what a launcher leaves open, by its name."""
