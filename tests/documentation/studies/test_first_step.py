"""Ratios of first steps, on the page about optimizers."""

from typing import Any

import pandas as pd

from docs.make.studies.first_step import STUDY, tables, variant
from nst.statements.pictures import PILOT


def rows(first: float, evaluations: float) -> list[dict[str, Any]]:
    """A pilot pair and another one, from the content, at the base's tenth evaluation."""
    pairs = [(f"{PILOT[0]}", "", True), ("flower", "ink_wash", False)]
    own = {"kind": "none", "exponent": None, "first": first, "cap": 0.05, "sizes": "", "each": None, "spent": 100}
    at = {"runs": "transfer", "init": "content", "size": 64, "steps": 100, "precision": "fp32"}
    at |= {"mark": 10, "loss": 5.0, "base": 10}
    return [
        {**at, **own, "content": content, "style": style, "pilot": pilot, "evaluations": evaluations, "device": "x"}
        for content, style, pilot in pairs
    ]


def test_the_name_tells_both_steps() -> None:
    assert variant(pd.Series({"first": 0.05, "cap": 0.1})) == "first 0.05, at most 0.1"


def test_the_soonest_of_the_pilots_is_judged_on_the_others() -> None:
    """5 and 8 of 10 evaluations."""
    text = tables(pd.DataFrame([*rows(0.05, 5), *rows(0.03, 8)]))["sections"]
    assert "On the pilot pairs, *first 0.05, at most 0.05* was the soonest (mean ratio 0.5)" in text
    assert "| content | first 0.05, at most 0.05 | 1 | 0.5 |" in text and "| 0.8 |" in text
    assert STUDY.marks == (10, 20, 50, 100)
