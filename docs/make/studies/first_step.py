"""Compare first steps of L-BFGS by the evaluations to the losses that it has with torch's first step."""

from typing import Any

import pandas as pd

from docs.make.studies.reach import ReachStudy
from docs.make.studies.reach_tables import by_size, choice, judged, ratios, with_ratios


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return a section for each size."""
    return {"sections": by_size(with_ratios(runs, variant), _section)}


def variant(run: "pd.Series[Any]") -> str:
    """Return the name of a run's steps: `first 0.05, at most 0.1`."""
    return f"first {run['first']:g}, at most {run['cap']:g}"


def _section(runs: pd.DataFrame) -> str:
    best, chosen = choice(runs)
    said = f"{chosen} {judged(runs, best)[1]}" if best else chosen
    return f"{said}\n\n{ratios(runs, ['start', 'variant'])}"


STUDY = ReachStudy(
    "first_step", ("size", "steps"), tables, marks=(10, 20, 50, 100), on_page_of="optimizers", is_optional=True
)
