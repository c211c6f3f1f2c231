"""What can be removed from a store without losing a result, and removing it."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from nst.store.atomic import read_json
from nst.store.listing import folder_bytes, sweeps_by_run
from nst.store.store import CHECKPOINT, ERROR, METRICS, State, Store

UNNAMED = "no sweep names it"
SETTLED_SECONDS = 3600
"""A temporary file outside a run's folder may be of a process that is at work; one older than this is not."""


@dataclass(frozen=True)
class Removal:
    """A folder or file that can go, and why; `run` is the signature of the run it belongs to, None for shared ones."""

    path: Path
    reason: str
    bytes: int
    run: str | None = None


def prunable(store: Store, unreferenced: bool = False) -> list[Removal]:
    """All that can go, the runs first; `unreferenced`: also runs that no sweep's plan names, however they stand."""
    runs = list(_runs(store, unreferenced))
    if is_busy(store):
        return runs
    return [*runs, *_temporary(store), *_pictures(store, {run.run for run in runs})]


def remove(store: Store, removal: Removal) -> bool:
    """Remove one; False, and nothing happens, where a process has begun to use it, or has finished it."""
    if removal.run is None:
        if is_busy(store):
            return False
        with contextlib.suppress(FileNotFoundError):
            removal.path.unlink()
        return True
    try:
        with store.lock(removal.run).acquire(blocking=False):
            if store.metrics(removal.run) is not None and removal.reason != UNNAMED:
                return False
            for name in (METRICS, ERROR):  # without these, what is left of it counts as nothing
                (removal.path / name).unlink(missing_ok=True)
            shutil.rmtree(removal.path)
    except Timeout:
        return False
    return True


def is_busy(store: Store) -> bool:
    """Whether any process makes a run, or a report, in this store."""
    return any(store.is_locked(path.stem) for path in (store.root / "locks").glob("*.lock"))


def _runs(store: Store, unreferenced: bool) -> Iterator[Removal]:
    named = sweeps_by_run(store)
    for folder in sorted(path for path in (store.root / "jobs").glob("*") if path.is_dir()):
        reason = _reason(store, folder, folder.name in named, unreferenced)
        if reason:
            yield Removal(folder, reason, folder_bytes(folder), folder.name)


def _reason(store: Store, folder: Path, is_named: bool, unreferenced: bool) -> str | None:
    state = store.state(folder.name)
    if state is State.RUNNING:
        return None
    if unreferenced and not is_named:
        return UNNAMED
    if state is State.DONE or (folder / CHECKPOINT).exists():
        return None
    return "failed" if state is State.FAILED else "half-written"


def _temporary(store: Store) -> Iterator[Removal]:
    """What a process that was killed was about to rename: hidden files in the folders that runs share."""
    places = [store.pictures, *(path for path in (store.root / "sweeps").rglob("*") if path.is_dir())]
    finished = [path.parent for path in (store.root / "jobs").glob(f"*/{METRICS}")]
    for folder in [*places, *finished]:
        for path in folder.glob(".*"):
            if path.is_file() and time.time() - path.stat().st_mtime > SETTLED_SECONDS:
                yield Removal(path, "temporary", path.stat().st_size)


def _pictures(store: Store, going: set[str | None]) -> Iterator[Removal]:
    used: set[str] = set()
    for path in (store.root / "jobs").glob("*/*.json"):
        if path.name in (METRICS, ERROR) and path.parent.name not in going:
            inputs = (read_json(path) or {}).get("inputs")
            used |= {str(name) for name in inputs.values()} if isinstance(inputs, dict) else set()
    for path in sorted(store.pictures.glob("*.png")):
        if not path.name.startswith(".") and path.stem not in used:
            yield Removal(path, "input of no run", path.stat().st_size)
