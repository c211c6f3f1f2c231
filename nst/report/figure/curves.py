"""Draw the total loss against seconds and evaluations: one curve a combination, named at its end, on a log axis."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes as Plot
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from nst.report import labels
from nst.report.figure import canvas, lettering
from nst.report.figure.avoid_overlap import spread
from nst.report.figure.canvas import POINT
from nst.report.read.traces import Curve, Numbers, curves, group_key
from nst.store.plan import Plan

WIDTH, HEIGHT, FONT, MARGIN = 1600, 800, 21, 40
LEFT, LOW, TALL, GUTTER = 110, 90, 620, 60  # of the plots, in pixels
NAMED = 12  # curves that are named one by one; beyond that they are coloured by one key
POINTS = 150  # of each curve if there are many
_INKS = ("#3366aa", "#c8553d", "#2a7f62", "#8a5a9e", "#b8860b", "#2e8fa3", "#7a7a80")


def write(plan: Plan, frame: pd.DataFrame, paths: Sequence[Path]) -> bool:
    """Draw the curves into files (PNG, PDF); False, and no file, if no run has left a trace."""
    found = curves(plan, frame)
    if not found:
        return False
    with canvas.plain_style():
        figure = canvas.sheet(WIDTH, HEIGHT)
        few = len(found) <= NAMED
        names = [curve.name if few else curve.group for curve in found]
        room = min(WIDTH * 0.3, max(lettering.width(name, FONT) for name in names) + MARGIN + 1)
        inks = _inks(list(dict.fromkeys(names)))
        timed = any(np.isfinite(curve.seconds).any() for curve in found)
        plots = _plots(figure, room, 2 if timed else 1)
        for plot, axis in zip(plots, ("seconds", "evaluations")[-len(plots) :], strict=True):
            _draw(plot, [(getattr(curve, axis), curve) for curve in found], inks, few)
            _describe(plot, axis)
        _finish(plots, found, inks, room, "" if few else _group_title(plan))
        for path in paths:
            canvas.save(figure, path)
    return True


def _plots(figure: Figure, room: float, count: int) -> list[Plot]:
    wide = (WIDTH - LEFT - room - MARGIN / 4 - GUTTER * (count - 1)) / count
    boxes = [
        (x / WIDTH, LOW / HEIGHT, wide / WIDTH, TALL / HEIGHT)
        for x in (LEFT + number * (wide + GUTTER) for number in range(count))
    ]
    first = figure.add_axes(boxes[0])
    return [first, *(figure.add_axes(box, sharey=first) for box in boxes[1:])]


def _draw(plot: Plot, found: list[tuple[Numbers, Curve]], inks: dict[str, str], few: bool) -> None:
    courses = [_thinned(across, curve, len(across) if few else POINTS) for across, curve in found]
    colours = [inks[curve.name if few else curve.group] for _, curve in found]
    lines = LineCollection(
        courses, colors=colours, linewidths=(2.4 if few else 1.2) * POINT, alpha=1 if few else 0.7, capstyle="round"
    )
    plot.add_collection(lines, autolim=True)
    plot.set_yscale("log")
    plot.autoscale_view()
    plot.set_xlim(left=0, right=max((float(course[:, 0].max()) for course in courses if len(course)), default=1.0))
    cross = {"marker": "x", "markersize": 11 * POINT, "markeredgewidth": 2.5 * POINT, "clip_on": False}
    for (_, curve), course, ink in zip(found, courses, colours, strict=True):
        if curve.failed and len(course):
            plot.plot(*course[-1:].T, color=ink, **cross)  # type: ignore[arg-type]


def _thinned(across: Numbers, curve: Curve, most: int) -> Numbers:
    """Return (points, 2): what can be drawn, evenly thinned to about `most` points; the last one stays."""
    course = np.column_stack([across, curve.losses])
    course = course[np.isfinite(course).all(axis=1)]
    kept = np.unique(np.linspace(0, len(course) - 1, min(most, len(course))).round().astype(int))
    return course[kept] if len(course) else course


def _finish(plots: list[Plot], found: list[Curve], inks: dict[str, str], room: float, group: str) -> None:
    first, last = plots[0], plots[-1]
    _graduate(first)
    for plot in plots[1:]:
        plot.tick_params(labelleft=False)
    first.set_title("total loss", loc="left", color=canvas.QUIET, fontsize=FONT * 0.9 * POINT, pad=18 * POINT)
    if group:
        last.set_title(group, loc="right", color=canvas.QUIET, fontsize=FONT * 0.9 * POINT, pad=18 * POINT)
        _legend(last, inks, room)
    else:
        _name(last, {name: _end(found, name) for name in inks}, inks, room)


def _end(found: list[Curve], name: str) -> tuple[float, float]:
    return next((curve.evaluations[-1], curve.losses[-1]) for curve in found if curve.name == name)


def _name(plot: Plot, ends: dict[str, tuple[float, float]], inks: dict[str, str], room: float) -> None:
    """Write names to the right of the plot, none on top of another, each tied to the end of its curve."""
    points = {name: plot.transData.transform(end) for name, end in ends.items()}
    heights = spread([float(point[1]) for point in points.values()], FONT * 1.35, LOW, LOW + TALL)
    for (name, end), height in zip(ends.items(), heights, strict=True):
        line = {"arrowstyle": "-", "color": inks[name], "linewidth": POINT, "alpha": 0.45}
        line |= {"shrinkA": 2 * POINT, "shrinkB": 3 * POINT}
        _say(plot, name, height, inks[name], room, xy=end, arrowprops=line)


def _legend(plot: Plot, inks: dict[str, str], room: float) -> None:
    """List the groups in their own order, from the top; of more than there is room for, evenly some."""
    lines = int(TALL / (1.45 * FONT))
    every = -(-len(inks) // lines)
    for number, (name, ink) in enumerate(list(inks.items())[::every]):
        _say(plot, name, LOW + TALL - FONT * (0.7 + 1.45 * number), ink, room, xy=(0, 0))


def _say(plot: Plot, name: str, height: float, ink: str, room: float, **style: object) -> None:
    """Write a name to the right of the plot; positions are in points, which are the same in every file."""
    plot.annotate(
        lettering.shorten_middle(name, FONT, room - MARGIN),
        xytext=((WIDTH - room - MARGIN / 4 + 28) * POINT, height * POINT),
        textcoords="figure points",
        color=ink,
        fontsize=FONT * POINT,
        verticalalignment="center",
        annotation_clip=False,
        parse_math=False,
        **style,  # type: ignore[arg-type]
    )


def _describe(plot: Plot, axis: str) -> None:
    plot.spines[["top", "right"]].set_visible(False)
    plot.spines[["left", "bottom"]].set(color=canvas.FAINT, linewidth=POINT)
    plot.grid(axis="y", color="#ececef", linewidth=POINT)
    plot.set_axisbelow(True)
    plot.tick_params(which="both", colors=canvas.QUIET, labelsize=FONT * 0.85 * POINT, length=0, pad=8 * POINT)
    plot.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=axis == "evaluations"))
    plot.xaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
    plot.set_xlabel(axis, color=canvas.QUIET, fontsize=FONT * 0.9 * POINT, labelpad=8 * POINT)


def _graduate(plot: Plot) -> None:
    low, high = plot.get_ylim()
    plot.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 1e4 else (1.0, 2.0, 5.0)))
    plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
    plot.yaxis.set_minor_formatter(NullFormatter())


def _group_title(plan: Plan) -> str:
    key = group_key(plan)
    return f"coloured by {labels.title(key, plan.constants)}" if key else ""


def _inks(names: list[str]) -> dict[str, str]:
    """Return colours: few that are told apart at once, or one scale from dark to light."""
    if len(names) <= len(_INKS):
        return dict(zip(names, _INKS, strict=False))
    scale = matplotlib.colormaps["viridis"]
    return {name: to_hex(scale(0.85 * number / (len(names) - 1))) for number, name in enumerate(names)}
