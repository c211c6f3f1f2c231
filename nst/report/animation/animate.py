"""Animate runs with frames, and the whole grid in step, in `motion/`; more runs make smaller and shorter files."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from nst.report.animation import files
from nst.report.context import ReportContext
from nst.report.figure import arrange, grid, lettering, pictures
from nst.report.figure.canvas import Pixels
from nst.report.figure.geometry import Grid, Panel
from nst.report.figure.table import Found, shown
from nst.store.files.atomic import read_json, remove, write_text
from nst.store.files.names import FRAMES as FRAMES_FOLDER
from nst.store.plan import Plan

FRAMES = 60  # per file, at most
LONGEST = 512  # long side of a run, at most
WIDEST = 1280  # of the grid
RUNS_PIXELS, GRID_PIXELS, READ_PIXELS = 100e6, 40e6, 200e6  # written for runs, for the grid; read for the grid
FEWEST = 12  # frames per file, however many runs there are
VERSION = 1  # raise it when the same frames would give different files

Size = tuple[int, int]
Item = TypeVar("Item")


@dataclass(frozen=True)
class FrameSequence:
    """The pictures of a run over time: `frames[i]` was evaluated at evaluation `evaluations[i]`; 0 is the start.

    `size` is that of the last frame; frames of earlier scales are smaller.
    """

    signature: str
    size: tuple[int, int]
    evaluations: tuple[int, ...]
    frames: tuple[Path, ...]

    def at(self, evaluation: int) -> Path:
        """Return the latest frame up to an evaluation; beyond the end, the last one."""
        return self.frames[max(0, bisect_right(self.evaluations, evaluation) - 1)]


def write(context: ReportContext) -> None:
    """Write the animations and remove those of an earlier report that no longer have frames."""
    folder = context.folder / "motion"
    found = sequences(context.plan, context.frame)
    known = read_json(folder / "made.json") or {}
    keys = pictures.side_by_side(lambda one: _run(folder, one, RUNS_PIXELS / len(found), known), found)
    made = {sequence.signature: key for sequence, key in zip(found, keys, strict=True)}
    if len(context.plan.runs) > 1 and found:
        made["grid"] = _grid(context, folder, found, known)
    _clear(folder, made)


def _run(folder: Path, sequence: FrameSequence, pixels: float, known: dict[str, str]) -> str:
    """Write the animation of a run; its frames, all together, have about `pixels` pixels."""
    w, h = sequence.size
    full = min(1.0, LONGEST / max(w, h))
    frames = thinned(sequence.frames, int(min(FRAMES, max(2 * FEWEST, pixels / (w * h * full**2)))))
    size = _even(w, h, min(full, (pixels / (w * h * len(frames))) ** 0.5))
    shown = (_read(frame, sequence.size, size) for frame in frames)
    return _update(folder / f"{sequence.signature}.webp", _key(frames, size), known, shown)


def _grid(context: ReportContext, folder: Path, found: Sequence[FrameSequence], known: dict[str, str]) -> str:
    facets = arrange.facets(context.plan, context.frame, context.axes, context.crop)
    drawing = grid.lay_out(facets, WIDEST)
    size = _even(drawing.width, drawing.height, min(1.0, WIDEST / drawing.width, WIDEST / drawing.height * 1.5))
    read = sum(sequence.size[0] * sequence.size[1] for sequence in found)
    most = int(min(FRAMES, max(FEWEST, min(GRID_PIXELS / (size[0] * size[1]), READ_PIXELS / read))))
    moments = thinned(sorted({moment for sequence in found for moment in sequence.evaluations}), most)
    frames = [sequence.at(moment) for sequence in found for moment in moments]
    stills = [panel.shot.picture for panel in drawing.panels if panel.shot.picture is not None]
    key = _key([*frames, *stills], size, repr(drawing.panels))
    return _update(folder / "grid.webp", key, known, _sheets(drawing, found, moments, size))


def _update(path: Path, key: str, known: dict[str, str], shown: Iterable[Pixels]) -> str:
    """Write a file unless it was already made from the same input; return its key."""
    is_whole = path.exists() and (path.with_suffix(".mp4").exists() or not files.has_video())
    if known.get(path.stem) != key or not is_whole:
        files.write(list(shown), path)
    return key


def _sheets(drawing: Grid, found: Sequence[FrameSequence], moments: Sequence[int], size: Size) -> Iterator[Pixels]:
    """Yield the drawing at each moment: every result replaced by the latest frame of its run."""
    ground = grid.painted(drawing)
    by_run = {sequence.signature: sequence for sequence in found}
    moving = [panel for panel in drawing.panels if panel.shot.state == "done" and panel.shot.signature in by_run]
    for moment in moments:
        latest = [by_run[panel.shot.signature].at(moment) for panel in moving]
        full = [by_run[panel.shot.signature].size for panel in moving]
        frames = pictures.side_by_side(_read_panel, list(zip(moving, latest, full, strict=True)))
        for panel, frame in zip(moving, frames, strict=True):
            if frame is not None:
                grid.paste(ground, frame, panel)
        image = _counted(ground, moment)
        yield np.array(image if image.size == size else image.resize(size, Image.Resampling.LANCZOS))


def _counted(ground: Pixels, moment: int) -> Image.Image:
    """Write the evaluation number into the lower margin."""
    image, size = Image.fromarray(ground), 11
    corner = (image.width - 12 - lettering.width("evaluation 00000", size), image.height - size - 4)
    ImageDraw.Draw(image).text(corner, f"evaluation {moment}", fill=(107, 107, 114), font=lettering.font(size))
    return image


def _read_panel(found: tuple[Panel, Path, Size]) -> Pixels | None:
    panel, path, full = found
    return pictures.pixels(path, panel.source, (panel.inner.w, panel.inner.h), full) if panel.source else None


def _read(path: Path, full: Size, size: Size) -> Pixels:
    found = pictures.pixels(path, (0, 0, *full), size, full)
    return np.full((size[1], size[0], 3), 255, np.uint8) if found is None else found


def _even(w: int, h: int, scale: float) -> Size:
    """Return an even size: H.264 halves the resolution of colours."""
    return max(2, round(w * scale / 2) * 2), max(2, round(h * scale / 2) * 2)


def _key(frames: Sequence[Path], size: Size, more: str = "") -> str:
    """Hash the input of a file, so that it is not made again from the same input."""
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in frames for stat in [path.stat()]]
    return hashlib.sha256(repr((VERSION, files.has_video(), size, stats, more)).encode()).hexdigest()[:16]


def _clear(folder: Path, made: dict[str, str]) -> None:
    for path in folder.glob("[!.]*"):
        if path.stem not in made and path.suffix in (".webp", ".mp4"):
            remove(path)
    if made:
        write_text(folder / "made.json", json.dumps(made, indent=1))
        return
    remove(folder / "made.json")
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def sequences(plan: Plan, frame: pd.DataFrame) -> list[FrameSequence]:
    """Return the frames of each combination's shown run, in plan order, if it has any.

    Skips frames that cannot be opened or are no smaller copy of the last one's shape, and runs in which nothing moves.
    """
    found = []
    for run, row in shown(plan, frame):
        sizes = {moment: (size, path) for moment, path in _moments(row).items() if (size := pictures.size_of(path))}
        last = sizes[max(sizes)][0] if sizes else (0, 0)
        kept = {moment: path for moment, (size, path) in sorted(sizes.items()) if _is_scale_of(size, last)}
        if len(kept) > 1:
            found.append(FrameSequence(run.signature, last, tuple(kept), tuple(kept.values())))
    return found


def _is_scale_of(size: Size, last: Size) -> bool:
    """Return whether a picture has the last one's shape, up to rounding of its sides, and is no larger."""
    (w, h), (last_w, last_h) = size, last
    return size == last or (w < last_w and h < last_h and abs(w * last_h - h * last_w) <= last_w + last_h)


def thinned(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most `most` (2 or more) of the items, evenly spaced, including the first and the last."""
    places = np.linspace(0, len(items) - 1, min(most, len(items))).round().astype(int)
    return [items[place] for place in places]


def _moments(row: Found) -> dict[int, Path]:
    """Return pictures by evaluation: the start, the frames, and the result if it came after them."""
    folder = row["folder"]
    files = (folder / FRAMES_FOLDER).glob("*.png") if isinstance(folder, Path) else ()
    frames = {int(path.stem): path for path in sorted(files) if path.stem.isdecimal()}
    if not frames:
        return {}
    first = {0: row["start"]} if isinstance(row["start"], Path) else {}
    made = int(row["evaluations"]) if row["evaluations"] == row["evaluations"] else 0  # NaN if unknown
    last = {made: row["image"]} if made > max(frames) and isinstance(row["image"], Path) else {}
    return first | frames | last
