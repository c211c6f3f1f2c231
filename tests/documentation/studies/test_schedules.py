"""Names of schedules, and the sentence for each start."""

import math
from typing import Any

import pandas as pd
import pytest

from docs.make.studies.schedules import tables, variant


def row(evaluations: float, **keys: Any) -> dict[str, Any]:
    place = {"runs": "transfer", "content": "rocket", "style": "facets", "init": "content", "size": 128, "steps": 150}
    spent = {"precision": "fp32", "spent": 165.0, "mark": 100, "base": 100, "evaluations": evaluations}
    return {
        **place,
        "kind": "none",
        "exponent": math.nan,
        "sizes": "64+128",
        "each": 50.0,
        "pilot": False,
        **spent,
        **keys,
    }


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ({}, "50 at 64"),
        ({"sizes": "32+64+128"}, "50 at 32 and 64"),
        ({"each": 100, "kind": "fourier", "exponent": 0.5}, "100 at 64, exponent 0.5"),
        ({"sizes": "", "each": math.nan, "kind": "fourier", "exponent": 1.0}, "one size, exponent 1"),
    ],
)
def test_a_schedule_is_named_by_its_sizes(keys: dict[str, Any], name: str) -> None:
    assert variant(pd.Series(row(1, **keys))) == name


def test_each_start_has_its_own_choice() -> None:
    """From noise two sizes are the sooner on the pilot, and take half on the other pair; from the content one size."""
    pilot = {"pilot": True, "content": "chelsea", "style": "woodcut"}
    one = {"sizes": None, "each": math.nan, "kind": "fourier", "exponent": 0.5}
    noise = {"init": "uniform"}
    rows = [row(90, **pilot), row(80, **pilot, **one), row(95), row(70, **one)]
    rows += [row(40, **pilot, **noise), row(80, **pilot, **one, **noise), row(50, **noise), row(70, **one, **noise)]
    text = tables(pd.DataFrame(rows))["sections"]
    lines = text.splitlines()
    assert lines[0] == "### 128 pixels, 150 evaluations, fp32"
    assert lines[2].startswith("* From content: On the pilot pairs, *one size, exponent 0.5* was the soonest ")
    assert lines[2].endswith("On the other pairs its ratio was 0.7 (n = 1) at 100.")
    assert lines[3].startswith("* From noise: On the pilot pairs, *50 at 64* was the soonest (mean ratio 0.4)")
    assert lines[3].endswith("On the other pairs its ratio was 0.5 (n = 1) at 100.")
    assert "| noise | 50 at 64 | 1 | 0.5 |" in text and "| both | one size, exponent 0.5 | 1 | 0.7 |" in text
