"""Find what can be removed from a store without losing a result, and remove it.

Only what has a name that nst gives is considered: folders of runs, named by 12 hex digits, with nothing but a run's own
files in them; input pictures, named by the hash of their pixels; temporary files. Links are never followed.
"""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import Timeout

from nst.errors import UserError, reason
from nst.pictures.read import open_own
from nst.store.files import names
from nst.store.files.atomic import read_json
from nst.store.files.folder import leftovers
from nst.store.plan import read_plans
from nst.store.store import State, Store
from nst.store.upkeep.listing import folder_bytes

UNNAMED = "no sweep names it"
SETTLED_SECONDS = 3600
"""A temporary file outside a run's folder may belong to a working process; one older than this does not."""


@dataclass(frozen=True)
class Removal:
    """A folder or file to remove, and why; `run` is the signature of the run it belongs to, None for shared ones."""

    path: Path
    reason: str
    bytes: int
    run: str | None = None


@dataclass(frozen=True)
class Survey:
    """The removals from a store, those of runs first, and why what looks removable stays."""

    removals: list[Removal] = field(default_factory=list)
    kept: dict[Path, str] = field(default_factory=dict)


def survey(store: Store, unreferenced: bool = False) -> Survey:
    """Look through a store; `unreferenced`: also for runs that no sweep's plan names, whatever their state.

    Raises `UserError` if the folder is not a store, or if a plan cannot be read, so that the runs it names are unknown.
    """
    if not store.exists():
        why = f"it has neither {names.MARKER} nor a run in it"
        raise UserError(f"{store.root} is not a store: {why}; nothing is removed there")
    plans, unreadable = read_plans(store) if unreferenced else ([], [])
    if unreadable:
        raise UserError(f"--unreferenced: {unreadable[0]} cannot be read, so which runs it names is unknown")
    named = {run.signature for plan in plans for run in plan.runs}
    found = Survey()
    for folder in store.runs():
        try:
            if not store.is_locked(folder.name):
                _add_run(found, store, folder, unreferenced and folder.name not in named)
        except OSError as error:
            found.kept[folder] = reason(error)
    if not is_busy(store):
        found.removals.extend(_temporary(store))
        _add_pictures(found, store)
    return found


def remove(store: Store, removal: Removal) -> str | None:
    """Remove one thing; return why it stays if it cannot be removed, or if a process has begun to use it since."""
    try:
        if removal.run is None:
            if is_busy(store):
                return "a process is using the store"
            removal.path.unlink(missing_ok=True)
            return None
        with store.lock(removal.run).acquire(blocking=False):
            return _remove_of_run(store, removal, removal.run)
    except Timeout:
        return "a process is making this run"
    except OSError as error:
        return reason(error)


def is_busy(store: Store) -> bool:
    """Return whether any process makes a run, or a report, in this store."""
    return any(store.is_locked(path.stem) for path in store.locks.glob("*.lock"))


def _add_run(found: Survey, store: Store, folder: Path, is_unnamed: bool) -> None:
    state = store.state(folder.name)
    if (state is State.DONE or (folder / names.CHECKPOINT).exists()) and not is_unnamed:
        found.removals.extend(_leftovers(folder, state is State.DONE))
    elif state is not State.DONE and (folder / names.METRICS).exists():
        found.kept[folder] = f"{store.damage(folder.name)}; --verify --yes forgets it"
    elif others := names.strangers(folder):
        found.kept[folder] = f"{others[0].name!r} in it is not nst's"
    else:
        why = UNNAMED if is_unnamed else "failed" if state is State.FAILED else "half-written"
        found.removals.append(Removal(folder, why, folder_bytes(folder), folder.name))


def _leftovers(folder: Path, is_done: bool) -> Iterator[Removal]:
    """Yield what a killed process left of a run that stays: temporary files, and a checkpoint it no longer needs."""
    unfinished = folder / names.UNFINISHED_FRAMES
    for path in [*leftovers(folder), *([unfinished] if is_done and unfinished.is_dir() else [])]:
        if not path.is_symlink() and not names.strangers(folder if path == unfinished else path):
            yield Removal(path, "temporary", folder_bytes(path), folder.name)
    for path in _files(folder):
        if names.TEMPORARY.fullmatch(path.name):
            yield Removal(path, "temporary", path.stat().st_size, folder.name)
        elif is_done and path.name == names.CHECKPOINT:
            yield Removal(path, "checkpoint of a done run", path.stat().st_size, folder.name)


def _files(folder: Path) -> list[Path]:
    """Return the regular files in a folder, without links."""
    return [path for path in names.entries(folder) if path.is_file() and not path.is_symlink()]


def _remove_of_run(store: Store, removal: Removal, run: str) -> str | None:
    folder = store.run(run)
    is_done = store.metrics(run) is not None
    if removal.path != folder:
        if removal.path.name == names.CHECKPOINT and not is_done:
            return "the run is no longer done"
        shutil.rmtree(removal.path) if removal.path.is_dir() else removal.path.unlink(missing_ok=True)
        return None
    if is_done and removal.reason != UNNAMED:
        return "it is done by now"
    if others := names.strangers(folder):
        return f"{others[0].name!r} in it is not nst's"
    for name in (names.METRICS, names.ERROR):  # without these, what is left of it does not count as a run
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder)
    return None


def _temporary(store: Store) -> Iterator[Removal]:
    """Yield what a killed process was about to rename in the folders that runs share."""
    below = [Path(path) for path, _, _ in os.walk(store.sweeps)] if not store.sweeps.is_symlink() else []
    for path in (path for folder in [store.pictures, *sorted(below), store.root] for path in _files(folder)):
        status = path.stat()
        if names.TEMPORARY.fullmatch(path.name) and time.time() - status.st_mtime > SETTLED_SECONDS:
            yield Removal(path, "temporary", status.st_size)


def _add_pictures(found: Survey, store: Store) -> None:
    try:
        used = _used(store, {removal.path for removal in found.removals})
        for path in names.entries(store.pictures):
            if path.suffix == ".png" and names.SIGNATURE.fullmatch(path.stem) and path.stem not in used:
                if path.is_symlink() or not _is_input(path):
                    found.kept[path] = "it is not the picture that its name says"
                else:
                    found.removals.append(Removal(path, "input of no run", path.lstat().st_size))
    except OSError as error:
        found.kept[store.pictures] = f"which runs use them is unknown ({reason(error)})"


def _used(store: Store, going: set[Path]) -> set[str]:
    """Return the inputs of the runs that stay, those behind links as well; `OSError` if one is unknown."""
    jobs = store.root / names.JOBS
    used: set[str] = set()
    runs = [path for path in jobs.iterdir() if names.SIGNATURE.fullmatch(path.name)] if os.path.lexists(jobs) else []
    for folder in runs:
        for path in (folder / names.METRICS, folder / names.ERROR):
            if folder not in going and path.exists():
                inputs = (read_json(path) or {"inputs": None}).get("inputs", {})
                if not isinstance(inputs, dict) or not all(isinstance(value, str | None) for value in inputs.values()):
                    raise OSError(f"{path} is damaged")
                used |= set(inputs.values())
    return used


def _is_input(path: Path) -> bool:
    """Return whether a picture's name is the hash of its pixels, as nst names the inputs of runs."""
    from nst.pictures.tensors import picture_hash  # late: listing needs no torch

    try:
        with open_own(path) as image:
            return picture_hash(image) == path.stem
    except Exception:  # a decoder may raise anything on a foreign file
        return False
