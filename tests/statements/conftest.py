"""Frames and pictures made by hand: the tests of the statements need no run, no network and no store."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nst.store.columns import column

Pixels = npt.NDArray[Any]
PICTURES = ("image", "start", "content_picture", "style_picture")


class Rows:
    """The frame of a sweep, a finished run at a time; pictures are given as (H, W, 3) arrays of levels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[dict[str, Any]] = []

    def add(self, *, trace: Sequence[tuple[float, float, float]] | None = None, **columns: Any) -> None:
        """A run: its keys, its metrics, its pictures, its trace (evaluation, seconds, total loss)."""
        folder = self.folder / str(len(self.rows))
        folder.mkdir()
        row = {"state": "done", "machine": "m", "evaluations": 80.0, **columns}
        row |= {name: _save(row.get(name), folder / f"{name}.png") for name in PICTURES}
        if trace is not None:
            lines = [f"{n},{seconds},0,0,{loss}" for n, seconds, loss in trace]
            heads = "evaluation,seconds,content_loss,style_loss,total_loss"
            (folder / "trace.csv").write_text("\n".join([heads, *lines]) + "\n", encoding="utf-8")
            row["trace"] = folder / "trace.csv"
        self.rows.append(row)

    @property
    def frame(self) -> pd.DataFrame:
        """The frame; what is recorded of no run is a key, and so is the name of a loss where its value would be."""
        frame = pd.DataFrame(self.rows)
        words = {name for row in self.rows for name, value in row.items() if isinstance(value, str)}
        losses = {name for name in words if (known := column(name)) and known.is_number}
        keys = {"precision", *losses, *(name for name in map(str, frame) if column(name) is None)}
        frame.attrs["keys"] = tuple(name for name in map(str, frame) if name in keys)
        return frame


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    return Rows(tmp_path)


def _save(pixels: Pixels | None, path: Path) -> Path | None:
    if pixels is None:
        return None
    text = PngInfo()
    text.add_itxt("nst:signature", path.parent.name)  # equal pictures are not equal files
    Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8)).save(path, pnginfo=text)
    return path


def noise(seed: int, shape: tuple[int, int] = (32, 32)) -> Pixels:
    """Uniform noise in levels."""
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3)).astype(float)


def grey(level: float, shape: tuple[int, int] = (32, 32)) -> Pixels:
    """One level everywhere."""
    return np.full((*shape, 3), float(level))


def waves(cycles: float, strength: float, side: int = 64, phase: float = 0) -> Pixels:
    """Vertical stripes around middle grey: so many in the picture, of this amplitude in levels."""
    x = np.cos(2 * np.pi * (cycles * (np.arange(side) + 0.5) / side + phase))
    return np.repeat((128 + strength * np.tile(x, (side, 1)))[..., None], 3, axis=2)
