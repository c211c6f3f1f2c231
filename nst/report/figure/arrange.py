"""From plan and frame to the tables that the sweep wants: grid, pairs, triples, crops."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nst.report import labels
from nst.report.figure import axes as axis
from nst.report.figure.axes import Axes, Level
from nst.report.figure.shots import input_picture, reference, result, shown, start
from nst.report.figure.table import BLANK, Band, Column, Facet, Head, Row, Shot, Table, wrapped
from nst.report.read.layout import Crop, layout
from nst.store.plan import Plan

ACROSS_ALONE = 6  # columns on one line if nothing stands on the rows, unless there are many
ACROSS = 20  # columns on one line, whatever there is
MANY = 12  # runs; the crops of more are compared among themselves, without the whole beside each


def facets(
    plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True
) -> tuple[Facet, ...]:
    """Return the sweep as its report shows it: one table for each place of `axes.facets`, in plan order.

    `wrap`: break long lines of columns into bands, for a sheet of limited width; a page does so by itself.
    """
    if layout(plan.report).cells == "triples":
        return (Facet("", triples(plan, frame)),)
    return tuple(
        Facet(_facet_title(plan, axes, place), table(*_facet(plan, frame, axes, place), axes, crop, wrap=wrap))
        for place in axis.levels(plan, axes.facets)
    )


def _facet(plan: Plan, frame: pd.DataFrame, axes: Axes, place: Level) -> tuple[Plan, pd.DataFrame]:
    inside = [number for number, run in enumerate(plan.runs) if axis.level(run, axes.facets) == place]
    return replace(plan, runs=tuple(plan.runs[number] for number in inside)), frame.iloc[inside]


def _facet_title(plan: Plan, axes: Axes, place: Level) -> str:
    return " · ".join(labels.heading(key, found, plan.constants) for key, found in zip(axes.facets, place, strict=True))


def table(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True) -> Table:
    """Return the sweep, or a facet of it, in one table."""
    if layout(plan.report).cells == "triples":
        return triples(plan, frame)
    return grid(plan, frame, axes, crop if enlarges(plan, axes) else None, wrap=wrap)


def enlarges(plan: Plan, axes: Axes) -> bool:
    """Return whether the grid has room for a crop under each result: one line of pictures does."""
    return layout(plan.report).cells == "grid" and not axes.rows


def grid(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True) -> Table:
    """Arrange one cell a combination; with `layout: pairs` each holds the start beside the result.

    A `crop` is framed on each picture and shown enlarged on a line below.
    """
    downs, acrosses = axis.levels(plan, axes.rows), axis.levels(plan, axes.cols)
    pairs = layout(plan.report).cells == "pairs"
    made = _cells(plan, frame, axes, pairs)
    blank = (BLANK, BLANK) if pairs else (BLANK,)
    captions = ("start", "result") if pairs else ("",)
    columns = [Column(head, captions) for head in heads(plan, frame, axes.cols, acrosses)]
    cells = [[made.get((down, across), blank) for across in acrosses] for down in downs]
    first = reference(plan, frame, axes)
    if first is not None:
        columns.insert(0, Column(Head(first.alt), (f"{first.caption} picture",), aside=True))
        for line, row in enumerate(cells):
            row.insert(0, (replace(first, caption="") if line == 0 else BLANK,))
    heads_title = _heads_title(axes, columns)
    names = [Head("result")] if heads_title and not pairs else heads(plan, frame, axes.rows, downs)
    rows = [Row(head, tuple(line)) for head, line in zip(names, cells, strict=True)]
    rows = [line for row in rows for line in _with_crop(row, crop)] if crop else rows
    bands = wrapped(columns, rows, _across(len(columns), bool(axes.rows)) if wrap else len(columns))
    cols_title = "" if heads_title and len(axes.cols) == 1 else labels.titles(axes.cols, plan.constants)
    return Table(bands, labels.titles(axes.rows, plan.constants), cols_title, heads_title)


def _heads_title(axes: Axes, columns: Sequence[Column]) -> str:
    """Name the pictures above the columns if they and the results are the only rows."""
    is_pictured = any(column.head.picture for column in columns)
    kinds = [key for key in ("content", "style") if key in axes.cols]
    return f"{kinds[0]} picture" if is_pictured and not axes.rows else ""


def _cells(plan: Plan, frame: pd.DataFrame, axes: Axes, pairs: bool) -> dict[tuple[Level, Level], tuple[Shot, ...]]:
    cells: dict[tuple[Level, Level], tuple[Shot, ...]] = {}
    for run, found in shown(plan, frame):
        place = axis.level(run, axes.rows), axis.level(run, axes.cols)
        end = result(run, plan, found)
        cells[place] = (start(run, plan, found), end) if pairs else (end,)
    return cells


def _across(count: int, has_rows: bool) -> int:
    """Return how many columns go on one line: a line alone is broken, to a sheet wider than tall at most."""
    return ACROSS if has_rows else min(ACROSS, max(ACROSS_ALONE, math.ceil(math.sqrt(1.5 * count))))


def triples(plan: Plan, frame: pd.DataFrame) -> Table:
    """Arrange one row a run: style, content, result."""
    columns = tuple(Column(Head(text)) for text in ("style", "content", "result"))
    rest = [key for key in plan.varied if key not in ("content", "style", "repeat")]
    rows = []
    for run, found in shown(plan, frame):
        values = {**plan.constants, **run.values}
        style, content = (
            input_picture(found, kind, labels.value(kind, values.get(kind))) for kind in ("style", "content")
        )
        caption = labels.phrases(run.values, rest, plan.constants)
        cells = ((style,), (content,), (replace(result(run, plan, found), caption=caption),))
        rows.append(Row(Head(), cells))
    return Table((Band(columns, tuple(rows)),))


def crops(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop) -> tuple[Facet, ...]:
    """Enlarge what is done: each whole picture with the crop's frame on it and the crop below.

    Of more than `MANY` runs the crops stand as the grid does, below one whole picture that shows where they are.
    """
    picked = [(run, found) for run, found in shown(plan, frame) if found["state"] == "done"]
    shots = [result(run, plan, found) for run, found in picked]
    if len(shots) > MANY:
        return _crops_alone(plan, frame, axes, replace(shots[0], framed=crop), labels.run(picked[0][0], plan))
    alone = Axes((), tuple(key for key in plan.varied if key != "repeat"))
    texts = [labels.run(run, plan) if alone.cols else "" for run, _ in picked]
    first = reference(plan, frame, alone)
    if first is not None and shots and first.caption == "content":
        shots, texts = [first, *shots], [first.alt, *texts]
    columns = [Column(Head(text), aside=len(shots) > len(picked) and not number) for number, text in enumerate(texts)]
    whole = Row(Head("whole"), tuple((replace(shot, framed=crop, caption=""),) for shot in shots))
    detail = Row(Head(labels.crop(crop)), tuple((replace(shot, crop=crop, caption=""),) for shot in shots))
    return (Facet("", Table(wrapped(columns, [whole, detail], ACROSS_ALONE))),)


def _crops_alone(plan: Plan, frame: pd.DataFrame, axes: Axes, whole: Shot, label: str) -> tuple[Facet, ...]:
    crop = whole.framed
    tables = facets(replace(plan, report={**plan.report, "layout": "grid"}), frame, axes)
    one = Table((Band((Column(Head(label)),), (Row(Head("whole"), ((whole,),)),)),))
    title = f"{labels.crop(crop)}, enlarged" if crop else ""
    details = [
        Facet(" · ".join(part for part in (title, facet.title) if part), _each(facet.table, crop)) for facet in tables
    ]
    return (Facet("", one), *details)


def _each(table: Table, crop: Crop | None) -> Table:

    def cut(cells: tuple[tuple[Shot, ...], ...]) -> tuple[tuple[Shot, ...], ...]:
        return tuple(tuple(replace(shot, crop=crop) for shot in cell) for cell in cells)

    bands = tuple(replace(b, rows=tuple(replace(row, cells=cut(row.cells)) for row in b.rows)) for b in table.bands)
    return replace(table, bands=bands)


def _with_crop(row: Row, crop: Crop) -> tuple[Row, Row]:
    whole = tuple(tuple(replace(shot, framed=crop) for shot in cell) for cell in row.cells)
    detail = tuple(tuple(replace(shot, crop=crop, caption="") for shot in cell) for cell in row.cells)
    return replace(row, cells=whole), Row(Head("enlarged"), detail)


def heads(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], places: Sequence[Level]) -> list[Head]:
    """Return words and pictures for the places of an axis; equal words fall back to the values themselves."""
    texts = [labels.phrases(dict(zip(keys, place, strict=True)), keys, plan.constants) for place in places]
    if len(keys) == 1:
        texts = [labels.value(keys[0], place[0], plan.constants) for place in places]
    raw = [" · ".join(str(part) for part in place) for place in places]
    texts = [text if texts.count(text) == 1 else own for text, own in zip(texts, raw, strict=True)]
    kinds = [key for key in ("content", "style") if key in keys]
    if len(kinds) != 1:
        return [Head(text) for text in texts]
    pictures = _pictures(plan, frame, keys, kinds[0])
    return [Head(text, pictures.get(place)) for text, place in zip(texts, places, strict=True)]


def _pictures(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], kind: str) -> dict[Level, Path]:
    """Return for each place of an axis the first input picture that a run there left in the store."""
    found: dict[Level, Path] = {}
    for run, picture in zip(plan.runs, frame[f"{kind}_picture"], strict=True):
        if isinstance(picture, Path):
            found.setdefault(axis.level(run, keys), picture)
    return found
