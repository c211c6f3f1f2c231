"""A report that keeps up with its sweep: built again whenever a run has ended, until all have."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from nst.report.read import plan as plans

POLL_SECONDS = 2.0

Ends = tuple[tuple[str, int], ...]


def watch(name: str, runs_dir: Path, make: Callable[..., Path], formats: Collection[str]) -> None:
    """Call `make(formats=...)` whenever a run of sweep `name` has ended; returns when all of them have.

    While runs are left only the page and its numbers are made again; the figures are drawn once more at the end.
    """
    from nst.report.build import LIVE

    seen = ends(name, runs_dir)
    while unfinished(name, runs_dir):
        time.sleep(POLL_SECONDS)
        now = ends(name, runs_dir)
        if now != seen:
            make(formats=[one for one in formats if one in LIVE] or formats)
            seen = now
    make(formats=formats)


def ends(name: str, runs_dir: Path) -> Ends:
    """The files that say how each run ended, with the time of each: two equal ones mean that nothing has happened."""
    found = [(str(file), _changed(file)) for folder in _folders(name, runs_dir) for file in _last_files(folder)]
    return tuple((file, changed) for file, changed in found if changed is not None)


def unfinished(name: str, runs_dir: Path) -> int:
    """How many runs of a sweep have left neither a result nor an error."""
    return sum(all(_changed(file) is None for file in _last_files(folder)) for folder in _folders(name, runs_dir))


def _folders(name: str, runs_dir: Path) -> list[Path]:
    return [runs_dir / "jobs" / job.signature for job in plans.read(name, runs_dir).jobs]


def _last_files(folder: Path) -> tuple[Path, Path]:
    return folder / "metrics.json", folder / "error.json"


def _changed(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
