"""Animate every run with frames from its start to its result, and the whole grid in step, in `motion/`.

The work is bounded: many runs are shown smaller and with fewer frames. A file whose frames are still the same is kept.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from nst.report.animation import files
from nst.report.animation.frames import FrameSequence, courses, thinned
from nst.report.context import ReportContext
from nst.report.figure import arrange, grid, lettering, pictures
from nst.report.figure.canvas import Pixels
from nst.report.figure.drawing import Grid, Panel
from nst.store.atomic import read_json, remove, write_text

FRAMES = 60  # in a file, at most
LONGEST = 512  # long side of a run, at most
WIDEST = 1280  # of the grid
RUNS_PIXELS, GRID_PIXELS, READ_PIXELS = 100e6, 40e6, 200e6  # written of all runs, of the grid; read for the grid
FEWEST = 12  # frames in a file, however many runs there are
VERSION = 1  # counts up when the same frames would make other files

Size = tuple[int, int]


def write(context: ReportContext) -> None:
    """Write the animations and remove those of an earlier report that have no frames any more."""
    folder = context.folder / "motion"
    found = courses(context.plan, context.frame)
    known = read_json(folder / "made.json") or {}
    made = _runs(folder, found, known)
    if len(context.plan.runs) > 1 and found:
        made["grid"] = _grid(context, folder, found, known)
    _clear(folder, made)


def _runs(folder: Path, found: Sequence[FrameSequence], known: dict[str, str]) -> dict[str, str]:
    """Write the animation of each run; returns the keys of the files by signature."""

    def one(course: FrameSequence) -> str:
        frames, size = _plan(course, RUNS_PIXELS / len(found))
        path, key = folder / f"{course.signature}.webp", _key(frames, size)
        if known.get(course.signature) != key or not _is_whole(path):
            files.write([_read(frame, course.size, size) for frame in frames], path)
        return key

    keys = pictures.side_by_side(one, found)
    return {course.signature: key for course, key in zip(found, keys, strict=True)}


def _plan(course: FrameSequence, pixels: float) -> tuple[list[Path], Size]:
    """Choose the frames of a run and their size, so that together they have about `pixels` pixels."""
    w, h = course.size
    full = min(1.0, LONGEST / max(w, h))
    count = int(min(FRAMES, max(2 * FEWEST, pixels / (w * h * full**2))))
    frames = thinned(course.frames, count)
    return frames, _even(w, h, min(full, (pixels / (w * h * len(frames))) ** 0.5))


def _grid(context: ReportContext, folder: Path, found: Sequence[FrameSequence], known: dict[str, str]) -> str:
    facets = arrange.facets(context.plan, context.frame, context.axes, context.crop)
    drawing = grid.lay_out(facets, WIDEST)
    size = _even(drawing.width, drawing.height, min(1.0, WIDEST / drawing.width, WIDEST / drawing.height * 1.5))
    moments = thinned(sorted({moment for course in found for moment in course.evaluations}), _count(size, found))
    frames = [course.at(moment) for course in found for moment in moments]
    path, key = folder / "grid.webp", _key([*frames, *_stills(drawing)], size, repr(drawing.panels))
    if known.get("grid") != key or not _is_whole(path):
        files.write([_resized(sheet, size) for sheet in _sheets(drawing, found, moments)], path)
    return key


def _count(size: Size, found: Sequence[FrameSequence]) -> int:
    read = sum(course.size[0] * course.size[1] for course in found)
    return int(min(FRAMES, max(FEWEST, min(GRID_PIXELS / (size[0] * size[1]), READ_PIXELS / read))))


def _sheets(drawing: Grid, found: Sequence[FrameSequence], moments: Sequence[int]) -> Iterator[Pixels]:
    """Yield the drawing at each moment: every result replaced by the latest frame of its run."""
    ground = grid.painted(drawing)
    by_run = {course.signature: course for course in found}
    moving = [(panel, by_run[panel.shot.signature]) for panel in drawing.panels if _moves(panel, by_run)]
    for moment in moments:
        frames = pictures.side_by_side(lambda one: _cell(one[0], one[1].at(moment)), moving)  # noqa: B023
        for (panel, _), frame in zip(moving, frames, strict=True):
            if frame is not None:
                grid.paste(ground, frame, panel)
        yield _counted(ground, moment)


def _moves(panel: Panel, by_run: dict[str, FrameSequence]) -> bool:
    return panel.source is not None and panel.shot.state == "done" and panel.shot.signature in by_run


def _cell(panel: Panel, frame: Path) -> Pixels | None:
    assert panel.source is not None
    return pictures.pixels(frame, panel.source, (panel.inner.w, panel.inner.h))


def _counted(ground: Pixels, moment: int) -> Pixels:
    """Write the number of the evaluation into the lower margin."""
    image, size = Image.fromarray(ground), 11
    text = f"evaluation {moment}"
    corner = (image.width - 12 - lettering.width("evaluation 00000", size), image.height - size - 4)
    ImageDraw.Draw(image).text(corner, text, fill=(107, 107, 114), font=lettering.font(size))
    return np.array(image)


def _read(path: Path, own: Size, size: Size) -> Pixels:
    found = pictures.pixels(path, (0, 0, *own), size)
    return np.full((size[1], size[0], 3), 255, np.uint8) if found is None else found


def _resized(sheet: Pixels, size: Size) -> Pixels:
    image = Image.fromarray(sheet)
    return sheet if image.size == size else np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def _even(w: int, h: int, scale: float) -> Size:
    """Return an even size: H.264 halves the colours."""
    return max(2, round(w * scale / 2) * 2), max(2, round(h * scale / 2) * 2)


def _stills(drawing: Grid) -> list[Path]:
    return [panel.shot.picture for panel in drawing.panels if panel.shot.picture is not None]


def _key(frames: Sequence[Path], size: Size, more: str = "") -> str:
    """Hash what a file is made from, so that it is not made again from the same."""
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in frames for stat in [path.stat()]]
    return hashlib.sha256(repr((VERSION, files.has_video(), size, stats, more)).encode()).hexdigest()[:16]


def _is_whole(path: Path) -> bool:
    return path.exists() and (path.with_suffix(".mp4").exists() or not files.has_video())


def _clear(folder: Path, made: dict[str, str]) -> None:
    if not folder.exists():
        return
    for path in folder.iterdir():
        if path.stem not in made and path.suffix in (".webp", ".mp4") and not path.name.startswith("."):
            remove(path)
    if made:
        write_text(folder / "made.json", json.dumps(made, indent=1))
        return
    remove(folder / "made.json")
    if not any(folder.iterdir()):
        folder.rmdir()
