"""A sheet of exact size in pixels (in print 1/144 inch): matplotlib without pyplot and without the user's rc file."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import matplotlib.style
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

from nst.report.figure import lettering
from nst.report.figure.geometry import Box, Label
from nst.store.files.atomic import replacing

DPI = 144
POINT = 72 / DPI  # points per pixel: matplotlib's unit for font sizes and line widths
_RUNS = 3  # zlib's strategy for PNG files: runs of equal bytes, twice as fast as the default and no larger for noise

Pixels = npt.NDArray[np.uint8]

DARK, QUIET, FAINT, PALE, ALARM = "#1c1c1e", "#6b6b72", "#d4d4d8", "#f6f6f7", "#a8321f"


def plain_style() -> AbstractContextManager[None]:
    """Use matplotlib's own defaults, whatever rc file the user has; text stays text in a PDF."""
    return matplotlib.style.context(["default", {"pdf.fonttype": 42}])


def sheet(width: int, height: int) -> Figure:
    return Figure(figsize=((width + 0.01) / DPI, (height + 0.01) / DPI), dpi=DPI, facecolor="white")


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG or PDF, atomically and with the same bytes for the same drawing."""
    if path.suffix == ".png":
        save_pixels(rasterised(figure), path)
        return
    drawn = BytesIO()  # on a full disk matplotlib fails while closing its file, with a meaningless error
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
        """Draw a picture in a box; in a PDF it keeps its own resolution."""
        wide, tall = self.figure.get_size_inches() * DPI
        place = (box.x / wide, (self.height - box.y - box.h) / tall, box.w / wide, box.h / tall)
        plot = self.figure.add_axes(place, frameon=False, xticks=(), yticks=())
        plot.imshow(pixels, aspect="auto", interpolation="none")

    def rectangle(self, box: Box, *, linewidth: float = 1, **style: object) -> None:
        """Draw a rectangle with its edge on the box's outer row of pixels; `linewidth` in pixels."""
        corner = (box.x + 0.5, self.height - box.y - box.h + 0.5)
        style |= {"transform": self.pixels, "snap": False, "linewidth": linewidth * POINT}
        self.figure.add_artist(Rectangle(corner, box.w - 1, box.h - 1, **style))  # type: ignore[arg-type]

    def write(self, label: Label, colour: str | None = None) -> None:
        """Write the lines of a label in its box."""
        box, leading = label.box, label.size * lettering.LEADING
        x = {"left": box.x, "center": box.x + box.w / 2, "right": box.x + box.w}[label.across]
        room = box.h - leading * len(label.lines)
        top = box.y + {"top": 0.0, "middle": room / 2, "bottom": room}[label.down]
        weight, colour = "bold" if label.bold else "normal", colour or (QUIET if label.quiet else DARK)
        for number, line in enumerate(label.lines):
            baseline = self.height - (top + leading * number + label.size)
            artist = self.figure.text(x, baseline, "", transform=self.pixels, fontsize=label.size * POINT)
            lettering.put(artist, line, color=colour, fontweight=weight, horizontalalignment=label.across)
