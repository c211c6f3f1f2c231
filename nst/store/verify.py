"""Look for done runs whose files are not what was written, and forget them, so that they are made again."""

from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from nst.store.names import METRICS
from nst.store.store import Store


@dataclass(frozen=True)
class Damaged:
    """A run that was recorded as done and is not whole: its folder, and what is wrong with it."""

    signature: str
    path: Path
    reason: str


def verify(store: Store) -> list[Damaged]:
    """Read every file of every done run, and return the runs that are not whole."""
    found = ((folder, store.damage(folder.name, thorough=True)) for folder in store.runs())
    return [Damaged(folder.name, folder, why) for folder, why in found if why]


def forget(store: Store, run: Damaged) -> bool:
    """Remove the `metrics.json` that makes a run count as done; False if it is being made, or is whole by now.

    Its other files stay until it is made again. Raises `OSError` if the store cannot be written.
    """
    try:
        with store.lock(run.signature).acquire(blocking=False):
            if store.damage(run.signature, thorough=True):
                (run.path / METRICS).unlink(missing_ok=True)
                return True
    except Timeout:
        pass
    return False
