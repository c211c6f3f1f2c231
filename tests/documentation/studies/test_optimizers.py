from typing import Any

import numpy as np
import pandas as pd
import pytest

from docs.make.studies.optimizers import MARKS, tables, variant

REACHED = (8.0, 4.0, 2.0, 1.0)
CAPPED = {"max_step": 0.03, "project_gradient": False}
PROJECTED = {"max_step": 0.0, "project_gradient": True}


def run(
    settings: dict[str, Any], losses: tuple[float, ...] = REACHED, worst: float = 1.5, **keys: Any
) -> dict[str, Any]:
    place = {"content": "chelsea", "style": "ihc", "init": "content", "seed": 0, "size": 64, "steps": 400, "repeat": 0}
    every = {"clamp": "projected", "max_step": 0.03, "project_gradient": True, "history_dtype": "fp32", **settings}
    marked = {f"total_loss@{mark}": loss for mark, loss in zip(MARKS, [*losses, *[np.nan] * 7], strict=False)}
    known = {"state": "done", "worst_rise": worst, **{f"optimizer.{key}": value for key, value in every.items()}}
    return place | known | marked | keys


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"clamp": "closure", "max_step": 0.0, "project_gradient": False}, "tutorial"),
        ({"max_step": 0.0, "project_gradient": False}, "consistent"),
        (CAPPED, "capped"),
        ({"max_step": 0.1, "project_gradient": False}, "capped 0.1"),
        (PROJECTED, "projected"),
        ({}, "projected capped"),
        ({"max_step": 0.01}, "projected capped 0.01"),
    ],
)
def test_a_variant_is_named_after_its_settings(settings: dict[str, Any], name: str) -> None:
    assert variant(pd.Series(run(settings))) == name


def test_variants_are_compared_by_geometric_means_over_those_of_capped() -> None:
    """Half and twice as high: 1. What only one of both reached counts for nothing."""
    coffee = {"content": "coffee", "init": "noise"}
    found = tables(pd.DataFrame([
        run(CAPPED),
        run(CAPPED, worst=1.0, **coffee),
        run(PROJECTED, (4.0, 1.0, 4.0), state="failed"),
        run(PROJECTED, (16.0, 1.0, 4.0, 2.0), 3.0, **coffee),
    ]))  # fmt: skip
    assert "| capped | 2 | 0 | 1.5 | 1.000 | 1.000 | 1.000 | 1.000 |  |  |  |" in found["summary"]
    assert "| projected | 2 | 1 | 3 | 1.000 | 0.250 | 2.000 | 2.000 |  |  |  |" in found["summary"]
    assert "| projected | 4 | 1 | 4 |  |  |  |  | 1.5 | exploded |" in found["runs"]
    assert "### coffee + ihc, from noise, 64 pixels" in found["runs"]


def test_types_of_history_are_compared_over_seeds() -> None:
    """8 and 10: 9, and their deviation is the root of 2. One run has no deviation."""
    half = {"history_dtype": "bf16"}
    rows = [run(half, repeat=1), run(half, (10.0, *REACHED[1:]), repeat=1, seed=1), run({}, repeat=1)]
    found = tables(pd.DataFrame([*rows, run(CAPPED)]))["dtypes"]
    assert "| history bf16 | 2 | 9 ± 1.4 | 4 ± 0 |" in found and "| history fp32 | 1 | 8 | 4 |" in found
