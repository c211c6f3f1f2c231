"""Keep a run's folder whole: replace it so that a kill at any moment leaves a whole one, and check its files by a list.

A new one is written beside it as `.<signature>.new`, its `metrics.json` or `error.json` last. Then the old one is
renamed to `.<signature>.old`, the new one takes its name, and the old one is removed. `settle` finishes what was cut
short. `metrics.json` keeps the names, sizes, times and digests of the files of a done run. A file whose time differs
from the recorded one, as in a copy of a store, is read again to see whether it is the same.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from nst.pictures.read import open_own
from nst.store.files.atomic import read_json, sync_folder
from nst.store.files.names import ERROR, FRAMES, IMAGE, METRICS, RUN_FILES, strangers


@contextmanager
def replacement(folder: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of `folder` at the end of the block, or is removed if the block fails.

    The caller must hold the run's lock.
    """
    new = _new(folder)
    shutil.rmtree(new, ignore_errors=True)
    try:
        yield new
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    _put(new, folder)


def settle(folder: Path) -> None:
    """Finish a replacement that was cut short; the caller must hold the run's lock."""
    new, old = _new(folder), _old(folder)
    if _is_recorded(new):
        _put(new, folder)
    elif not folder.exists() and old.is_dir():
        old.rename(folder)
    shutil.rmtree(new, ignore_errors=True)
    _drop(old, folder)


def is_unsettled(folder: Path) -> bool:
    """Return whether a replacement was cut short after `folder` was moved and before the new one took its place."""
    return not folder.exists() and (_new(folder).is_dir() or _old(folder).is_dir())


def leftovers(folder: Path) -> list[Path]:
    """Return what a replacement that was cut short left beside a run's folder and is no longer needed."""
    if not _is_recorded(folder):
        return []
    return [path for path in (_new(folder), _old(folder)) if path.is_dir() and not path.is_symlink()]


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Return bytes, time and SHA-256 of the files of a run that is about to be done, frames included, by name."""
    return {
        path.relative_to(folder).as_posix(): {**_status(path), "sha256": _digest(path)}
        for path in sorted([*folder.iterdir(), *(folder / FRAMES).glob("*")])
        if path.is_file()
    }


def damage(folder: Path, metrics: Mapping[str, Any], *, thorough: bool = False) -> str | None:
    """Return what is wrong with the files of a done run; None if nothing is.

    Names and sizes are checked, the digests of files written since, and if `thorough` all digests. A run recorded
    before files were listed only needs its picture, which `thorough` decodes.
    """
    listed = metrics.get("files")
    if not isinstance(listed, dict) or not listed:
        return _damage_of_picture(folder / IMAGE, thorough)
    return next(filter(None, (_damage(folder, name, entry, thorough) for name, entry in listed.items())), None)


def _damage(folder: Path, name: str, entry: Any, thorough: bool) -> str | None:
    first, *below = Path(name).parts
    if not isinstance(entry, dict) or (first not in RUN_FILES and first != FRAMES) or ".." in below:
        return f"its list of files is damaged at {name!r}"
    path = folder / name
    if not path.is_file():
        return f"{name} is missing"
    status = _status(path)
    if status["bytes"] != entry.get("bytes"):
        return f"{name} has {status['bytes']} bytes, not {entry.get('bytes')}"
    if thorough:
        digest = _digest(path)
    elif "mtime_ns" in entry and status["mtime_ns"] != entry["mtime_ns"]:  # not in a run of before times were recorded
        digest = _digest_once(path, **status)
    else:
        return None
    return None if digest == entry.get("sha256") else f"{name} is not what was written"


def _status(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"bytes": status.st_size, "mtime_ns": status.st_mtime_ns}


def _damage_of_picture(path: Path, thorough: bool) -> str | None:
    if not path.is_file() or not path.stat().st_size:
        return f"{path.name} is {'empty' if path.is_file() else 'missing'}"
    try:
        if thorough:
            with open_own(path) as image:
                image.load()
    except Exception:  # a decoder may raise anything on a damaged file
        return f"{path.name} cannot be read"
    return None


@lru_cache(maxsize=2**16)
def _digest_once(path: Path, bytes: int, mtime_ns: int) -> str:
    """Return the digest of a file, read once in a process unless it changes."""
    return _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_recorded(folder: Path) -> bool:
    return bool(read_json(folder / METRICS) or read_json(folder / ERROR))


def _put(new: Path, folder: Path) -> None:
    old = _old(folder)
    if folder.exists():
        _drop(old, folder)
        folder.rename(old)
    new.rename(folder)
    sync_folder(folder.parent)
    _drop(old, folder)


def _drop(old: Path, folder: Path) -> None:
    """Remove an old folder; files that nst did not put there move back to their place."""
    for path in strangers(old):
        place = folder / path.relative_to(old)
        place.parent.mkdir(exist_ok=True)
        path.rename(place)
    if old.is_symlink():
        old.unlink()
    shutil.rmtree(old, ignore_errors=True)


def _new(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")
