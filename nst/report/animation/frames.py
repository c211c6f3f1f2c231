"""Find the frames of runs (`frames_every`), from the start to the result."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from nst.report.figure.pictures import size_of
from nst.report.figure.shots import Found, shown
from nst.store.names import FRAMES
from nst.store.plan import Plan

Item = TypeVar("Item")


@dataclass(frozen=True)
class FrameSequence:
    """The pictures of a run in time: `frames[i]` is what evaluation `evaluations[i]` saw; 0 is the start."""

    signature: str
    size: tuple[int, int]
    evaluations: tuple[int, ...]
    frames: tuple[Path, ...]

    def at(self, evaluation: int) -> Path:
        """Return the latest frame up to an evaluation, the last one beyond the end."""
        return self.frames[max(0, bisect_right(self.evaluations, evaluation) - 1)]


def sequences(plan: Plan, frame: pd.DataFrame) -> list[FrameSequence]:
    """Return the frames of each combination that has any, of the run that is shown, in plan order.

    Only what can be opened and is as large as the last such picture; no run of which nothing moves.
    """
    found = []
    for run, row in shown(plan, frame):
        sizes = {moment: (size, path) for moment, path in _moments(row).items() if (size := size_of(path))}
        last = sizes[max(sizes)][0] if sizes else (0, 0)
        kept = {moment: path for moment, (size, path) in sorted(sizes.items()) if size == last}
        if len(kept) > 1:
            found.append(FrameSequence(run.signature, last, tuple(kept), tuple(kept.values())))
    return found


def thinned(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most `most` (2 or more) of the items, evenly, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(number * (len(items) - 1) / (most - 1))] for number in range(most)]


def _moments(row: Found) -> dict[int, Path]:
    """Return pictures by evaluation: the start, the frames, and the result if it came after them."""
    folder = row["folder"]
    files = (folder / FRAMES).glob("*.png") if isinstance(folder, Path) else ()
    frames = {int(path.stem): path for path in sorted(files) if path.stem.isdecimal()}
    if not frames:
        return {}
    first = {0: row["start"]} if isinstance(row["start"], Path) else {}
    made = int(row["evaluations"]) if row["evaluations"] == row["evaluations"] else 0  # NaN if it is not known
    last = {made: row["image"]} if made > max(frames) and isinstance(row["image"], Path) else {}
    return first | frames | last
