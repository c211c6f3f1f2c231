"""A report that keeps up with its sweep: built again whenever a run has ended, until all have."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from nst.store.plan import read_plan
from nst.store.store import ERROR, METRICS, Store

POLL_SECONDS = 2.0

Ends = tuple[tuple[str, int], ...]


def watch(name: str, runs_dir: Path, make: Callable[..., Path], formats: Collection[str]) -> None:
    """Call `make(formats=...)` whenever a run of sweep `name` has ended; returns when all of them have.

    While runs are left only the page and its numbers are made again; the figures are drawn once more at the end.
    """
    from nst.report.build import LIVE

    store = Store(runs_dir)
    seen = ends(name, store)
    while unfinished(name, store):
        time.sleep(POLL_SECONDS)
        now = ends(name, store)
        if now != seen:
            make(formats=[one for one in formats if one in LIVE] or formats)
            seen = now
    make(formats=formats)


def ends(name: str, store: Store) -> Ends:
    """Return the files that say how each run ended, with the time of each: equal ones mean that nothing happened."""
    files = [store.job(run.signature) / file for run in read_plan(store, name).runs for file in (METRICS, ERROR)]
    return tuple((str(file), changed) for file in files if (changed := _changed(file)) is not None)


def unfinished(name: str, store: Store) -> int:
    """Count the runs of a sweep that have left neither a result nor an error."""
    runs = read_plan(store, name).runs
    return sum(store.record(run.signature, probe=False).is_missing for run in runs)


def _changed(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
