"""Replace a run's folder by a new one, so that a kill at any moment leaves one of them whole.

The new one is written beside it as `.<signature>.new`, its `metrics.json` or `error.json` last. Then the old one is
renamed to `.<signature>.old`, the new one takes its name, and the old one goes. `settle` finishes what was cut short.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nst.store.atomic import read_json, sync_folder
from nst.store.names import ERROR, METRICS, strangers


@contextmanager
def replacement(folder: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of `folder` at the end of the block, or goes if that fails.

    Only for the one that holds the run's lock.
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
    """Finish a replacement that was cut short; only for the one that holds the run's lock."""
    new, old = _new(folder), _old(folder)
    if _is_recorded(new):
        _put(new, folder)
    elif not folder.exists() and old.is_dir():
        old.rename(folder)
    shutil.rmtree(new, ignore_errors=True)
    _drop(old, folder)


def is_unsettled(folder: Path) -> bool:
    """Return whether a replacement was cut short when `folder` had gone and the new one had not come."""
    return not folder.exists() and (_new(folder).is_dir() or _old(folder).is_dir())


def leftovers(folder: Path) -> list[Path]:
    """Return what a replacement that was cut short has left beside a run's folder and is needed no more."""
    if not _is_recorded(folder):
        return []
    return [path for path in (_new(folder), _old(folder)) if path.is_dir() and not path.is_symlink()]


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
