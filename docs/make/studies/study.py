"""A study: a table of runs, from a sweep or `benchmarks/NAME.csv`, and the page made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd
from jinja2 import StrictUndefined, Template
from PIL.Image import Image

import nst
from nst.errors import UserError

NUMBERS = ("state", "content_loss", "style_loss", "total_loss", "best_total_loss")
"""State, and losses of the final picture; a run that diverged has failed and has no final picture."""
SETTLED = 50
"""Early jumps are normal: `worst_rise` is taken after this evaluation."""


@dataclass(frozen=True)
class Study:
    """The keys that tell a sweep's runs apart, the losses kept at some evaluations (`marks`), and its page's tables."""

    name: str
    keys: tuple[str, ...]
    tables: Callable[[pd.DataFrame], dict[str, str]]
    marks: tuple[int, ...] = ()
    losses: tuple[str, ...] = ("total_loss",)
    baseline: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    """Function that runs another engine on the inputs of the sweep and returns its rows."""
    numbers: tuple[str, ...] = ()
    """Further columns of the frame to keep."""
    page_name: str | None = None
    """Name of its page; None if it is the study's own."""
    on_page_of: str | None = None
    """The study whose page shows its tables, under its own name; None if it has its own page."""
    is_optional: bool = False
    """Whether the page on which it is goes without it until it has been measured."""
    figure: Callable[[str, Path], Image] | None = None
    """Function that draws the figure of a measured sweep in a store, for its page."""
    takes_several: ClassVar[bool] = False
    """Whether several sweeps may be measured together."""

    def measure(self, sweep: str, runs_dir: Path) -> pd.DataFrame:
        """Return one row for each run of the sweep that has a trace, and for each run of the baseline."""
        runs = self.ran(sweep, runs_dir)
        courses = pd.DataFrame([self.course(pd.read_csv(path)) for path in runs["trace"]], index=runs.index)
        columns = ["engine", *self.keys, "device", *NUMBERS, *self.numbers]
        found = pd.concat([runs.assign(engine="nst").reindex(columns=columns), courses], axis=1)
        alike = [key for key in self.keys if key not in ("size", "steps")]
        if found.duplicated(alike).any():
            raise UserError(f"{sweep}: several runs have the same {', '.join(alike)}; the page shows one of each")
        return pd.concat([found, self.baseline(runs)], ignore_index=True) if self.baseline else found

    def ran(self, sweep: str, runs_dir: Path) -> pd.DataFrame:
        """Return the runs of the sweep that are done or failed and have a trace."""
        runs = nst.load(sweep, runs_dir)
        runs = runs[runs["trace"].notna() & runs["state"].isin(("done", "failed"))]
        if runs.empty:
            raise UserError(f"{sweep}: no run of this sweep is done; python -m nst.run sweep={self.name} makes them")
        return runs

    def course(self, trace: pd.DataFrame) -> dict[str, float]:
        """Return the losses at the marks (NaN beyond the end), and the worst rise above the best loss before."""
        losses = trace.set_index("evaluation")
        total = losses["total_loss"]
        rises = (total / total.cummin())[total.index > SETTLED]
        marked = losses.reindex(list(self.marks))
        at_marks = {f"{loss}@{mark}": marked[loss][mark] for mark in self.marks for loss in self.losses}
        return {"worst_rise": max([1.0, *rises.dropna()]), **at_marks}

    def parts(self, runs: pd.DataFrame) -> dict[str, str]:
        """Return the values of every key in the runs, and the tables."""
        values = {key: ", ".join(map(str, runs[key].dropna().unique())) for key in (*self.keys, "device")}
        return {**values, **self.tables(runs)}

    @property
    def file(self) -> str:
        """File name of its page, and of the template for it."""
        return f"{self.page_name or self.name}.md"

    def page(self, runs: pd.DataFrame, **others: dict[str, str] | None) -> str:
        """Fill the study's template with its parts, and with those of the studies that have no page of their own."""
        template = Path(__file__).with_name(self.file).read_text(encoding="utf-8")
        filled = Template(template, undefined=StrictUndefined, keep_trailing_newline=True)
        text: str = filled.render(**self.parts(runs), **others)
        return text


def read(path: Path) -> pd.DataFrame:
    """Read the runs of an earlier measurement."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; measure the study with --sweep")
    return pd.read_csv(path)


def to_csv(runs: pd.DataFrame) -> str:
    """Return runs as CSV; missing values are empty."""
    text: str = runs.to_csv(index=False, float_format="%.7g")
    return text


def number(value: float, style: str) -> str:
    """Format a number; empty for NaN."""
    return "" if pd.isna(value) else f"{value:{style}}"
