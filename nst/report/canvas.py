"""A sheet of exact size in pixels: matplotlib without pyplot, without the user's rc file, origin at the top left."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import IdentityTransform

from nst.report.drawing import Label
from nst.report.files import replacing
from nst.report.geometry import Box
from nst.report.lettering import LEADING

DPI = 72  # so that a point is a pixel
DARK, QUIET, FAINT, PALE, ALARM = "#1c1c1e", "#77777d", "#d4d4d8", "#f6f6f7", "#a8321f"
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
    """matplotlib's own defaults, whatever rc file the user has; no warnings about letters that no font has."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        changed = {key: value for key, value in matplotlib.rcParamsDefault.items() if "backend" not in key}
        matplotlib.rcParams.update(changed)
        matplotlib.rcParams["font.family"] = families()
        yield


def families() -> list[str]:
    """DejaVu Sans, which is always there, then a font for Chinese and Japanese names if this machine has one."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    known = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in _WIDE if name in known)]


def sheet(width: int, height: int) -> Figure:
    """A white figure of this many pixels."""
    figure = Figure(figsize=((width + 0.01) / DPI, (height + 0.01) / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG, atomically and with the same bytes for the same drawing."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})


def rectangle(figure: Figure, box: Box, sheet_height: int, **style: object) -> None:
    """A rectangle whose edge lies on the outer row of pixels of the box."""
    corner = (box.x + 0.5, sheet_height - box.y - box.h + 0.5)
    patch = Rectangle(corner, box.w - 1, box.h - 1, transform=IdentityTransform(), snap=False, **style)  # type: ignore[arg-type]
    figure.add_artist(patch)


def write(figure: Figure, label: Label, sheet_height: int, colour: str | None = None, weight: str = "normal") -> None:
    """The lines of a label at their place."""
    x = {"left": label.box.x, "center": label.box.x + label.box.w / 2, "right": label.box.x + label.box.w}[label.across]
    leading = label.size * LEADING
    room = label.box.h - leading * len(label.lines)
    top = label.box.y + {"top": 0.0, "middle": room / 2, "bottom": room}[label.down]
    for number, line in enumerate(label.lines):
        baseline = sheet_height - (top + leading * number + label.size)
        _line(figure, x, baseline, line, label, colour or (QUIET if label.quiet else DARK), weight)


def _line(figure: Figure, x: float, y: float, text: str, label: Label, colour: str, weight: str) -> None:
    artist = figure.text(x, y, text, transform=IdentityTransform(), parse_math=False, fontsize=label.size, color=colour)
    artist.set_horizontalalignment(label.across)
    artist.set_verticalalignment("baseline")
    artist.set_fontweight(weight)
