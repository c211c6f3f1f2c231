"""Compare ways to keep L-BFGS in [0, 1]: total losses over the run, and explosions."""

from typing import Any

import numpy as np
import pandas as pd

from docs.make.markdown import table
from docs.make.studies.study import Study, number

MARKS = (50, 100, 200, 300, 600, 1000, 2000)
LOSSES = [f"total_loss@{mark}" for mark in MARKS]
PLACE = ["content", "style", "init", "seed", "size", "steps"]
SETTINGS = ("clamp", "max_step", "project_gradient", "history_dtype")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return all tables; runs that compare dtypes of the history have `repeat=1`."""
    runs = runs.replace([np.inf], np.nan).assign(variant=runs.apply(variant, axis=1))
    compared, history = runs[runs["repeat"] == 0], runs[runs["repeat"] == 1]
    return {"summary": _summary(compared), "runs": _by_case(compared), "dtypes": _dtypes(history)}


def variant(run: "pd.Series[Any]") -> str:
    """Return the name of a run's variant, as listed on the page."""
    if run["optimizer.clamp"] == "closure":
        return "tutorial"
    cap = float(run["optimizer.max_step"])
    words = ["projected"] * bool(run["optimizer.project_gradient"]) + ["capped"] * (cap > 0)
    return " ".join([*words, *([f"{cap:g}"] if cap not in (0, 0.03) else [])]) or "consistent"


def _summary(runs: pd.DataFrame) -> str:
    """Return a table of each variant over all cases: explosions, worst rise, and its losses over those of `capped`.

    The ratios are geometric means over the cases in which both runs got that far.
    """
    base = runs[runs["variant"] == "capped"].set_index(PLACE)[LOSSES]
    rows = []
    for name, mine in runs.groupby("variant", sort=False):
        means = np.exp(np.log(mine.set_index(PLACE)[LOSSES] / base).mean())
        ends = [len(mine), (mine["state"] == "failed").sum(), f"{mine['worst_rise'].max():.3g}"]
        rows.append([name, *ends, *(number(mean, ".3f") for mean in means)])
    return table(["variant", "runs", "exploded", "worst rise", *MARKS], rows, texts=1)


def _by_case(runs: pd.DataFrame) -> str:
    """Return a table of total losses for every pair and start."""
    return "\n\n".join(
        f"### {content} + {style}, from {init}, {size} pixels\n\n"
        + table(["variant", *MARKS, "worst rise", ""], [_run(run) for _, run in group.iterrows()], texts=1)
        for (content, style, init, size), group in runs.groupby(["content", "style", "init", "size"], sort=False)
    )


def _run(run: "pd.Series[Any]") -> list[str]:
    losses = [number(run[loss], ".4g") for loss in LOSSES]
    return [run["variant"], *losses, f"{run['worst_rise']:.3g}", "exploded" * (run["state"] == "failed")]


def _dtypes(runs: pd.DataFrame) -> str:
    """Return a table of mean and standard deviation of the losses over seeds, one line per dtype."""
    rows = [
        [f"history {dtype}", len(mine), *(_spread(mine[loss]) for loss in LOSSES)]
        for dtype, mine in runs.groupby("optimizer.history_dtype", sort=False)
    ]
    return table(["variant", "seeds", *MARKS], rows, texts=1)


def _spread(losses: "pd.Series[float]") -> str:
    deviation = number(losses.std(), ".2g")
    return number(losses.mean(), ".4g") + (f" ± {deviation}" if deviation else "")


STUDY = Study("optimizers", (*PLACE, "repeat", *(f"optimizer.{key}" for key in SETTINGS)), tables, MARKS)
