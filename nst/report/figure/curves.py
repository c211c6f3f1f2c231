"""Draw the total loss against seconds and evaluations: one curve per combination, named at its end, on a log axis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes as Plot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator
from scipy.optimize import isotonic_regression

from nst.report import labels
from nst.report.figure import canvas, lettering
from nst.report.figure.canvas import POINT
from nst.report.read.traces import Curve, Numbers, curves, group_key
from nst.store.files.atomic import remove
from nst.store.plan import Plan

WIDTH, HEIGHT, FONT, MARGIN = 1600, 800, 21, 40
LEFT, LOW, TALL, GUTTER = 110, 90, 620, 60  # of the plots, in pixels
NAMED = 12  # with more curves than this, they are coloured by one key instead of named
POINTS = 150  # per curve, if there are many
_QUIET: Mapping[str, Any] = {"color": canvas.QUIET, "fontsize": FONT * 0.9 * POINT}
_INKS = ("#3366aa", "#c8553d", "#2a7f62", "#8a5a9e", "#b8860b", "#2e8fa3", "#7a7a80")


def write(plan: Plan, frame: pd.DataFrame, paths: Sequence[Path]) -> bool:
    """Draw the curves into files (PNG, PDF); if no run has a trace, delete the files and return False."""
    found = curves(plan, frame)
    if not found:
        for path in paths:
            remove(path)
        return False
    few = len(found) <= NAMED
    names = [curve.name if few else curve.group for curve in found]
    inks = _inks(list(dict.fromkeys(names)))
    room = min(WIDTH * 0.3, max(lettering.width(name, FONT) for name in names) + MARGIN + 1)
    with canvas.plain_style():
        figure = canvas.sheet(WIDTH, HEIGHT)
        plots = _plots(figure, found, room)
        for axis, plot in plots.items():
            _draw(plot, axis, found, [inks[name] for name in names], few)
        for axis, plot in plots.items():
            _describe(plot, axis)
        figure.axes[0].set_title("total loss", loc="left", pad=18 * POINT, **_QUIET)
        _name(figure.axes[-1], found, inks, room, few)
        key = None if few else group_key(plan)
        if key:
            title = figure.axes[-1].set_title("", loc="right", pad=18 * POINT)
            lettering.put(title, f"coloured by {labels.title(key, plan.constants)}", **_QUIET)
        for path in paths:
            canvas.save(figure, path)
    return True


def _plots(figure: Figure, found: Sequence[Curve], room: float) -> dict[str, Plot]:
    """Return the plots by their x axis: seconds, unless no run has any, and evaluations."""
    timed = any(np.isfinite(curve.seconds).any() for curve in found)
    names = ("seconds", "evaluations") if timed else ("evaluations",)
    wide = (WIDTH - LEFT - room - MARGIN / 4 - GUTTER * (len(names) - 1)) / len(names)
    right = LEFT + len(names) * (wide + GUTTER) - GUTTER
    place = {"left": LEFT / WIDTH, "right": right / WIDTH, "bottom": LOW / HEIGHT, "top": (LOW + TALL) / HEIGHT}
    place["wspace"] = GUTTER / wide
    plots = figure.subplots(1, len(names), sharey=True, squeeze=False, gridspec_kw=place)
    return dict(zip(names, plots[0], strict=True))


def _draw(plot: Plot, axis: str, found: Sequence[Curve], colours: list[str], few: bool) -> None:
    wide, alpha = (2.4 * POINT, 1.0) if few else (1.2 * POINT, 0.7)
    cross: Mapping[str, Any] = {"marker": "x", "markersize": 11 * POINT, "markeredgewidth": 2.5 * POINT, "zorder": 3}
    for curve, ink in zip(found, colours, strict=True):
        course, sizes = _course(getattr(curve, axis), curve.losses, curve.sizes, few)
        for scale in np.split(course, np.flatnonzero(np.diff(sizes)) + 1):
            plot.plot(*scale.T, color=ink, linewidth=wide, alpha=alpha, solid_capstyle="round")
        if curve.failed:
            plot.plot(*course[-1:].T, color=ink, clip_on=False, **cross)
    plot.set_yscale("log")
    plot.set_xlim(left=0, right=plot.dataLim.x1)


def _course(across: Numbers, losses: Numbers, sizes: Numbers, few: bool) -> tuple[Numbers, Numbers]:
    """Return the points to draw, (points, 2), and their sizes; of many curves about `POINTS` each, evenly spaced.

    The last point is always included. Losses at different sizes are not comparable, so no line joins them.
    """
    course: Numbers = np.column_stack([across, losses, sizes])
    course = course[np.isfinite(course).all(axis=1)]
    if not few and len(course) > POINTS:
        course = course[np.linspace(0, len(course) - 1, POINTS).round().astype(int)]
    return course[:, :2], course[:, 2]


def _describe(plot: Plot, axis: str) -> None:
    plot.spines[["top", "right"]].set_visible(False)
    plot.spines[["left", "bottom"]].set(color=canvas.FAINT, linewidth=POINT)
    plot.grid(axis="y", color="#ececef", linewidth=POINT)
    plot.set_axisbelow(True)
    plot.tick_params(which="both", colors=canvas.QUIET, labelsize=FONT * 0.85 * POINT, length=0, pad=8 * POINT)
    plot.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=axis == "evaluations"))
    plot.xaxis.set_major_formatter(lambda value, _: labels.number(value))
    plot.set_xlabel(axis, labelpad=8 * POINT, **_QUIET)
    low, high = plot.get_ylim()
    plot.yaxis.set_major_locator(LogLocator(subs=(1.0,) if high / low > 1e4 else (1.0, 2.0, 5.0)))
    plot.yaxis.set_major_formatter(lambda value, _: labels.number(value) if value < 1e7 else labels.short(value))
    plot.minorticks_off()


def _name(plot: Plot, found: Sequence[Curve], inks: dict[str, str], room: float, few: bool) -> None:
    """Write names to the right of the plot: each tied to the end of its curve, or evenly spaced ones of groups."""
    ends = {curve.name: (curve.evaluations[-1], curve.losses[-1]) for curve in reversed(found)} if few else {}
    names = list(inks) if few else list(inks)[:: -(-len(inks) // int(TALL / (1.45 * FONT)))]
    for name, height in zip(names, _heights(plot, names, ends), strict=True):
        line = {"arrowstyle": "-", "color": inks[name], "linewidth": POINT, "alpha": 0.45}
        line |= {"shrinkA": 2 * POINT, "shrinkB": 3 * POINT}
        # in points, which are the same in every format
        place = ((WIDTH - room - MARGIN / 4 + 28) * POINT, height * POINT)
        style: Mapping[str, Any] = {"textcoords": "figure points", "arrowprops": line if few else None}
        artist = plot.annotate("", ends.get(name, (0, 0)), place, annotation_clip=False, **style)
        text = lettering.shorten(name, FONT, room - MARGIN, middle=True)
        lettering.put(artist, text, color=inks[name], fontsize=FONT * POINT, verticalalignment="center")


def _heights(plot: Plot, names: Sequence[str], ends: Mapping[str, tuple[float, float]]) -> list[float]:
    """Return the heights of names in pixels: next to the ends of their curves, or in order from the top."""
    if not ends:
        return [LOW + TALL - FONT * (0.7 + 1.45 * number) for number in range(len(names))]
    points = [plot.transData.transform(ends[name]) for name in names]
    return spread([float(y) for _, y in points], FONT * 1.35, LOW, LOW + TALL)


def spread(heights: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Move heights as little as needed to lie `apart`, in their order, between `low` and `high`."""
    apart = min(apart, (high - low) / max(1, len(heights) - 1))
    order, steps = np.argsort(heights, kind="stable"), apart * np.arange(len(heights))
    places = isotonic_regression(np.asarray(heights)[order] - steps).x
    placed = np.clip(places, low, high - apart * (len(heights) - 1)) + steps
    return [float(height) for height in placed[np.argsort(order)]]


def _inks(names: list[str]) -> dict[str, str]:
    """Return colours: a few distinct ones, or a single scale from dark to light."""
    if len(names) <= len(_INKS):
        return dict(zip(names, _INKS, strict=False))
    scale = matplotlib.colormaps["viridis"]
    return {name: to_hex(scale(0.85 * number / (len(names) - 1))) for number, name in enumerate(names)}
