"""Compare runs from coarse to fine by the evaluations, counted at full size, to the losses of one size alone."""

from typing import Any

import pandas as pd

from docs.make.studies.reach import ReachStudy
from docs.make.studies.reach_tables import STARTS, by_size, choice, judged, preconditioner, ratios, with_ratios


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return a section for each size."""
    return {"sections": by_size(with_ratios(runs, variant), _section)}


def variant(run: "pd.Series[Any]") -> str:
    """Return the name of a run's sizes and preconditioner: `50 at 32 and 64, exponent 0.5`."""
    coarse = str(run["sizes"]).split("+")[:-1]
    sizes = f"{run['each']:g} at {' and '.join(coarse)}" if coarse else "one size"
    return sizes if run["kind"] == "none" else f"{sizes}, {preconditioner(run)}"


def _section(runs: pd.DataFrame) -> str:
    lines = [f"* From {start}: {_said(mine)}" for start in STARTS if len(mine := runs[runs["start"] == start])]
    return "\n".join(lines) + f"\n\n{ratios(runs, ['start', 'variant'])}"


def _said(runs: pd.DataFrame) -> str:
    best, chosen = choice(runs)
    return f"{chosen} {judged(runs, best)[1]}" if best else chosen


STUDY = ReachStudy("schedules", ("size", "steps"), tables, on_page_of="preconditioner", is_optional=True)
