"""How the total loss fell: one curve a combination, on a logarithmic axis, each named where it ends."""

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes as Plot
from matplotlib.colors import to_hex
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from nst.report import canvas, labels, lettering
from nst.report.plan import Plan
from nst.report.spread import spread
from nst.report.traces import Curve, curves, group_key

WIDTH, HEIGHT, FONT, MARGIN = 1600, 900, 21, 40
NAMED = 12  # curves that are named one by one; beyond that they are coloured by one key
_INKS = ("#3366aa", "#c8553d", "#2a7f62", "#8a5a9e", "#b8860b", "#2e8fa3", "#7a7a80")


def write(plan: Plan, frame: pd.DataFrame, runs_dir: Path, path: Path) -> bool:
    """Draw the curves as PNG; False, and no file, where no run has left a trace."""
    found = curves(plan, frame, runs_dir)
    if not found:
        return False
    with canvas.plain_style():
        figure = canvas.sheet(WIDTH, HEIGHT)
        names = [curve.name for curve in found] if len(found) <= NAMED else [curve.group for curve in found]
        room = min(WIDTH * 0.3, max(lettering.width(name, FONT) for name in names) + MARGIN + 1)
        plot = figure.add_axes((0.07, 0.1, 0.93 - room / WIDTH - 0.01, 0.8))
        _draw(plot, found, room)
        _describe(plot, _group_title(plan) if len(found) > NAMED else "")
        canvas.save(figure, path)
    return True


def _draw(plot: Plot, found: list[Curve], room: float) -> None:
    few = len(found) <= NAMED
    groups = list(dict.fromkeys(curve.name if few else curve.group for curve in found))
    inks = dict(zip(groups, _colours(len(groups)), strict=True))
    for curve in found:
        ink = inks[curve.name if few else curve.group]
        plot.plot(curve.evaluations, curve.losses, color=ink, linewidth=2.2 if few else 1, alpha=1 if few else 0.75)
        if curve.failed:
            plot.plot(
                curve.evaluations[-1:], curve.losses[-1:], color=ink, marker="x", markersize=11, markeredgewidth=2.5
            )
    plot.set_yscale("log")
    plot.set_xlim(left=0, right=max(max(curve.evaluations) for curve in found))
    if few:
        _name(plot, {name: _end(found, name) for name in groups}, inks, room)
    else:
        _legend(plot, inks, room)


def _end(found: list[Curve], name: str) -> tuple[float, float]:
    return next((curve.evaluations[-1], curve.losses[-1]) for curve in found if curve.name == name)


def _name(plot: Plot, ends: dict[str, tuple[float, float]], inks: dict[str, str], room: float) -> None:
    """Names to the right of the plot, none on top of another, each tied to the end of its curve."""
    box = plot.get_window_extent()
    points = {name: plot.transData.transform(end) for name, end in ends.items()}
    heights = spread([float(point[1]) for point in points.values()], FONT * 1.35, box.y0, box.y1)
    for (name, point), height in zip(points.items(), heights, strict=True):
        line = {"arrowstyle": "-", "color": inks[name], "linewidth": 1, "alpha": 0.45, "shrinkA": 2, "shrinkB": 3}
        _say(plot, name, (point[0], point[1]), height, inks[name], room, arrowprops=line)


def _legend(plot: Plot, inks: dict[str, str], room: float) -> None:
    """The groups in their own order, from the top."""
    box = plot.get_window_extent()
    for number, (name, ink) in enumerate(inks.items()):
        height = box.y1 - FONT * (0.7 + 1.45 * number)
        _say(plot, name, (box.x1, height), height, ink, room)


def _say(
    plot: Plot, name: str, point: tuple[float, float], height: float, ink: str, room: float, **style: object
) -> None:
    plot.annotate(
        lettering.shorten_middle(name, FONT, room - MARGIN),
        xy=point,
        xycoords="figure pixels",
        xytext=(plot.get_window_extent().x1 + 28, height),
        textcoords="figure pixels",
        color=ink,
        fontsize=FONT,
        verticalalignment="center",
        parse_math=False,
        **style,  # type: ignore[arg-type]
    )


def _describe(plot: Plot, group: str) -> None:
    plot.spines[["top", "right"]].set_visible(False)
    plot.spines[["left", "bottom"]].set_color(canvas.FAINT)
    plot.grid(axis="y", color="#ececef", linewidth=1)
    plot.set_axisbelow(True)
    plot.tick_params(colors=canvas.QUIET, labelsize=FONT * 0.85, length=0, pad=8)
    low, high = plot.get_ylim()
    plot.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 1e4 else (1.0, 2.0, 5.0)))
    plot.yaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.number(value)))
    plot.yaxis.set_minor_formatter(NullFormatter())
    plot.tick_params(which="minor", length=0)
    plot.set_xlabel("evaluation", color=canvas.QUIET, fontsize=FONT * 0.9, labelpad=8)
    plot.set_title("total loss", loc="left", color=canvas.QUIET, fontsize=FONT * 0.9, pad=18)
    if group:
        plot.set_title(group, loc="right", color=canvas.QUIET, fontsize=FONT * 0.9, pad=18)


def _group_title(plan: Plan) -> str:
    key = group_key(plan)
    return f"coloured by {labels.title(key, plan.constants)}" if key else ""


def _colours(count: int) -> list[str]:
    """Few: inks that are told apart at once. More: one scale from dark to light."""
    if count <= len(_INKS):
        return list(_INKS[:count])
    scale = matplotlib.colormaps["viridis"]
    return [to_hex(scale(0.8 * number / (count - 1))) for number in range(count)]
