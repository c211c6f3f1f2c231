"""Turn the rows of a sweep's frame into records: a run's settings, measurements and pictures."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from numbers import Real
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd

from nst.errors import UserError
from nst.report.figure.pictures import size_of
from nst.report.read.filter import spelt
from nst.statements.pixels import Array, read
from nst.store.columns import PATHS, column
from nst.store.styles import BETWEEN

Item = TypeVar("Item")
Kind = Literal["reconstruction", "texture", "transfer"]
NOISES = ("uniform", "gaussian")


@dataclass(frozen=True)
class Run:
    """A finished run. `keys`: its varied keys; `measured`: its known numbers; `paths`: its files on disk."""

    keys: Mapping[str, Any]
    measured: Mapping[str, float]
    paths: Mapping[str, Path]
    machine: str

    def __getitem__(self, name: str) -> float:
        """Return a measured number; NaN if unknown."""
        return self.measured.get(name, math.nan)

    @property
    def kind(self) -> Kind:
        """Kind of the run, according to which of the two losses it uses."""
        if not self._uses("style"):
            return "reconstruction"
        return "transfer" if self._uses("content") else "texture"

    @property
    def content(self) -> str:
        return self._name("content")

    @property
    def style(self) -> str:
        return self._name("style")

    @property
    def styles(self) -> tuple[str, ...]:
        """The style's name, or those of several."""
        return tuple(part.strip() for part in self.style.strip("[]").replace(BETWEEN, ",").split(","))

    @property
    def pair(self) -> str:
        return f"{self.content} + {self.style}"

    @property
    def init(self) -> str:
        """The start, under its canonical name."""
        return spelt("init", str(self.keys.get("init", "")))

    @property
    def seed(self) -> Any:
        return self.keys.get("seed", 0)

    def layers(self, kind: Literal["content", "style"]) -> tuple[int, int] | None:
        """Return first and last convolution of `conv_4` or `conv_1-3`; None if the layers are not such a range."""
        match = re.fullmatch(r"conv_(\d+)(?:-(\d+))?", str(self.keys.get(f"{kind}_layers")))
        return (int(match[1]), int(match[2] or match[1])) if match else None

    def _uses(self, kind: str) -> bool:
        used = self.keys[kind] is not None if kind in self.keys else f"{kind}_picture" in self.paths
        return used and self.keys.get(f"{kind}_weight", 1) != 0

    def _name(self, kind: str) -> str:
        picture = self.paths.get(f"{kind}_picture")
        return str(self.keys.get(kind) or (picture.stem if picture else kind))


@dataclass(frozen=True)
class Shot:
    """A run and some of its pictures, keyed by column."""

    run: Run
    pictures: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.pictures[name]


Measure = Callable[[Array, Array], float]
"""Measures a result against another picture."""


def finished(frame: pd.DataFrame) -> list[Run]:
    """Return the runs that are done; `frame.attrs["keys"]` names the columns that are keys of the configuration.

    Columns other than these and the recorded ones are ignored. Raises `UserError` if the frame does not name its keys.
    """
    done = frame[frame["state"] == "done"] if "state" in frame else frame[:0]
    if done.empty:
        return []
    if "keys" not in frame.attrs:
        raise UserError('the frame does not say which of its columns are keys: load it, or set frame.attrs["keys"]')
    keys = [key for key in frame.attrs["keys"] if key in frame]
    return [_run(row, keys) for row in done.to_dict("records")]


def _run(row: Mapping[Any, Any], keys: Sequence[str]) -> Run:
    paths = {one.name: path for one in PATHS if isinstance(path := row.get(one.name), Path) and path.is_file()}
    numbers = {str(name): float(value) for name, value in row.items() if name not in keys and isinstance(value, Real)}
    measured = {name: value for name, value in numbers.items() if (known := column(name)) and known.is_number}
    planned = {key: None if pd.isna(row[key]) else row[key] for key in keys}
    return Run(planned, measured, paths, str(row.get("machine")))


def once(runs: Iterable[Run]) -> list[Run]:
    """Keep one of each set of runs that differ only in seed or repeat and ended in the same picture, bit for bit."""
    kept: dict[object, Run] = {}
    for place, (run, *_repeats) in enumerate(groups(runs, ["repeat"])):
        kept.setdefault((apart(run, ("seed", "repeat")), _digest(run) or place), run)
    return list(kept.values())


def _digest(run: Run) -> str | None:
    """Hash the pixels, not the file, whose metadata name the run."""
    picture = read(run.paths.get("image"))
    return None if picture is None else sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest()


def apart(run: Run, keys: Iterable[str]) -> tuple[object, ...]:
    """Return all of a run's keys except these as one value, which is equal for runs that differ only in these."""
    left = {**run.keys, **({"init": run.init} if "init" in run.keys else {})}
    return tuple((key, repr(value)) for key, value in sorted(left.items()) if key not in set(keys))


def groups(runs: Iterable[Run], keys: Iterable[str]) -> list[list[Run]]:
    """Group runs that differ only in `keys`, in the order of each group's first run."""
    found: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        found.setdefault(apart(run, keys), []).append(run)
    return list(found.values())


def disjoint(runs: Iterable[Run]) -> list[Run]:
    """Keep the runs of pairs of pictures that share none, the first pairs in order: only these are independent."""
    owners: dict[str, str] = {}
    kept = []
    for run in runs:
        pictures = (run.content, *run.styles)
        if all(owners.get(picture, run.pair) == run.pair for picture in pictures):
            owners.update(dict.fromkeys(pictures, run.pair))
            kept.append(run)
    return kept


def alike(items: Sequence[Item], key: Callable[[Item], object]) -> list[Item]:
    """Keep items with the most frequent key, in ties the first: a set that lost a failed run is not comparable."""
    most = Counter(map(key, items)).most_common(1)
    return [item for item in items if key(item) == most[0][0]]


def against_content(runs: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Pair every run from noise with the first run from the content."""
    content = [run for run in runs if run.init == "content"][:1]
    return [(run, base) for run in runs if run.init in NOISES for base in content]


def with_pictures(runs: Iterable[Run], *names: str) -> list[Shot]:
    """Read these pictures of each run; runs that lack one, or whose pictures differ in shape, are left out."""
    found = []
    for run in runs:
        pictures = {name: picture for name in names if (picture := read(run.paths.get(name))) is not None}
        if len(pictures) == len(names) and len({picture.shape for picture in pictures.values()}) == 1:
            found.append(Shot(run, pictures))
    return found


def of_kind(runs: Iterable[Run], kind: Kind) -> list[Run]:
    return [run for run in runs if run.kind == kind]


def where(runs: Sequence[Run]) -> str:
    """Describe the conditions of the numbers in words: `at 128 px after 100 evaluations`."""
    sizes = [min(size) for run in runs if "image" in run.paths and (size := size_of(run.paths["image"]))]
    spent = [run["evaluations"] for run in runs if math.isfinite(run["evaluations"])]
    parts = [f"at {_span(sizes)} px"] if sizes else []
    return " ".join([*parts, *([f"after {_span(spent)} evaluations"] if spent else [])])


def _span(numbers: Sequence[float]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
