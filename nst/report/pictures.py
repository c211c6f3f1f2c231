"""Reading stored pictures: their sizes for the layout, their pixels for the drawing. A broken file is no picture."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from nst.report.geometry import Region
from nst.report.table import Table

BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def sizes(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Width and height of every picture that can be opened."""
    found = {path: size_of(path) for path in dict.fromkeys(paths)}
    return {path: size for path, size in found.items() if size is not None}


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height from the file's header; None where it is not a picture."""
    try:
        with Image.open(path) as image:
            return image.size
    except BROKEN:
        return None


def in_table(table: Table) -> list[Path]:
    """All pictures that a table shows, inputs at its edges too."""
    rows = [row for band in table.bands for row in band.rows]
    shots = [shot.picture for row in rows for cell in row.cells for shot in cell]
    heads = [column.head.picture for band in table.bands for column in band.columns] + [
        row.head.picture for row in rows
    ]
    return [path for path in dict.fromkeys([*shots, *heads]) if path is not None]


def pixels(path: Path, source: Region, size: tuple[int, int]) -> npt.NDArray[np.uint8] | None:
    """A region of a picture at `size` (width, height): (H, W, 3) uint8, RGB; None where the file is broken.

    Twice or more enlarged, pixels stay visible as squares: smoothing would draw strokes that are not there.
    """
    try:
        with Image.open(path) as image:
            part = _opaque(image).crop(source)
    except BROKEN:
        return None
    enlarged = size[0] >= 2 * part.width
    resample = Image.Resampling.NEAREST if enlarged else Image.Resampling.LANCZOS
    return np.asarray(part if part.size == size else part.resize(size, resample))


def _opaque(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
