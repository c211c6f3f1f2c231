"""Tell nst's own files in a store from the user's, which are left alone, by their names."""

import contextlib
import re
from pathlib import Path

from nst.store.names import FRAMES, RUN_FILES, UNFINISHED_FRAMES

TEMPORARY = re.compile(r"\..+\.(?:[a-z0-9_]{8}\.tmp|[0-9a-f]{16}\.\w+)", re.DOTALL)
"""The name of a file that was about to be renamed (`nst.store.atomic`)."""
FRAME = re.compile(r"\d{6,}\.png")


def strangers(folder: Path) -> list[Path]:
    """Return everything in a run's folder that nst did not put there."""
    found = []
    for path in entries(folder):
        if path.name in (FRAMES, UNFINISHED_FRAMES) and path.is_dir() and not path.is_symlink():
            found += [inner for inner in entries(path) if not _is_own(inner, FRAME.fullmatch(inner.name) is not None)]
        elif not _is_own(path, path.name in RUN_FILES):
            found.append(path)
    return found


def remove_own(folder: Path) -> None:
    """Remove a folder of frames, but for what nst did not put there."""
    for path in entries(folder):
        if _is_own(path, FRAME.fullmatch(path.name) is not None):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _is_own(path: Path, has_name: bool) -> bool:
    return (has_name or TEMPORARY.fullmatch(path.name) is not None) and path.is_file() and not path.is_symlink()


def entries(folder: Path) -> list[Path]:
    """Return what is in a folder by name; nothing if it is a link or not there."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(folder.iterdir())
