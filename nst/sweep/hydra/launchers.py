"""Hydra's launchers of ours (`conf/hydra/launcher`), the plugins behind them, and how their workers get lost."""

from importlib.util import find_spec

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins

from nst.errors import UserError

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


def worker_failure(error: Exception) -> str | None:
    """Return what an error says of lost workers, in a line; None for any other error."""
    found = (WORKER_FAILURES[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in WORKER_FAILURES)
    meaning = next(found, None)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{meaning}: {lines[0]}" if meaning and lines else meaning


def check_installed(launcher: str) -> None:
    """Refuse a launcher whose extra is not installed."""
    plugin = EXTRAS.get(launcher)
    if plugin and not (find_spec("hydra_plugins") and find_spec(f"hydra_plugins.hydra_{plugin}_launcher")):
        extra = launcher.partition("_")[0]
        raise UserError(f"hydra/launcher={launcher} needs: pip install 'nst[{extra}]'")


def forget_plugins_own() -> None:
    """Drop the plugins' own configurations if ours has the same name: Hydra would hold ours against their types.

    Plugins register theirs when they are first imported, which `Plugins.instance()` does.
    """
    Plugins.instance()
    stored = ConfigStore.instance().repo.get("hydra", {}).get("launcher", {})
    for launcher in EXTRAS:
        stored.pop(f"{launcher}.yaml", None)
