"""Arrange plan and frame into the tables of a sweep's layout: grid, pairs, triples, crops."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from nst.report import labels
from nst.report.figure import axes as axis
from nst.report.figure import table
from nst.report.figure.axes import Axes, Level
from nst.report.figure.table import BLANK, Column, Facet, Head, Row, Shot, Table, shown
from nst.report.read.layout import Crop, layout, varied
from nst.store.plan import Plan

ACROSS_ALONE = 6  # columns on one line if no key is on the rows, unless there are many
ACROSS = 20  # columns on one line in any case
MANY = 12  # runs; with more, crops are compared among themselves, without the whole picture beside each


def facets(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None) -> tuple[Facet, ...]:
    """Return the sweep as the report shows it: one table for each level of `axes.facets`, in plan order."""
    if layout(plan.report).cells == "triples":
        return (Facet("", triples(plan, frame)),)
    crop = crop if enlarges(plan, axes) else None
    return tuple(_facet(plan, frame, axes, place, crop) for place in axis.levels(plan, axes.facets))


def enlarges(plan: Plan, axes: Axes) -> bool:
    """Return whether the grid has room for a crop under each result, as a single line of pictures does."""
    return layout(plan.report).cells == "grid" and not axes.rows


def _facet(plan: Plan, frame: pd.DataFrame, axes: Axes, place: Level, crop: Crop | None) -> Facet:
    inside = [number for number, run in enumerate(plan.runs) if axis.level(run, axes.facets) == place]
    heads = [labels.heading(key, found, plan.constants) for key, found in zip(axes.facets, place, strict=True)]
    part = replace(plan, runs=tuple(plan.runs[number] for number in inside))
    return Facet(" · ".join(heads), _grid(part, frame.iloc[inside], axes, crop))


def _grid(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None) -> Table:
    """Arrange one cell per combination; a `crop` is framed on each picture and shown enlarged on a line below."""
    downs, acrosses = axis.levels(plan, axes.rows), axis.levels(plan, axes.cols)
    captions = ("start", "result") if layout(plan.report).cells == "pairs" else ("",)
    made = {(axis.level(run, axes.rows), axis.level(run, axes.cols)): (run, found) for run, found in shown(plan, frame)}

    def cell(place: tuple[Level, Level]) -> tuple[Shot, ...]:
        if place not in made:
            return (BLANK,) * len(captions)
        run, found = made[place]
        end = table.result(run, plan, found)
        return (table.start(run, plan, found), end) if len(captions) == 2 else (end,)

    columns = [Column(head, captions) for head in _heads(plan, frame, axes.cols, acrosses)]
    cells = [[cell((down, across)) for across in acrosses] for down in downs]
    kind, first = table.references(plan, frame, axes)
    if first:
        said_below = tuple(shot.alt for shot in first) if len(first) > 1 else (f"{kind} picture",)
        shared = table.shared_values(plan)
        said = labels.value(kind, shared.get(kind), shared)
        columns.insert(0, Column(Head(said), said_below, aside=True))
        for line, row in enumerate(cells):
            row.insert(0, first if line == 0 else (BLANK,) * len(first))
    is_pictured = not axes.rows and any(column.head.picture for column in columns)
    heads_title = ("content picture" if "content" in axes.cols else "style picture") if is_pictured else ""
    heads_title += "s" * any(column.head.several for column in columns) if heads_title else ""
    names = [Head("result")] if is_pictured and len(captions) == 1 else _heads(plan, frame, axes.rows, downs)
    rows = [Row(head, tuple(line)) for head, line in zip(names, cells, strict=True)]
    rows = [line for row in rows for line in _with_crop(row, crop)] if crop else rows
    cols_title = "" if is_pictured and len(axes.cols) == 1 else labels.titles(axes.cols, plan.constants)
    titles = labels.titles(axes.rows, plan.constants), cols_title, heads_title
    return Table(tuple(columns), tuple(rows), *titles, _across(len(columns), bool(axes.rows)))


def _across(count: int, has_rows: bool) -> int:
    """Return how many columns go on one line: a single line is broken into a sheet that is no taller than wide."""
    return ACROSS if has_rows else min(ACROSS, max(ACROSS_ALONE, math.ceil(math.sqrt(1.5 * count))))


def _with_crop(row: Row, crop: Crop) -> tuple[Row, Row]:
    detail = row.changed(lambda shot: replace(shot, crop=crop, caption=""))
    return row.changed(lambda shot: replace(shot, framed=crop)), replace(detail, head=Head("enlarged"))


def triples(plan: Plan, frame: pd.DataFrame) -> Table:
    """Arrange one row per run: style, content, result."""
    rest = [key for key in varied(plan) if key not in ("content", "style")]
    made = shown(plan, frame)
    styles = [table.input_pictures(run, plan, found, "style") for run, found in made]
    most = max(map(len, styles), default=1)
    rows = []
    for (run, found), style in zip(made, styles, strict=True):
        known = {"style": run.values["style"]} if "style" in run.values else {}
        caption = labels.phrases(run.values, rest, {**plan.constants, **known})
        result = replace(table.result(run, plan, found), caption=caption)
        cells = (style + (BLANK,) * (most - len(style)), table.input_pictures(run, plan, found, "content"), (result,))
        rows.append(Row(Head(), cells))
    columns = (
        Column(Head("styles" if most > 1 else "style"), ("",) * most),
        Column(Head("content")),
        Column(Head("result")),
    )
    return Table(columns, tuple(rows))


def crops(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop) -> tuple[Facet, ...]:
    """Enlarge finished results: each whole picture with the crop's frame on it, and the crop below.

    With more than `MANY` runs, the crops are arranged like the grid, below one whole picture that shows their place.
    """
    picked = [(run, found) for run, found in shown(plan, frame) if found["state"] == "done"]
    shots = [table.result(run, plan, found) for run, found in picked]
    if len(shots) > MANY:
        column, where = Column(Head(labels.run(picked[0][0], plan))), replace(shots[0], framed=crop)
        whole = Table((column,), (Row(Head("whole"), ((where,),)),))
        return (Facet("", whole), *_crops_alone(plan, frame, axes, crop))
    alone = Axes((), varied(plan))
    columns = [Column(Head(labels.run(run, plan) if alone.cols else "")) for run, _ in picked]
    kind, first = table.references(plan, frame, alone)
    if kind == "content":
        shots, columns = [*first, *shots], [Column(Head(first[0].alt), aside=True), *columns]
    row = Row(Head("whole"), tuple((replace(shot, caption=""),) for shot in shots))
    framed, detail = _with_crop(row, crop)
    rows = (framed, replace(detail, head=Head(labels.crop(crop))))
    return (Facet("", Table(tuple(columns), rows, across=ACROSS_ALONE)),)


def _crops_alone(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop) -> Iterator[Facet]:
    for facet in facets(replace(plan, report={**plan.report, "layout": "grid"}), frame, axes):
        title = " · ".join(part for part in (f"{labels.crop(crop)}, enlarged", facet.title) if part)
        rows = tuple(row.changed(lambda shot: replace(shot, crop=crop)) for row in facet.table.rows)
        yield Facet(title, replace(facet.table, rows=rows))


def _heads(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], places: Sequence[Level]) -> list[Head]:
    """Return words and pictures for the levels of an axis; if words coincide, use the values themselves."""
    named = labels.value if len(keys) == 1 else labels.phrase
    parts = [[named(key, found, plan.constants) for key, found in zip(keys, place, strict=True)] for place in places]
    texts = [" · ".join(words) for words in parts]
    raw = [" · ".join(str(part) for part in place) for place in places]
    texts = [text if texts.count(text) == 1 else own for text, own in zip(texts, raw, strict=True)]
    is_mixed = "style_shares" in keys and "style" not in plan.varied
    kinds = [key for key in ("content", "style") if key in keys or (key == "style" and is_mixed)]
    pictures = _pictures(plan, frame, keys, kinds[0]) if len(kinds) == 1 else {}
    return [_head(text, pictures.get(place, ())) for text, place in zip(texts, places, strict=True)]


def _head(text: str, shots: tuple[Shot, ...]) -> Head:
    return Head(text, shots[0].picture if shots else None, shots if len(shots) > 1 else ())


def _pictures(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], kind: str) -> dict[Level, tuple[Shot, ...]]:
    """Return, for each level of an axis, the stored input pictures of the first run with the most of them."""
    found: dict[Level, tuple[Shot, ...]] = {}
    for run, row in zip(plan.runs, frame.to_dict("records"), strict=True):
        place = axis.level(run, keys)
        shots = tuple(shot for shot in table.input_pictures(run, plan, row, kind) if shot.picture)
        if len(shots) > len(found.get(place, ())):
            found[place] = shots
    return found
