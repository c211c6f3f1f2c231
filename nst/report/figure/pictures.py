"""Read stored pictures: sizes for the layout, pixels for the drawing. A broken file counts as no picture."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from nst.errors import is_out_of_memory
from nst.pictures.read import open_own
from nst.report.figure.geometry import Region

One = TypeVar("One")
Other = TypeVar("Other")

BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def sizes(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return width and height of every picture that can be opened."""
    unique = list(dict.fromkeys(paths))
    return {path: size for path, size in zip(unique, side_by_side(size_of, unique), strict=True) if size is not None}


def size_of(path: Path) -> tuple[int, int] | None:
    """Return width and height from the file's header; None if it is not a picture."""
    try:
        with open_own(path) as image:
            return image.size
    except BROKEN:
        return None


def side_by_side(read: Callable[[One], Other], things: Sequence[One]) -> list[Other]:
    """Apply `read` to each thing on all cores: decoding and encoding pictures release the GIL."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        with ThreadPoolExecutor(max_workers=cores) as pool:
            return list(pool.map(read, things))
    except RuntimeError as error:
        if not is_out_of_memory(error):  # or out of threads
            raise
    return [read(thing) for thing in things]


def pixels(
    path: Path, source: Region, size: tuple[int, int], full: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8] | None:
    """Read a region of a picture at `size` (width, height): (H, W, 3) uint8, RGB; None if the file is broken.

    If `full` is given, a picture of another size, such as a frame of an earlier scale, is first enlarged to it.

    At twice the size or more, pixels stay visible as squares: smoothing would invent strokes that are not there.
    """
    try:
        with open_own(path) as image:
            whole = opaque(image)
            part = (whole if full in (None, whole.size) else whole.resize(full, Image.Resampling.BICUBIC)).crop(source)
    except BROKEN:
        return None
    enlarged = size[0] >= 2 * part.width
    resample = Image.Resampling.NEAREST if enlarged else Image.Resampling.LANCZOS
    return np.asarray(part if part.size == size else part.resize(size, resample, reducing_gap=3.0))


def opaque(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, with transparent parts on white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
