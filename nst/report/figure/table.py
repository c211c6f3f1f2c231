"""A comparison as a table of shots, before any layout in pixels, and the shots of a run: result, start, inputs."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from nst.report import labels
from nst.report.figure import axes as axis
from nst.report.figure.axes import Axes, Level
from nst.report.read.layout import Crop, varied
from nst.store.plan import Plan, PlannedRun, Value

Found = Mapping[Hashable, Any]  # the row of the frame that belongs to a run
State = Literal["done", "failed", "running", "pending", "missing", "input", "blank"]


@dataclass(frozen=True)
class Shot:
    """One picture, or the reason why there is none. `crop`: show this region only; `framed`: outline it.

    `signature`: of the run that made it or will make it; empty for inputs.
    """

    picture: Path | None
    state: State = "done"
    note: str = ""
    alt: str = ""
    caption: str = ""
    crop: Crop | None = None
    framed: Crop | None = None
    signature: str = ""


BLANK = Shot(None, "blank")


@dataclass(frozen=True)
class Head:
    """The name of a row or a column: words, and the input picture if the axis is one of pictures.

    `several`: the pictures if there is more than one, each captioned with its name; `picture` is the first.
    """

    text: str = ""
    picture: Path | None = None
    several: tuple[Shot, ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The pictures, side by side."""
        return self.several or ((Shot(self.picture, "input", alt=self.text),) if self.picture else ())


@dataclass(frozen=True)
class Column:
    """A column of cells, each of as many shots as there are `captions`; `aside`: a reference, at a distance."""

    head: Head
    captions: tuple[str, ...] = ("",)
    aside: bool = False


@dataclass(frozen=True)
class Row:
    """A row of cells, one per column."""

    head: Head
    cells: tuple[tuple[Shot, ...], ...]

    def changed(self, change: Callable[[Shot], Shot]) -> "Row":
        """Return the row with `change` applied to every shot."""
        return replace(self, cells=tuple(tuple(map(change, cell)) for cell in self.cells))


@dataclass(frozen=True)
class Table:
    """Columns and rows, and the names of the two axes.

    `heads_title`: name of the pictures above the columns, if words at the side name the rows.
    `across`: most columns on one line of a sheet; None for all.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rows_title: str = ""
    cols_title: str = ""
    heads_title: str = ""
    across: int | None = None

    @cached_property
    def bands(self) -> tuple["Table", ...]:
        """The table cut into as few lines of at most `across` columns as possible, evenly filled."""
        return tuple(self._part(part) for part in evenly(len(self.columns), self.across or len(self.columns)))

    @property
    def shots(self) -> list[Shot]:
        return [shot for row in self.rows for cell in row.cells for shot in cell]

    @property
    def inputs(self) -> list[Shot]:
        """The pictures above the columns and left of the rows."""
        heads = [*(column.head for column in self.columns), *(row.head for row in self.rows)]
        return [shot for head in heads for shot in head.shots if shot.picture]

    def _part(self, part: slice) -> "Table":
        rows = tuple(replace(row, cells=row.cells[part]) for row in self.rows)
        return replace(self, columns=self.columns[part], rows=rows, across=None)


@dataclass(frozen=True)
class Facet:
    """One of several similar tables, titled with the values it shows; a sweep of one or two keys has one, untitled."""

    title: str
    table: Table


def evenly(count: int, most: int) -> list[slice]:
    """Divide `count` things among as few lines of at most `most` as possible, evenly filled."""
    lines = -(-count // most)
    step = -(-count // lines)
    return [slice(start, start + step) for start in range(0, count, step)]


def shown(plan: Plan, frame: pd.DataFrame) -> list[tuple[PlannedRun, Found]]:
    """Return one run per combination: the first of its repeats that is done, else the first."""
    picked: dict[Level, tuple[PlannedRun, Found]] = {}
    for run, found in zip(plan.runs, frame.to_dict("records"), strict=True):
        place = axis.level(run, varied(plan))
        if place not in picked or (picked[place][1]["state"] != "done" and found["state"] == "done"):
            picked[place] = (run, found)
    return list(picked.values())


def result(run: PlannedRun, plan: Plan, found: Found) -> Shot:
    """Return the result of a run, or its state if there is none."""
    label, state = labels.run(run, plan), found["state"]
    if state == "done":
        return replace(_present(found["image"], "done", f"result of {label}"), signature=run.signature)
    note = str(found["error"] or "") if state == "failed" else ""
    undone: State = state if state in ("failed", "running") else "pending"
    return Shot(None, undone, note, f"{label}: {state}", signature=run.signature)


def start(run: PlannedRun, plan: Plan, found: Found) -> Shot:
    """Return the picture that a run started from."""
    alt = f"start of {labels.run(run, plan)}"
    if found["start"] is None:
        return Shot(None, "pending", "", f"{alt}: not there")
    return _present(found["start"], "input", alt)


def input_pictures(run: PlannedRun, plan: Plan, found: Found, kind: str) -> tuple[Shot, ...]:
    """Return the content or the style pictures of a run, each captioned with its name."""
    names, is_due = labels.pictures(kind, {**plan.constants, **run.values}), found["state"] in ("pending", "running")
    shots = []
    for number, name in enumerate(names, 1):
        picture = found.get(f"{kind}[{number}]_picture" if number > 1 else f"{kind}_picture")
        shot = _present(picture, "input", f"{kind}: {name}")
        state = "pending" if is_due and not isinstance(picture, Path) else shot.state
        shots.append(replace(shot, caption=name, state=state))
    return tuple(shots)


def _present(picture: object, state: State, alt: str) -> Shot:
    return Shot(picture, state, "", alt) if isinstance(picture, Path) else Shot(None, "missing", "", alt)


def references(plan: Plan, frame: pd.DataFrame, axes: Axes) -> tuple[str, tuple[Shot, ...]]:
    """Return the kind and the pictures that a single loss reconstructs, unless they already head rows or columns."""
    taken = {key.removesuffix("_shares") for key in (*axes.rows, *axes.cols)}
    for weight, kind in (("style_weight", "content"), ("content_weight", "style")):
        if weight not in plan.varied and plan.constants.get(weight) == 0 and kind not in taken:
            names = labels.pictures(kind, shared_values(plan))
            return kind, tuple(
                _reference(frame, f"{kind}[{n}]" if n > 1 else kind, one) for n, one in enumerate(names, 1)
            )
    return "", ()


def shared_values(plan: Plan) -> dict[str, Value]:
    """Return the constants of a plan, and values of its first run: those on facets are the same in all runs of one."""
    return {**plan.constants, **(plan.runs[0].values if plan.runs else {})}


def _reference(frame: pd.DataFrame, input: str, name: str) -> Shot:
    found = frame[f"{input}_picture"] if f"{input}_picture" in frame else ()
    picture = next((path for path in found if isinstance(path, Path)), None)
    return Shot(picture, "input" if picture else "pending", alt=name)
