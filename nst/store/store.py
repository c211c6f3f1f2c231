"""Every path of a store, and the state of its runs, derived from the files that are there.

`metrics.json` is written last: its presence means done. `error.json` means failed. A held lock means running.
Anything else means pending.
"""

import contextlib
import errno
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from nst.errors import JobError
from nst.spec.records import Spec
from nst.spec.signature import from_dict
from nst.store.files import names
from nst.store.files.atomic import LARGEST, read_json, say_once, write_text
from nst.store.files.folder import damage, is_unsettled, settle
from nst.store.measures import read_measures
from nst.store.running import running

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StoreError(JobError):
    """The store cannot be written: full, read-only or not permitted. No further run could be recorded."""

    def __init__(self, root: Path, error: OSError) -> None:
        super().__init__(f"cannot write to {root} ({error.strerror or error})")
        self.errno = error.errno

    @property
    def is_full(self) -> bool:
        """True if there is no space, rather than no permission."""
        return self.errno in FULL


class State(StrEnum):
    """The state of a run, by its files."""

    DONE = "done"
    FAILED = "failed"
    RUNNING = "running"
    PENDING = "pending"


@dataclass(frozen=True)
class Record:
    """The state of a run, how often it was recorded (0: never), and the kind of its error if it failed.

    A done run has an error if it failed when it was made again; its result is the earlier one.
    """

    state: State
    attempt: int = 0
    error: str | None = None

    @property
    def is_missing(self) -> bool:
        """True if it was never made, or cut short: there is neither a result nor the reason why not."""
        return self.state is not State.DONE and self.error is None


@dataclass(frozen=True)
class Store:
    """A folder of runs; nothing is created before something is written."""

    root: Path

    @property
    def pictures(self) -> Path:
        """Folder of the inputs as they entered, shared by all runs."""
        return self.root / names.PICTURES

    def picture(self, picture_hash: str) -> Path:
        return self.pictures / f"{picture_hash}.png"

    def run(self, signature: str) -> Path:
        return self.root / names.JOBS / signature

    @property
    def locks(self) -> Path:
        return self.root / names.LOCKS

    @property
    def sweeps(self) -> Path:
        return self.root / names.SWEEPS

    def sweep(self, name: str) -> Path:
        """Return the folder of a sweep: `plan.json` and `report/`."""
        return self.sweeps / name

    def report(self, name: str) -> Path:
        return self.sweep(name) / "report"

    def runs(self) -> list[Path]:
        """Return the folders of runs, by signature; links, and whatever else lies in `jobs/`, are left out."""
        return [folder for folder in _folders(self.root / names.JOBS) if names.SIGNATURE.fullmatch(folder.name)]

    def exists(self) -> bool:
        """Return whether this is a store: marked as one or, if older than the mark, with what only a store has."""
        if (self.root / names.MARKER).is_file():
            return True
        records = (names.PROVENANCE, names.METRICS, names.ERROR)
        if any((run / names.SPEC).is_file() and any((run / name).is_file() for name in records) for run in self.runs()):
            return True
        plans = (read_json(folder / names.PLAN) or {} for folder in _folders(self.sweeps))
        return any({"version", "varied", names.JOBS} <= plan.keys() for plan in plans)

    def mark(self) -> None:
        """Mark the folder as a store, if it can be written."""
        if not (self.root / names.MARKER).exists():
            with contextlib.suppress(OSError):
                write_text(self.root / names.MARKER, names.MARK)

    def metrics(self, signature: str) -> dict[str, Any] | None:
        """Return the metrics of a done run; None if there are none, or if a file of the run is missing or cut short."""
        found = self._recorded(signature)
        return None if found is None or damage(self.run(signature), found) else found

    def damage(self, signature: str, *, thorough: bool = False) -> str | None:
        """Return why a run that was recorded as done is not whole; None if it is, or if it was never done."""
        found = self._recorded(signature)
        if found is not None:
            return damage(self.run(signature), found, thorough=thorough)
        return f"{names.METRICS} is damaged" if (self.run(signature) / names.METRICS).exists() else None

    def _recorded(self, signature: str) -> dict[str, Any] | None:
        """Return `metrics.json`, whatever the state of the other files; None if it is missing or damaged."""
        self._settle(signature)
        return read_json(self.run(signature) / names.METRICS)

    def measures(self, signature: str) -> dict[str, float | None] | None:
        """Return the measures of a done run by name; None if it has none that this version can have taken."""
        return read_measures(self.run(signature), self.metrics(signature))

    def error(self, signature: str) -> dict[str, Any] | None:
        return read_json(self.run(signature) / names.ERROR)

    def reason(self, signature: str) -> str | None:
        """Return why a run failed, in one line."""
        error = self.error(signature)
        if error is None:
            return None
        lines = (error.get("message") or error.get("type") or "").strip().splitlines()
        return lines[0] if lines else "unknown reason"

    def provenance(self, signature: str) -> dict[str, Any]:
        """Return what a run was made with; empty if nothing is known."""
        return read_json(self.run(signature) / names.PROVENANCE) or {}

    def spec(self, signature: str) -> Spec | None:
        """Return the spec of a run; None if it is not known."""
        path, loader = self.run(signature) / names.SPEC, getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError):
            text = ""
        try:
            found = yaml.load(text, Loader=loader) if len(text) < LARGEST else None
            if not isinstance(found, dict) or not found:
                raise yaml.YAMLError
            return from_dict(found)
        except (yaml.YAMLError, RecursionError):
            say_once(f"damaged: {path}")
        except Exception:  # foreign, or of a later version: unknown
            pass
        return None

    def attempt(self, signature: str) -> int:
        """Count how often a run was recorded, as done or as failed. Unlike times, it cannot jump."""
        self._settle(signature)
        folder = self.run(signature)
        if not (folder / names.METRICS).exists() and not (folder / names.ERROR).exists():
            return 0  # provenance alone is left by a run that was cut short
        counts = [(read_json(folder / name) or {}).get("attempt") or 0 for name in (names.PROVENANCE, names.ERROR)]
        return max(1, *counts)

    def record(self, signature: str, *, probe: bool = True) -> Record:
        """Return the record of a run; without `probe`, its lock, which others may want, is not tried."""
        is_done, error = self.metrics(signature) is not None, self.error(signature)
        state = State.DONE if is_done else State.PENDING if error is None else State.FAILED
        if probe and not is_done and self.is_locked(signature):
            state = State.RUNNING
        return Record(state, self.attempt(signature), None if error is None else str(error.get("type")))

    def records(self, signatures: Iterable[str]) -> dict[str, Record]:
        """Return the records of several runs; no lock is tried, so only processes of this host count as running."""
        every = tuple(signatures)
        held = running(self.locks, every)
        found = {signature: self.record(signature, probe=False) for signature in every}
        for signature in held:
            if found[signature].state is not State.DONE:
                found[signature] = replace(found[signature], state=State.RUNNING)
        return found

    def lock(self, signature: str) -> FileLock:
        """Return the lock of a run; the kernel releases it when its process dies.

        The file is never deleted, or two processes could hold "the same" lock.
        """
        self.locks.mkdir(parents=True, exist_ok=True)
        self.mark()
        return FileLock(self.locks / f"{signature}.lock")

    def state(self, signature: str) -> State:
        """Derive the state of a run; it is never stored."""
        return self.record(signature).state

    def is_locked(self, signature: str) -> bool:
        """Return whether a process holds a run; False if locks cannot be tried, as in a read-only store."""
        if not (self.locks / f"{signature}.lock").exists():
            return False
        try:
            with self.lock(signature).acquire(blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    def _settle(self, signature: str) -> None:
        """Restore a result that was being replaced when its process was killed."""
        if is_unsettled(self.run(signature)):
            with contextlib.suppress(OSError, Timeout), self.lock(signature).acquire(blocking=False):
                settle(self.run(signature))


def _folders(parent: Path) -> list[Path]:
    """Return the folders in a folder by name, without links; none if it is a link or cannot be listed."""
    with contextlib.suppress(OSError):
        return [path for path in names.entries(parent) if path.is_dir() and not path.is_symlink()]
    return []
