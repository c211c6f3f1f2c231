"""Every path of a store, and the state of its runs, derived from the files that are there.

`metrics.json` is written last: its presence means done. `error.json` means failed. A held lock means running.
Anything else means pending.
"""

import errno
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from nst.errors import JobError
from nst.store.atomic import read_json
from nst.store.running import running

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
METRICS, ERROR, PROVENANCE, CHECKPOINT = "metrics.json", "error.json", "provenance.json", "checkpoint.pt"
IMAGE, START, TRACE, SPEC, FRAMES = "image.png", "start.png", "trace.csv", "spec.yaml", "frames"
PLAN = "plan.json"


class StoreError(JobError):
    """The store cannot be written: full, read-only or not permitted. No further run could be recorded."""

    def __init__(self, root: Path, error: OSError) -> None:
        super().__init__(f"cannot write to {root} ({error.strerror or error})")
        self.errno = error.errno

    @property
    def is_full(self) -> bool:
        """No space, rather than no permission."""
        return self.errno in FULL


class State(StrEnum):
    """What the files of a run say about it."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    PENDING = "pending"


@dataclass(frozen=True)
class Record:
    """How a run stands: its state, how often it was recorded (0: never), and the kind of its error if it failed."""

    state: State
    attempt: int = 0
    error: str | None = None

    @property
    def is_missing(self) -> bool:
        """Never made, or cut short: there is neither a result nor the reason why not."""
        return self.state is not State.DONE and self.error is None


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

    @property
    def sweeps(self) -> Path:
        """The folders of all sweeps."""
        return self.root / "sweeps"

    def sweep(self, name: str) -> Path:
        """One sweep's folder: `plan.json` and `report/`."""
        return self.sweeps / name

    def report(self, name: str) -> Path:
        """The folder of a sweep's report."""
        return self.sweep(name) / "report"

    def metrics(self, signature: str) -> dict[str, Any] | None:
        """The metrics of a finished run."""
        return read_json(self.job(signature) / METRICS)

    def error(self, signature: str) -> dict[str, Any] | None:
        """Why a run failed."""
        return read_json(self.job(signature) / ERROR)

    def reason(self, signature: str) -> str | None:
        """Why a run failed, in one line."""
        error = self.error(signature)
        lines = str((error or {}).get("message") or (error or {}).get("type") or "unknown reason").strip().splitlines()
        return None if error is None else lines[0] if lines else "unknown reason"

    def provenance(self, signature: str) -> dict[str, Any]:
        """What a run was made with; empty if nothing is known."""
        return read_json(self.job(signature) / PROVENANCE) or {}

    def spec(self, signature: str) -> dict[str, Any]:
        """What a run computes, as it was written; empty if nothing is known."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            found = yaml.load((self.job(signature) / SPEC).read_text(encoding="utf-8"), Loader=loader)
        except (OSError, ValueError, yaml.YAMLError):
            return {}
        return found if isinstance(found, dict) else {}

    def attempt(self, signature: str) -> int:
        """How often a run was recorded, as done or as failed; 0: never. Unlike times, it cannot jump."""
        folder, counted = self.job(signature), self.provenance(signature).get("attempt")
        recorded = (folder / METRICS).exists() or (folder / ERROR).exists()
        return max(counted if isinstance(counted, int) else 0, int(recorded))

    def record(self, signature: str, *, probe: bool = True) -> Record:
        """How a run stands, read once; without `probe` its lock, which others may want, is left alone."""
        return self._record(signature, lambda: probe and self.is_locked(signature))

    def records(self, signatures: Iterable[str]) -> dict[str, Record]:
        """How several runs stand; their locks are left alone, so only processes of this host count as running them."""
        every = tuple(dict.fromkeys(signatures))
        held = running(self._locks, every)
        return {signature: self._record(signature, partial(held.__contains__, signature)) for signature in every}

    def _record(self, signature: str, is_running: Callable[[], bool]) -> Record:
        if self.metrics(signature) is not None:
            return Record(State.DONE, self.attempt(signature))
        error = self.error(signature)
        kind = None if error is None else str(error.get("type"))
        quiet = State.PENDING if error is None else State.FAILED
        return Record(State.RUNNING if is_running() else quiet, self.attempt(signature), kind)

    def lock(self, signature: str) -> FileLock:
        """The claim on a run; the kernel lets go of it when its process dies.

        The file is never deleted, or two processes could hold "the same" lock.
        """
        path = self._lock_file(signature)
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path)

    def state(self, signature: str) -> State:
        """Derived, never stored."""
        return self.record(signature).state

    def is_locked(self, signature: str) -> bool:
        """Whether a process holds a run; False where locks cannot be tried, as in a store that is read-only."""
        if not self._lock_file(signature).exists():
            return False
        try:
            with self.lock(signature).acquire(blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    @property
    def _locks(self) -> Path:
        return self.root / "locks"

    def _lock_file(self, signature: str) -> Path:
        return self._locks / f"{signature}.lock"
