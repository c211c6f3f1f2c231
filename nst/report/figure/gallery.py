"""The pictures of a report, in its folder: results, starts and inputs, hard-linked from the store if possible."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from nst.report import labels
from nst.report.context import ReportContext
from nst.report.figure.table import shown
from nst.report.read.frame import input_names
from nst.report.read.inputs import input_name, is_mask_name
from nst.store.files.atomic import link_or_copy, remove
from nst.store.plan import Value


@dataclass(frozen=True)
class Input:
    """An input picture, its use, and its name."""

    picture: Path
    kind: str
    name: str

    @property
    def is_mask(self) -> bool:
        return is_mask_name(self.kind)

    @property
    def role(self) -> str:
        """Return the use of the picture in words, such as `guide 1 mask`."""
        return re.sub(r"[_.]", " ", self.kind)


@dataclass(frozen=True)
class Gallery:
    """The file in the report (`pictures/...`) for each picture in the store, and the inputs, once per use."""

    files: Mapping[Path, str]
    inputs: tuple[Input, ...]


def write(context: ReportContext, *, results_only: bool = False) -> Gallery:
    """Link all pictures, or only the results, into the report, and remove leftovers of an earlier report."""
    files = {path: f"pictures/{signature}.png" for signature, path in _stored(context, "image")}
    inputs = () if results_only else _inputs(context)
    files = files if results_only else _starts(context) | files
    for one in inputs:
        files.setdefault(one.picture, f"pictures/{one.kind}-{one.picture.name}")
    for picture, file in files.items():
        link_or_copy(picture, context.folder / file)
    clear(context.folder / "pictures", {Path(file).name for file in files.values()})
    return Gallery(files, inputs)


def clear(folder: Path, wanted: Iterable[str]) -> None:
    """Delete the files of a folder that are no longer wanted."""
    kept = set(wanted)
    for old in folder.glob("[!.]*.*"):  # a hidden file may be another process's, half written
        if old.name not in kept:
            remove(old)


def _stored(context: ReportContext, column: str) -> list[tuple[str, Path]]:
    """Return the pictures in a column of the frame with the signatures of their runs."""
    pairs = zip(context.plan.runs, context.frame[column], strict=True)
    return [(run.signature, path) for run, path in pairs if isinstance(path, Path)]


def _inputs(context: ReportContext) -> tuple[Input, ...]:
    found: dict[tuple[str, Path], Input] = {}
    for run, row in shown(context.plan, context.frame):
        for kind in input_names(context.frame):
            picture = row[f"{kind}_picture"]
            if isinstance(picture, Path):
                name = _name(kind, {**context.plan.constants, **run.values})
                found.setdefault((kind, picture), Input(picture, kind, name))
    return tuple(found.values())


def _name(kind: str, values: Mapping[str, Value]) -> str:
    """Name an input: `style[2]` is the second style, while a further loss's pictures share one name."""
    key, _, number = kind.partition("[")
    names = labels.pictures(key, values) if key == "style" else []
    place = int(number.rstrip("]") or 1)
    return names[place - 1] if place <= len(names) else input_name(kind, values)


def _starts(context: ReportContext) -> dict[Path, str]:
    """Name equal starts after the first run that had them, as one file: noise cannot be compressed."""
    first: dict[tuple[int, bytes], str] = {}
    files: dict[Path, str] = {}
    sized = [(signature, start, start.stat().st_size) for signature, start in _stored(context, "start")]
    counts = Counter(size for _, _, size in sized)
    for signature, start, size in sized:
        key = (size, blake2b(start.read_bytes()).digest() if counts[size] > 1 else b"")
        files[start] = first.setdefault(key, f"pictures/start-{signature}.png")
    return files
