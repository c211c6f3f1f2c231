"""Every path of a store, and the state of its runs, derived from the files that are there.

`metrics.json` is written last: its presence means done. `error.json` means failed. A held lock means running.
Anything else means pending.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from nst.store.atomic import read_json

METRICS, ERROR = "metrics.json", "error.json"


class State(StrEnum):
    """What the files of a run say about it."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    PENDING = "pending"


@dataclass(frozen=True)
class Store:
    """A folder of runs; nothing is created before something is written."""

    root: Path

    @property
    def pictures(self) -> Path:
        """Inputs as they entered, shared by all runs."""
        return self.root / "pictures"

    def picture(self, picture_hash: str) -> Path:
        """One input picture."""
        return self.pictures / f"{picture_hash}.png"

    def job(self, signature: str) -> Path:
        """One run's folder."""
        return self.root / "jobs" / signature

    def sweep(self, name: str) -> Path:
        """One sweep's folder: `plan.json` and `report/`."""
        return self.root / "sweeps" / name

    def metrics(self, signature: str) -> dict[str, Any] | None:
        """The metrics of a finished run."""
        return read_json(self.job(signature) / METRICS)

    def error(self, signature: str) -> dict[str, Any] | None:
        """Why a run failed."""
        return read_json(self.job(signature) / ERROR)

    def lock(self, signature: str) -> FileLock:
        """The claim on a run. The file is never deleted, or two processes could hold "the same" lock."""
        path = self.root / "locks" / f"{signature}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path)

    def state(self, signature: str) -> State:
        """Derived, never stored."""
        if self.metrics(signature) is not None:
            return State.DONE
        if self._is_locked(signature):
            return State.RUNNING
        return State.FAILED if self.error(signature) is not None else State.PENDING

    def _is_locked(self, signature: str) -> bool:
        if not (self.root / "locks" / f"{signature}.lock").exists():
            return False
        try:
            with self.lock(signature).acquire(blocking=False):
                return False
        except Timeout:
            return True
