"""Compare preconditioners by the evaluations to the losses that L-BFGS has without one."""

import pandas as pd

from docs.make.studies.reach import MARKS, ReachStudy
from docs.make.studies.reach_tables import (
    LARGEST,
    LARGEST_HIGH,
    LEAST_SIZE,
    PATIENCE,
    by_size,
    default,
    preconditioner,
    ratios,
    with_ratios,
)


def tables(runs: pd.DataFrame) -> dict[str, str]:
    """Return the numbers of the rule, and a section for each size."""
    told = with_ratios(runs, preconditioner)
    rule = {"marks": ", ".join(map(str, MARKS[:-1])) + f" and {MARKS[-1]}", "patience": str(PATIENCE)}
    return {
        **rule,
        "largest": f"{LARGEST:g}",
        "largest_high": f"{LARGEST_HIGH:g}",
        "least_size": str(LEAST_SIZE),
        "sections": by_size(told, _section),
    }


def _section(runs: pd.DataFrame) -> str:
    transfers = runs[runs["runs"] == "transfer"]
    verdict = default(transfers) if len(transfers) else "No transfer has run, so nothing is chosen."
    return f"{verdict}\n\n{ratios(runs, ['runs', 'start', 'variant'])}"


STUDY = ReachStudy("preconditioner", ("size", "steps"), tables)
