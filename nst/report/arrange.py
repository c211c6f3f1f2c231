"""From plan and frame to the table that the sweep wants: grid, pairs, triples, crops."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nst.report import axes as axis
from nst.report import labels
from nst.report.axes import Axes, Level
from nst.report.plan import Crop, Plan
from nst.report.shots import input_picture, reference, result, shown, start
from nst.report.table import BLANK, Band, Column, Facet, Head, Row, Shot, Table, wrapped

ACROSS_ALONE = 6  # columns on one line where nothing stands on the rows
ACROSS = 12  # columns on one line where something does


def facets(
    plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True
) -> tuple[Facet, ...]:
    """The sweep as its report wants to show it: one table for each place of `axes.facets`, in plan order.

    `wrap`: break long lines of columns into bands, for a sheet of limited width; a page does so by itself.
    """
    return tuple(
        Facet(_facet_title(plan, axes, place), table(*_facet(plan, frame, axes, place), axes, crop, wrap=wrap))
        for place in axis.levels(plan, axes.facets)
    )


def _facet(plan: Plan, frame: pd.DataFrame, axes: Axes, place: Level) -> tuple[Plan, pd.DataFrame]:
    inside = [number for number, job in enumerate(plan.jobs) if axis.level(job, axes.facets) == place]
    return replace(plan, jobs=tuple(plan.jobs[number] for number in inside)), frame.iloc[inside]


def _facet_title(plan: Plan, axes: Axes, place: Level) -> str:
    return labels.phrases(axis.named(axes.facets, place), axes.facets, plan.constants)


def table(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True) -> Table:
    """The sweep in one table."""
    if plan.look.layout == "triples":
        return triples(plan, frame)
    return grid(plan, frame, axes, crop if enlarges(plan, axes) else None, wrap=wrap)


def enlarges(plan: Plan, axes: Axes) -> bool:
    """Whether the grid has room for a crop under each result: one line of pictures does."""
    return plan.look.layout == "grid" and not axes.rows


def grid(plan: Plan, frame: pd.DataFrame, axes: Axes, crop: Crop | None = None, *, wrap: bool = True) -> Table:
    """One cell a combination; with `layout: pairs` each holds the start beside the result.

    A `crop` is framed on each picture and shown enlarged on a line below.
    """
    downs, acrosses = axis.levels(plan, axes.rows), axis.levels(plan, axes.cols)
    captions = ("start", "result") if plan.look.layout == "pairs" else ("",)
    columns = [Column(head, captions) for head in heads(plan, frame, axes.cols, acrosses)]
    rows = [Row(head, ()) for head in heads(plan, frame, axes.rows, downs)]
    cells = [[_cell(plan, frame, axes, down, across) for across in acrosses] for down in downs]
    first = reference(plan, frame, axes)
    if first is not None:
        columns.insert(0, Column(Head(first.alt), (f"{first.caption} picture",), aside=True))
        for line, row in enumerate(cells):
            row.insert(0, (replace(first, caption="") if line == 0 else BLANK,))
    rows = [replace(row, cells=tuple(line)) for row, line in zip(rows, cells, strict=True)]
    rows = [line for row in rows for line in _with_crop(row, crop)] if crop else rows
    most = (ACROSS if axes.rows else ACROSS_ALONE) if wrap else len(columns)
    bands = wrapped(columns, rows, most)
    return Table(bands, labels.titles(axes.rows, plan.constants), labels.titles(axes.cols, plan.constants))


def triples(plan: Plan, frame: pd.DataFrame) -> Table:
    """One row a job: style, content, result."""
    columns = tuple(Column(Head(text)) for text in ("style", "content", "result"))
    rest = [key for key in plan.varied if key not in ("content", "style", "repeat")]
    rows = []
    for job, found in shown(plan, frame):
        values = {**plan.constants, **job.values}
        style, content = (
            input_picture(found, kind, labels.value(kind, values.get(kind))) for kind in ("style", "content")
        )
        caption = labels.phrases(job.values, rest, plan.constants)
        cells = ((style,), (content,), (replace(result(job, plan, found), caption=caption),))
        rows.append(Row(Head(), cells))
    return Table((Band(columns, tuple(rows)),))


def crops(plan: Plan, frame: pd.DataFrame, crop: Crop) -> Table:
    """One column a picture: the whole with the crop's frame on it, and the crop enlarged below."""
    axes = Axes((), tuple(key for key in plan.varied if key != "repeat"))
    picked = [(job, found) for job, found in shown(plan, frame) if found["state"] == "done"]
    shots = [result(job, plan, found) for job, found in picked]
    texts = [labels.job(job, plan) if axes.cols else "" for job, _ in picked]
    first = reference(plan, frame, axes)
    if first is not None and shots and first.caption == "content":
        shots, texts = [first, *shots], [first.alt, *texts]
    columns = [Column(Head(text), aside=len(shots) > len(picked) and not number) for number, text in enumerate(texts)]
    whole = Row(Head("whole"), tuple((replace(shot, framed=crop, caption=""),) for shot in shots))
    detail = Row(Head(labels.crop(crop)), tuple((replace(shot, crop=crop, caption=""),) for shot in shots))
    return Table(wrapped(columns, [whole, detail], ACROSS_ALONE))


def _with_crop(row: Row, crop: Crop) -> tuple[Row, Row]:
    whole = tuple(tuple(replace(shot, framed=crop) for shot in cell) for cell in row.cells)
    detail = tuple(tuple(replace(shot, crop=crop, caption="") for shot in cell) for cell in row.cells)
    return replace(row, cells=whole), Row(Head("enlarged"), detail)


def heads(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], places: Sequence[Level]) -> list[Head]:
    """Words and pictures for the places of an axis; equal words fall back to the values themselves."""
    texts = [labels.phrases(axis.named(keys, place), keys, plan.constants) for place in places]
    if len(keys) == 1:
        texts = [labels.value(keys[0], place[0], plan.constants) for place in places]
    raw = [" · ".join(str(part) for part in place) for place in places]
    texts = [text if texts.count(text) == 1 else own for text, own in zip(texts, raw, strict=True)]
    kinds = [key for key in ("content", "style") if key in keys]
    if len(kinds) != 1:
        return [Head(text) for text in texts]
    pictures = [_picture_at(plan, frame, keys, place, kinds[0]) for place in places]
    return [Head(text, picture) for text, picture in zip(texts, pictures, strict=True)]


def _cell(plan: Plan, frame: pd.DataFrame, axes: Axes, down: Level, across: Level) -> tuple[Shot, ...]:
    """The shots of one combination; none of them where the sweep leaves the combination out."""
    pairs = plan.look.layout == "pairs"
    for job, found in shown(plan, frame):
        if axis.level(job, axes.rows) == down and axis.level(job, axes.cols) == across:
            end = result(job, plan, found)
            return (start(job, plan, found), end) if pairs else (end,)
    return (BLANK, BLANK) if pairs else (BLANK,)


def _picture_at(plan: Plan, frame: pd.DataFrame, keys: tuple[str, ...], place: Level, kind: str) -> Path | None:
    for index, job in enumerate(plan.jobs):
        found = frame.iloc[index][f"{kind}_picture"]
        if axis.level(job, keys) == place and isinstance(found, Path):
            return found
    return None
