"""Name the files in a store, so that nst's own can be told from the user's, which are left alone.

The names never change: old stores must stay readable.
"""

import contextlib
import re
from collections.abc import Collection
from pathlib import Path

METRICS, ERROR, PROVENANCE = "metrics.json", "error.json", "provenance.json"
MEASURES = "measures.json"
CHECKPOINT, UNUSABLE_CHECKPOINT = "checkpoint.pt", "checkpoint-unusable.pt"
IMAGE, START, BEST, TRACE, SPEC = "image.png", "start.png", "best.png", "trace.csv", "spec.yaml"
RUN_FILES = frozenset({
    SPEC, START, IMAGE, BEST, TRACE, PROVENANCE, METRICS, MEASURES, ERROR, CHECKPOINT, UNUSABLE_CHECKPOINT,
})  # fmt: skip
"""Every file that a run's folder may hold, besides its frames."""
FRAMES, UNFINISHED_FRAMES = "frames", ".frames"
PLAN = "plan.json"
OVERVIEW = "index.html"
"""The page of all sweeps, beside their folders."""
JOBS, PICTURES, SWEEPS, LOCKS = "jobs", "pictures", "sweeps", "locks"
ROOMS = (JOBS, PICTURES, SWEEPS, LOCKS)
"""The folders of a store; the first holds the folders of runs."""
MARKER = ".nst-store"
MARK = "This folder is a store of nst: what its runs made, by signature. `python -m nst.store` lists them.\n"
SIGNATURE = re.compile("[0-9a-f]{12}")
TEMPORARY = re.compile(r"\..+\.(?:[a-z0-9_]{8}\.tmp|[0-9a-f]{16}\.\w+)", re.DOTALL)
"""The name of a file that was about to be renamed (`nst.store.files.atomic`)."""
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


def remove_frames(folder: Path, kept: Collection[str] = ()) -> None:
    """Remove a folder of frames, except what nst did not put there and the frames in `kept`."""
    for path in entries(folder):
        if path.name not in kept and _is_own(path, FRAME.fullmatch(path.name) is not None):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def entries(folder: Path) -> list[Path]:
    """Return what is in a folder by name; nothing if it is a link or does not exist."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(folder.iterdir())


def _is_own(path: Path, has_name: bool) -> bool:
    return (has_name or TEMPORARY.fullmatch(path.name) is not None) and path.is_file() and not path.is_symlink()
