"""Draw trade-offs: style met against content kept, thin for each pair of pictures, thick for their mean.

More content kept is to the right and a style better met is above, whichever way a measure runs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes as Plot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nst.report import labels
from nst.report.figure import canvas, lettering
from nst.report.figure.canvas import POINT
from nst.report.stats.intervals import mean
from nst.report.stats.tradeoff.curve import Curve
from nst.report.stats.tradeoff.sheet import TradeOff
from nst.report.stats.tradeoff.words import brief
from nst.store.files.atomic import remove
from nst.store.plan import Value

WIDE, TALL, GAP, ABOVE, FONT = 560, 330, 40, 76, 21  # of a plot, in pixels; the room above it has its name
LEFT, LOW, MARGIN, ROOM = 150, 100, 40, 420
SMALL, LARGE = 7, 17  # markers of the least and the greatest weight
_QUIET: Mapping[str, Any] = {"color": canvas.QUIET, "fontsize": FONT * 0.9 * POINT}
_INKS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""The colours of Okabe and Ito, which the colour-blind tell apart."""
_MARKS = "os^DvPX"


def write(found: TradeOff | None, paths: Sequence[Path]) -> tuple[int, int] | None:
    """Draw into files (PNG, PDF) and return the size in pixels; without a trade-off, delete them."""
    if found is None:
        for path in paths:
            remove(path)
        return None
    rows, columns = len(found.choice.style), len(found.choice.content)
    room = min(ROOM, max(lettering.width(text, FONT) for text in [*found.names.values(), *_key(found)]) + 60) + MARGIN
    width = round(LEFT + columns * (WIDE + GAP) - GAP + room)
    height = rows * (TALL + ABOVE) + LOW
    with canvas.plain_style():
        figure = canvas.sheet(width, height)
        _draw(figure, found, (width, height))
        _explain(figure, found, width - room + GAP, (width, height))
        for path in paths:
            canvas.save(figure, path)
    return width, height


def _draw(figure: Figure, found: TradeOff, size: tuple[int, int]) -> None:
    choice, (width, height) = found.choice, size
    rows, columns = len(choice.style), len(choice.content)
    place = {"left": LEFT / width, "right": (LEFT + columns * (WIDE + GAP) - GAP) / width}
    place |= {"bottom": LOW / height, "top": 1 - ABOVE / height, "wspace": GAP / WIDE, "hspace": ABOVE / TALL}
    plots = figure.subplots(rows, columns, sharex="col", sharey="row", squeeze=False, gridspec_kw=place)
    for (x, y), known in zip(choice.axes, found.curves, strict=True):
        plot = plots[choice.style.index(y)][choice.content.index(x)]
        _curves(plot, known, inks(list(found.names)))
        _describe(plot)
    for measure, plot in zip(choice.content, plots[-1], strict=True):
        label = plot.set_xlabel("", labelpad=10 * POINT)
        lettering.put(label, f"{brief(measure)}: more content kept →", **_QUIET)
        plot.xaxis.set_inverted(measure.better == "lower")
    for measure, (plot, *_) in zip(choice.style, plots, strict=True):
        lettering.put(plot.set_ylabel("", labelpad=12 * POINT), "style better met →", **_QUIET)
        lettering.put(plot.set_title("", loc="left", pad=16 * POINT), measure.heading, fontsize=FONT * POINT)
        plot.yaxis.set_inverted(measure.better == "lower")


def _curves(plot: Plot, known: Sequence[Curve], drawn: Mapping[Value, tuple[str, str]]) -> None:
    for curve in known:
        plot.plot(*curve.line, color=drawn[curve.method][0], linewidth=1.6 * POINT, alpha=0.3, solid_capstyle="round")
    for method, (ink, mark) in drawn.items():
        course = average([curve for curve in known if curve.method == method], known)
        plot.plot(*course.T, color=ink, linewidth=4 * POINT, zorder=3, solid_capstyle="round")
        for size, point in zip(np.linspace(SMALL, LARGE, len(course)), course, strict=True):
            style: Mapping[str, Any] = {"marker": mark, "markersize": size * POINT, "markeredgecolor": "white"}
            plot.plot(*point, color=ink, zorder=4, markeredgewidth=1.5 * POINT, **style)


def average(own: Sequence[Curve], known: Sequence[Curve]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the mean point at each weight, (weights, 2), over the pictures that every curve has with every weight."""
    weights = sorted({at for curve in known for at in curve.at})
    short = {(curve.pair, curve.others) for curve in known if list(curve.at) != weights}
    methods = {curve.method for curve in known}
    counts = [(curve.pair, curve.others) for curve in known]
    full = {place for place in counts if counts.count(place) == len(methods)} - short
    points = [curve.points for curve in own if (curve.pair, curve.others) in full]
    means = [[mean(point[side] for point in at).mean for side in (0, 1)] for at in zip(*points, strict=True)]
    return np.array(means, dtype=np.float64).reshape(-1, 2)


def inks(methods: Sequence[Value]) -> dict[Value, tuple[str, str]]:
    """Return a colour and a marker for each method."""
    scale = matplotlib.colormaps["viridis"]
    many = [to_hex(scale(0.9 * number / max(1, len(methods) - 1))) for number in range(len(methods))]
    colours = _INKS if len(methods) <= len(_INKS) else many
    return {one: (colours[number], _MARKS[number % len(_MARKS)]) for number, one in enumerate(methods)}


def _describe(plot: Plot) -> None:
    plot.spines[["top", "right"]].set_visible(False)
    plot.spines[["left", "bottom"]].set(color=canvas.FAINT, linewidth=POINT)
    plot.grid(color="#ececef", linewidth=POINT)
    plot.set_axisbelow(True)
    plot.tick_params(which="both", colors=canvas.QUIET, labelsize=FONT * 0.8 * POINT, length=0, pad=8 * POINT)
    for axis in (plot.xaxis, plot.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(lambda value, _: labels.number(round(value, 12)))


def _key(found: TradeOff) -> list[str]:
    over = labels.title(found.choice.over)
    return ["thin: a pair of pictures", "thick: mean of the pairs", f"larger marker: larger {over}"]


def _explain(figure: Figure, found: TradeOff, left: float, size: tuple[int, int]) -> None:
    """Write the methods' names and the meaning of the lines to the right of the plots."""
    width, height = size
    step, top = FONT * 1.6, height - ABOVE - FONT
    for number, (method, (ink, mark)) in enumerate(inks(list(found.names)).items()):
        across = (top - step * number) / height
        line = Line2D([(left + x) / width for x in (0, 22, 44)], [across] * 3, color=ink, linewidth=4 * POINT)
        line.set(marker=mark, markersize=13 * POINT, markeredgecolor="white", markevery=[1])
        figure.add_artist(line)
        text = lettering.shorten(found.names[method], FONT, ROOM - 60, middle=True)
        artist = figure.text((left + 60) / width, across, "", verticalalignment="center", fontsize=FONT * POINT)
        lettering.put(artist, text, color=canvas.DARK)
    for number, text in enumerate(_key(found), start=len(found.names)):
        artist = figure.text(left / width, (top - step * (number + 0.5)) / height, "", verticalalignment="center")
        lettering.put(artist, text, **_QUIET)
