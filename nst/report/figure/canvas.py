"""A sheet of exact size in pixels: matplotlib without pyplot, without the user's rc file, origin at the top left.

On the screen (PNG) a pixel is a pixel; in print (PDF) it is 1/144 of an inch, and letters stay letters.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

from nst.report.figure.drawing import Label
from nst.report.figure.geometry import Box
from nst.report.figure.lettering import LEADING
from nst.store.atomic import replacing

DPI = 144
POINT = 72 / DPI
"""Points in a pixel: what matplotlib wants sizes of letters and lines in."""

_RUNS = 3
"""zlib's strategy for PNG files: runs of equal bytes, twice as fast as the default and no larger for noise."""

Pixels = npt.NDArray[np.uint8]

DARK, QUIET, FAINT, PALE, ALARM = "#1c1c1e", "#6b6b72", "#d4d4d8", "#f6f6f7", "#a8321f"
_WIDE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Arial Unicode MS",
)


@contextmanager
def plain_style() -> Iterator[None]:
    """Use matplotlib's own defaults, whatever rc file the user has; no warnings about missing glyphs."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        changed = {key: value for key, value in matplotlib.rcParamsDefault.items() if "backend" not in key}
        matplotlib.rcParams.update(changed)
        matplotlib.rcParams.update({"font.family": families(), "pdf.fonttype": 42, "pdf.compression": 6})
        yield


def families() -> list[str]:
    """Return DejaVu Sans, which is always there, then a font for Chinese and Japanese names if there is one."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    known = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in _WIDE if name in known)]


def sheet(width: int, height: int) -> Figure:
    figure = Figure(figsize=((width + 0.01) / DPI, (height + 0.01) / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG or PDF, atomically and with the same bytes for the same drawing."""
    if path.suffix == ".png":
        save_pixels(rasterised(figure), path)
        return
    drawn = BytesIO()  # on a full disk matplotlib fails while it closes its file, with an error that says nothing
    figure.savefig(drawn, format="pdf", metadata={"CreationDate": None})
    with replacing(path) as temporary:
        temporary.write_bytes(drawn.getvalue())


def rasterised(figure: Figure) -> Pixels:
    """Return the figure as (H, W, 3) uint8, RGB."""
    agg = FigureCanvasAgg(figure)
    agg.draw()  # type: ignore[no-untyped-call]
    drawn: Pixels = np.array(agg.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(drawn)


def save_pixels(pixels: Pixels, path: Path) -> None:
    """Write (H, W, 3) uint8 as PNG, atomically."""
    with replacing(path) as temporary:
        Image.fromarray(pixels).save(temporary, format="PNG", compress_type=_RUNS, dpi=(DPI, DPI))


@dataclass(frozen=True)
class Canvas:
    """A figure to draw on with boxes in pixels."""

    figure: Figure
    height: int

    @cached_property
    def pixels(self) -> Transform:
        """Transform pixels, counted from the bottom left, to the file's unit."""
        return Affine2D().scale(1 / DPI) + self.figure.dpi_scale_trans

    def picture(self, pixels: Pixels, box: Box) -> None:
        """Draw a picture of its own resolution in a box."""
        self.figure.add_artist(_Picture(pixels, self._lower_left(box) + self.pixels))

    def rectangle(self, box: Box, *, linewidth: float = 1, **style: object) -> None:
        """Draw a rectangle with its edge on the box's outer row of pixels; `linewidth` in pixels."""
        corner = (box.x + 0.5, self.height - box.y - box.h + 0.5)
        style |= {"transform": self.pixels, "snap": False, "linewidth": linewidth * POINT}
        self.figure.add_artist(Rectangle(corner, box.w - 1, box.h - 1, **style))  # type: ignore[arg-type]

    def write(self, label: Label, colour: str | None = None) -> None:
        """Write the lines of a label at their place."""
        box, leading = label.box, label.size * LEADING
        x = {"left": box.x, "center": box.x + box.w / 2, "right": box.x + box.w}[label.across]
        room = box.h - leading * len(label.lines)
        top = box.y + {"top": 0.0, "middle": room / 2, "bottom": room}[label.down]
        for number, line in enumerate(label.lines):
            baseline = self.height - (top + leading * number + label.size)
            self._line(x, baseline, line, label, colour or (QUIET if label.quiet else DARK))

    def _line(self, x: float, y: float, text: str, label: Label, colour: str) -> None:
        artist = self.figure.text(x, y, text, transform=self.pixels, parse_math=False, fontsize=label.size * POINT)
        artist.set(color=colour, horizontalalignment=label.across, verticalalignment="baseline")
        artist.set_fontweight("bold" if label.bold else "normal")

    def _lower_left(self, box: Box) -> Affine2D:
        return Affine2D().scale(box.w, box.h).translate(box.x, self.height - box.y - box.h)


class _Picture(Artist):
    """Pixels on the unit square, transformed: in a PDF they are embedded as they are."""

    def __init__(self, pixels: Pixels, place: Transform) -> None:
        super().__init__()
        self._pixels, self._place = pixels, place

    def draw(self, renderer: RendererBase) -> None:
        """Draw from bottom to top; called by matplotlib."""
        opaque = np.dstack([self._pixels, np.full(self._pixels.shape[:2], 255, np.uint8)])[::-1]
        place = Affine2D(self._place.get_matrix())
        renderer.draw_image(renderer.new_gc(), 0, 0, opaque, place)
