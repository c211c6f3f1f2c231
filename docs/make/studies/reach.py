"""Count the evaluations that variants of a run take to the losses that the run without any variant has on its way."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from docs.make.studies.study import Study
from docs.make.studies.variants import VARIED, with_variants
from nst.errors import UserError
from nst.statements.course import Course, course
from nst.statements.pictures import is_pilot
from nst.statements.runs import Run, finished, groups
from nst.statements.traces import trace

MARKS = (50, 100, 200, 300)
"""Evaluations of the base; its least loss up to there is the loss to reach."""


@dataclass(frozen=True)
class ReachStudy(Study):
    """A study with a row for each run, except the base, and mark, which are evaluations of the base."""

    marks: tuple[int, ...] = MARKS
    takes_several = True

    def measure(self, sweep: str, runs_dir: Path) -> pd.DataFrame:
        """Return the evaluations that each run of the sweep takes to each loss of its base."""
        runs = self.ran(sweep, runs_dir)
        found = reached(runs, runs_dir, self.marks)
        if found.empty:
            raise UserError(
                f"{sweep}: no run goes with one without preconditioner and scales of {self.marks[0]} evaluations "
                f"or more; python -m nst.run sweep={self.name} makes them"
            )
        return found.assign(device=", ".join(runs["device"].dropna().unique()))


def reached(runs: pd.DataFrame, runs_dir: Path, marks: Sequence[int]) -> pd.DataFrame:
    """Return the rows of a sweep's runs; those that failed count as ending where their traces do."""
    return pd.DataFrame(list(rows(finished(with_variants(runs, runs_dir).assign(state="done")), marks)))


def rows(runs: Sequence[Run], marks: Sequence[int] = MARKS) -> Iterator[dict[str, Any]]:
    """Yield a row for each run and mark that its base has come to; runs without a base are left out.

    The base is that with the shortest first step among runs of one size without a preconditioner.
    """
    for group in groups(runs, VARIED):
        base = min((run for run in group if is_plain(run)), key=lambda run: float(run.keys["first"]), default=None)
        for run in group if base else ():
            if base and run is not base:
                yield from _row(run, _course(run), _course(base), marks)


def is_plain(run: Run) -> bool:
    """Return whether a run has one size and no preconditioner."""
    return run.keys["kind"] == "none" and not run.keys["sizes"]


def _course(run: Run) -> Course:
    return course(trace(run), float(run.keys["size"]))


def _row(run: Run, ours: Course, base: Course, marks: Sequence[int]) -> Iterator[dict[str, Any]]:
    about = {**_place(run), **{key: run.keys[key] for key in VARIED}, "pilot": is_pilot(run), "spent": ours.spent}
    for mark in marks:
        loss = base.least(mark)
        if math.isfinite(loss):
            yield {**about, "mark": mark, "loss": loss, "base": base.cost_of(loss), "evaluations": ours.cost_of(loss)}


def _place(run: Run) -> dict[str, Any]:
    content, style = run.content * (run.kind != "texture"), run.style * (run.kind != "reconstruction")
    names = {"runs": run.kind, "content": content, "style": style}
    return {**names, "init": run.init, **{key: run.keys[key] for key in ("size", "steps", "precision")}}
