"""Compare `preset=tutorial` with its baseline, the PyTorch tutorial's own loop."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from docs.make.markdown import table
from docs.make.studies.study import Study, number
from nst.errors import UserError

PLAIN = "plain loop"
BLOCK = 20
"""Evaluations per step of the plain loop."""
FIXED = {
    "content_layers": "conv_4",
    "style_layers": "conv_1-5",
    "content_weight": 1,
    "style_weight": 1e6,
    "pooling": "max",
}
"""Settings of the plain loop."""
MARKS = (50, 100, 150, 200, 250, 300)
PUBLISHED = ("4.169 / 4.235", "1.145 / 3.039", "0.717 / 2.664", "0.476 / 2.501", "0.347 / 2.411", "0.264 / 2.358")
"""Style and content loss at the marks, from the tutorial's published output with torchvision's weights."""
KEYS = ("content", "style", "init", "seed", "size", "steps", "style_weight", "precision")
LOSSES = ("content_loss", "style_loss", "total_loss")


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return total losses at the last mark reached and of the final pictures, and losses over the run."""
    loops = runs["engine"].where(runs["engine"] == PLAIN, runs["engine"] + " " + runs["precision"])
    runs = runs.assign(loop=loops, start=start_of(runs))
    order = sorted(runs["loop"].unique(), key=lambda loop: loop != PLAIN)
    last = max((mark for mark in MARKS if runs[f"total_loss@{mark}"].notna().any()), default=MARKS[-1])
    return {
        "evaluation": str(last),
        "last": totals(runs, f"total_loss@{last}", order),
        "final": totals(runs, "total_loss", order),
        "course": _course(runs[runs["init"] == "content"].set_index("loop"), order),
    }


def start_of(runs: pd.DataFrame) -> "pd.Series[str]":
    """Return `content`, or the noise with its seed."""
    return runs["init"].where(runs["init"] == "content", "noise, seed " + runs["seed"].astype("string"))


def totals(runs: pd.DataFrame, column: str, loops: list[str]) -> str:
    """Return totals by start and their mean, each with its ratio to the plain loop's, for starts that all have."""
    found = runs.pivot(index="start", columns="loop", values=column).loc[runs["start"].unique(), loops].dropna()
    found.loc["**mean**"] = found.mean()
    heads = ["start", *(head for loop in loops for head in ([loop] if loop == PLAIN else [loop, "ratio"]))]
    return table(heads, [[start, *_compared(row)] for start, row in found.iterrows()], texts=1)


def _compared(totals: "pd.Series[float]") -> list[str]:
    """Return cells: the plain loop's total, then the others, each with its ratio to it."""
    cells = {loop: [number(total, ".3f"), number(total / totals[PLAIN], ".3f")] for loop, total in totals.items()}
    return [cell for loop, pair in cells.items() for cell in pair[: 1 if loop == PLAIN else 2]]


def _course(runs: pd.DataFrame, loops: list[str]) -> str:
    """Return a table of weighted style / content losses over the run, from the content."""
    styles, contents = ({mark: runs[f"{loss}@{mark}"] for mark in MARKS} for loss in ("style_loss", "content_loss"))
    weight = runs["style_weight"]
    rows = [
        [mark, *(_pair(weight[loop] * styles[mark][loop], contents[mark][loop]) for loop in loops), published]
        for mark, published in zip(MARKS, PUBLISHED, strict=True)
    ]
    return table(["evaluation", *loops, "published, other weights"], rows, texts=1)


def _pair(style: float, content: float) -> str:
    return "" if pd.isna(style) else f"{style:.3f} / {content:.3f}"


def baseline(runs: pd.DataFrame) -> pd.DataFrame:
    """Run the tutorial's loop on the pictures of the sweep, once for each of its fp32 runs."""
    from docs.make.studies.plain_run import plain_run

    rows = []
    for run in runs[runs["precision"] == "fp32"].to_dict("records"):
        check(run)
        found = plain_run(run["content_picture"], run["style_picture"], run["init"], int(run["seed"]), run["steps"])
        numbers = {"total_loss": found.total_loss, "device": found.device, "state": "done"}
        kept = {key: run[key] for key in KEYS}
        rows.append({"engine": PLAIN, **kept, **numbers, **STUDY.course(pd.DataFrame(found.trace))})
    return pd.DataFrame(rows)


def check(run: dict[Hashable, Any]) -> None:
    """Raise `UserError` if a run is not comparable with the plain loop."""
    for key, value in FIXED.items():
        if run[key] != value:
            raise UserError(f"{key}={run[key]}: the plain loop has {value}")
    if run["steps"] % BLOCK:
        raise UserError(f"steps={run['steps']}: the plain loop runs in blocks of {BLOCK} evaluations")


STUDY = Study("fidelity", KEYS, tables, MARKS, LOSSES, baseline)
