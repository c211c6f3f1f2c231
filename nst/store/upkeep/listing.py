"""List a store, one row per run: its state, age and size, what it is, and the sweeps whose plans name it."""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.spec.records import Picture, PictureFile
from nst.store.command import command, made_by
from nst.store.files.names import JOBS, METRICS
from nst.store.plan import read_plans
from nst.store.store import State, Store

WIDTH = 100
SWEEPS_WIDTH = 24


@dataclass(frozen=True)
class Row:
    """One run's folder; `age_seconds`: since its last file was written, by the disk's clock; `reason`: of a failure.

    `command`: the shell command that makes it again; None if it is not known.
    """

    signature: str
    state: State
    age_seconds: float
    bytes: int
    sweeps: tuple[str, ...]
    what: str
    reason: str | None
    command: str | None = None


def rows(store: Store) -> list[Row]:
    """Return every run of a store that has a folder or is being made, the latest last."""
    named: dict[str, dict[str, str]] = {}
    commands: dict[str, str] = {}
    for plan in read_plans(store)[0]:
        for run in plan.runs:
            named.setdefault(run.signature, {})[plan.name] = run.label
            commands.setdefault(run.signature, command(run, plan))
    locks = {path.stem for path in store.locks.glob("*.lock") if not path.stem.startswith("report-")}
    folders = {path.name for path in (store.root / JOBS).glob("[!.]*") if path.is_dir()}
    running = {key for key in locks - folders if store.is_locked(key)}
    found = [_row(store, key, named.get(key, {}), commands.get(key)) for key in folders | running]
    return sorted(found, key=lambda row: (-row.age_seconds, row.signature))


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files in a folder; links, and files that cannot be examined, count as 0."""
    count = 0
    for path in (os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names):
        with contextlib.suppress(OSError):
            if not os.path.islink(path):
                count += os.lstat(path).st_size
    return count


def size_of(count: int) -> str:
    """Format bytes: `1.2 MiB`."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 2**10:.1f} KiB"


def age_of(seconds: float) -> str:
    """Format an age: `3 min`; `now` if it is below a second, or negative because a clock was set back."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return "now"


def table(found: Sequence[Row], reasons: bool) -> str:
    """Format rows as lines of at most `WIDTH` characters; with `reasons`, why a run failed, not what it is."""
    width = max(map(len, ["sweeps", *map(_sweeps, found)]))
    head = f"{'signature':14}{'state':9}{'age':>7}{'size':>11}  {'sweeps':{width}}  {'reason' if reasons else 'what'}"
    lines = [
        f"{row.signature:14}{row.state:9}{age_of(row.age_seconds):>7}{size_of(row.bytes):>11}  {_sweeps(row):{width}}  "
        f"{(row.reason or '') if reasons else row.what}"
        for row in found
    ]
    return "\n".join(_cut(line.rstrip(), WIDTH) for line in [head, *lines])


def _row(store: Store, key: str, labels: Mapping[str, str], line: str | None) -> Row:
    folder = store.run(key)
    error = store.error(key)
    reason = " ".join(str(error.get("message") or error.get("type")).split()) if error else None
    state = store.state(key)
    return Row(
        signature=key,
        state=state,
        age_seconds=max(0.0, time.time() - _written(folder)),
        bytes=folder_bytes(folder),
        sweeps=tuple(labels),
        what="; ".join(words for words in (next(iter(labels.values()), ""), _what(store, key)) if words),
        reason=reason if state is State.FAILED else None,
        command=line or _made_by(store, key),
    )


def _made_by(store: Store, key: str) -> str | None:
    made = store.provenance(key)
    argv = made.get("argv")
    if not isinstance(argv, list) or not all(isinstance(word, str) for word in argv):
        return None
    return made_by(argv, made.get("precision"))


def _written(folder: Path) -> float:
    return next((path.stat().st_mtime for path in (folder / METRICS, folder) if path.exists()), time.time())


def _what(store: Store, key: str) -> str:
    """Describe a run: `chelsea + ihc, content, 512 px, 300 steps, lbfgs, seed 0`; empty without `spec.yaml`."""
    spec = store.spec(key)
    if spec is None:
        return ""
    targets = dict.fromkeys(_title(target.picture) for term in spec.terms for target in term.targets)
    sizes = "" if len(spec.scales) == 1 else f"{spec.scales[0].size} to "
    rest = [spec.start.kind, f"{sizes}{spec.size} px", f"{spec.evaluations} steps", spec.optimizer.name]
    return ", ".join([" + ".join(targets), *rest, f"seed {spec.start.seed}"])


def _title(picture: Picture) -> str:
    return Path(str(picture.path)).stem if isinstance(picture, PictureFile) else f"{_title(picture.source)} blended"


def _sweeps(row: Row) -> str:
    more = f" +{len(row.sweeps) - 1}" if len(row.sweeps) > 1 else ""
    return _cut(row.sweeps[0], SWEEPS_WIDTH - len(more)) + more if row.sweeps else "-"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
