"""Build a report again whenever a run of its sweep has ended, until all have."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from nst.store.plan import read_plan
from nst.store.store import Record, Store

POLL_SECONDS = 2.0


def watch(name: str, runs_dir: Path, make: Callable[..., Path], formats: Collection[str]) -> None:
    """Call `make(formats=...)` whenever a run of sweep `name` has ended; return when all of them have.

    While runs are left only the page and its numbers are made again; the figures are drawn once more at the end.
    """
    from nst.report.build import LIVE

    store = Store(runs_dir)
    seen = _records(name, store)
    while any(record.is_missing for record in seen):
        time.sleep(POLL_SECONDS)
        now = _records(name, store)
        if now != seen:
            make(formats=[one for one in formats if one in LIVE] or formats)
        seen = now
    make(formats=formats)


def _records(name: str, store: Store) -> list[Record]:
    """Return how the runs of a sweep stand: two equal lists mean that none has ended in between."""
    return [store.record(run.signature, probe=False) for run in read_plan(store, name).runs]
