"""The pictures of a report, in its folder: results, starts and inputs, hard-linked from the store if the disk can."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from nst.report import labels
from nst.report.context import ReportContext
from nst.report.figure.shots import shown
from nst.report.read.frame import input_names, picture_key
from nst.store.atomic import link_or_copy, remove


@dataclass(frozen=True)
class Input:
    """An input picture, what it was used as, and the name it goes by."""

    picture: Path
    kind: str
    name: str


@dataclass(frozen=True)
class Gallery:
    """The file in the report (`pictures/...`) of each picture of the store, and the inputs, each once a use."""

    files: Mapping[Path, str]
    inputs: tuple[Input, ...]


def write(context: ReportContext, *, results_only: bool = False) -> Gallery:
    """Link all pictures, or only the results, into the report, and remove what an earlier report left."""
    inputs = () if results_only else _inputs(context)
    files = {**({} if results_only else _starts(context)), **_results(context)}
    for one in inputs:
        files.setdefault(one.picture, f"pictures/{one.kind}-{one.picture.name}")
    for picture, file in files.items():
        link_or_copy(picture, context.folder / file)
    clear(context.folder / "pictures", {Path(file).name for file in files.values()})
    return Gallery(files, inputs)


def clear(folder: Path, wanted: Iterable[str]) -> None:
    """Delete the files of a folder that are not wanted any more."""
    kept = set(wanted)
    for old in folder.glob("*.*"):
        if old.name not in kept and not old.name.startswith("."):  # a hidden one may be another process's, half made
            remove(old)


def _inputs(context: ReportContext) -> tuple[Input, ...]:
    plan = context.plan
    found: dict[tuple[str, Path], Input] = {}
    for run, row in shown(plan, context.frame):
        for kind in input_names(context.frame):
            picture = row[f"{kind}_picture"]
            if isinstance(picture, Path):
                key = picture_key(kind)
                name = labels.value(key, run.values.get(key, plan.constants.get(key)))
                found.setdefault((kind, picture), Input(picture, kind, name))
    return tuple(found.values())


def _results(context: ReportContext) -> dict[Path, str]:
    pairs = zip(context.plan.runs, context.frame["image"], strict=True)
    return {image: f"pictures/{run.signature}.png" for run, image in pairs if isinstance(image, Path)}


def _starts(context: ReportContext) -> dict[Path, str]:
    """Name equal starts after the first run that had it, as one file: noise cannot be compressed."""
    files: dict[Path, str] = {}
    first: dict[tuple[int, str], str] = {}
    pairs = [pair for pair in zip(context.plan.runs, context.frame["start"], strict=True) if isinstance(pair[1], Path)]
    sizes = {start: start.stat().st_size for _, start in pairs}
    lengths = list(sizes.values())
    alone = {length for length in set(lengths) if lengths.count(length) == 1}
    for run, start in pairs:
        length = sizes[start]
        key = (length, "" if length in alone else _digest(start))
        files[start] = first.setdefault(key, f"pictures/start-{run.signature}.png")
    return files


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "blake2b").hexdigest()
