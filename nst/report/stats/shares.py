"""Tabulate what explains the variance of a sweep's numbers, a table for each design, and write it to files."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from nst.report import labels
from nst.report.stats import anova
from nst.report.stats.design import Design
from nst.report.stats.tables import PREAMBLE, NumberTable, latex, markdown
from nst.report.stats.variance import Explained, Share, Variance, explain
from nst.store.columns import column
from nst.store.files.atomic import remove, write_text
from nst.store.plan import Plan

LEVEL = 0.05
COLUMNS = ("metric", "scale", "source", "share", "by_chance", "omega_squared", "df", "p", "runs")


def write(plan: Plan, frame: pd.DataFrame, folder: Path, formats: Collection[str]) -> list[NumberTable]:
    """Write `variance.csv`, `variance.md` and `variance.tex` if they are among the formats; return the tables.

    Without a table there are no files, and those of an earlier report are removed. A table without rows has only a
    sentence, which says why there are no shares.
    """
    found = explain(frame)
    sheets = tables(plan, found)
    shown = [sheet for sheet in sheets if sheet.rows]
    texts: dict[str, Callable[[], str]] = {
        "csv": lambda: tidy(found).to_csv(index=False, lineterminator="\n"),
        "md": lambda: "\n".join(markdown(sheet) for sheet in shown),
        "tex": lambda: "\n".join([PREAMBLE, *(latex(sheet) for sheet in shown)]),
    }
    for name in (name for name in texts if name in formats):
        path = folder / f"variance.{name}"
        if shown:
            write_text(path, texts[name]())
        else:
            remove(path)
    return sheets


def tidy(found: Variance) -> pd.DataFrame:
    """Return one row for each number and source, with `COLUMNS`; `runs` is how many the shares are computed from."""
    rows = [
        {"metric": one.metric, "scale": _scale(one), "runs": one.design.rows.size, **asdict(share)}
        for one in found.metrics
        for share in one.shares
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def tables(plan: Plan, found: Variance) -> list[NumberTable]:
    """Tabulate the numbers of the table of runs by design; then a sentence for each reason why others are missing."""
    shown = [one for one in found.metrics if (known := column(one.metric)) is None or known.in_table]
    designs = list(dict.fromkeys(one.design for one in shown))
    sheets = [_table(plan, design, [one for one in shown if one.design is design]) for design in designs]
    return [*sheets, *(NumberTable(reason, (), ()) for reason in found.refused)]


def _table(plan: Plan, design: Design, metrics: Sequence[Explained]) -> NumberTable:
    factors, is_replicated = [factor.keys for factor in design.factors], design.replicates > 1
    heads = ("number", "scale", *anova.sources(factors, is_replicated, _title))
    rows = [(labels.title(one.metric), _scale(one), *map(_percent, one.shares)) for one in metrics]
    by_chance = ("expected by chance", "", *(f"{100 * share.by_chance:.0f}" for share in metrics[0].shares))
    return NumberTable(_caption(plan, design), heads, (*rows, by_chance), words=2)


def _scale(one: Explained) -> str:
    return "log" if one.is_log else "linear"


def _percent(share: Share) -> str:
    """Format `62*`, or `62` if chance may explain it."""
    return f"{100 * share.share:.0f}{'*' * (not math.isnan(share.p) and share.p < LEVEL)}"


def _caption(plan: Plan, design: Design) -> str:
    axes = [f"{_factor(factor.keys)} ({len(factor.levels)} values)" for factor in design.factors]
    runs, each = design.rows.size, design.replicates
    crossed = f"{' × '.join(axes)}, {f'{each} runs' if each > 1 else 'one run'} of each combination"
    parts = [f"Share of the variance (eta squared, %) over {runs} runs: {crossed}"]
    parts += [_left_out(plan, design)] if runs < design.total else []
    parts += ["Numbers of which less is better are on a log scale if all are above 0"]
    parts += [f"* p < {LEVEL:g} in {anova.SHUFFLES} shuffles of the runs, for all numbers of this design together"]
    parts += [] if each > 1 else ["Without replicates, chance is part of the last column"]
    return ". ".join(parts) + "."


def _left_out(plan: Plan, design: Design) -> str:
    """Say how many runs were left out so that every combination has as many, and which levels went with them."""
    rest = design.total - design.rows.size
    said = [
        " + ".join(labels.phrase(key, value, plan.constants) for key, value in zip(keys, level, strict=True))
        for keys, level in design.left_out
    ]
    why = f", with all of {', '.join(said)}" if said else ""
    return f"{rest} of {design.total} runs are left out, copies or without counterparts{why}"


def _title(key: str) -> str:
    """Name a key briefly: a style weight stays one, also if it is a ratio."""
    return "start" if key == "init" else labels.title(key)


def _factor(keys: Sequence[str]) -> str:
    return " + ".join(_title(key) for key in keys)
