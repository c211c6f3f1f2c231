from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from docs.make.studies.fidelity import FIXED, MARKS, PLAIN, baseline, tables
from docs.make.studies.plain_run import PlainRun
from nst.errors import UserError


def row(
    engine: str, final: float, init: str = "content", seed: int = 0, marks: tuple[int, ...] = MARKS
) -> dict[str, Any]:
    """2 of content and 0.5 of weighted style at all marks."""
    known = {"engine": engine, "init": init, "seed": seed, "precision": "fp32", "style_weight": 1e6}
    losses = {"content_loss": 2.0, "style_loss": 5e-7, "total_loss": 2.5}
    at_marks = {f"{loss}@{m}": value if m in marks else np.nan for m in MARKS for loss, value in losses.items()}
    return {**known, "total_loss": final, **at_marks}


def test_means_of_final_totals_are_compared() -> None:
    measured = [row("nst", 11.0), row("nst", 30.0, "gaussian"), row(PLAIN, 10.0), row(PLAIN, 30.0, "gaussian")]
    found = tables(pd.DataFrame(measured))
    assert found["final"].splitlines() == [
        "| start | plain loop | nst fp32 | ratio |",
        "| --- | ---: | ---: | ---: |",
        "| content | 10.000 | 11.000 | 1.100 |",
        "| noise, seed 0 | 30.000 | 30.000 | 1.000 |",
        "| **mean** | 20.000 | 20.500 | 1.025 |",
    ]
    assert "| 300 | 0.500 / 2.000 | 0.500 / 2.000 | 0.264 / 2.358 |" in found["course"]
    assert found["evaluation"] == "300" and "| content | 2.500 | 2.500 | 1.000 |" in found["last"]


def test_a_start_that_one_engine_lacks_is_not_compared() -> None:
    found = tables(pd.DataFrame([row(PLAIN, 10.0), row("nst", 10.0), row(PLAIN, 30.0, "gaussian")]))
    assert "seed 0" not in found["final"]


def test_a_short_run_is_compared_where_it_ends() -> None:
    found = tables(pd.DataFrame([row(PLAIN, 10.0, marks=(50, 100)), row("nst", 10.0, marks=(50, 100))]))
    assert found["evaluation"] == "100" and "| content | 2.500 | 2.500 | 1.000 |" in found["last"]
    assert "| 150 |  |  | 0.717 / 2.664 |" in found["course"]


def done(folder: Path, **keys: Any) -> dict[str, Any]:
    """A run of a sweep as `nst.load` returns it."""
    pictures = {"content_picture": folder / "astronaut.png", "style_picture": folder / "coffee.png"}
    run = {"content": "astronaut", "style": "coffee", "init": "gaussian", "seed": 1, "size": 48, "steps": 40}
    return {**FIXED, **run, **pictures, "precision": "fp32", **keys}


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"steps": 50}, "steps=50: the plain loop runs in blocks of 20 evaluations"),
        ({"style_layers": "conv_1"}, "style_layers=conv_1: the plain loop has conv_1-5"),
    ],
)
def test_only_what_the_plain_loop_does_is_compared(keys: dict[str, Any], reason: str) -> None:
    with pytest.raises(UserError, match=f"^{reason}$"):
        baseline(pd.DataFrame([done(Path(), **keys)]))


def test_the_plain_loop_runs_once_for_each_start(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def plain_run(*arguments: Any) -> PlainRun:
        asked.append(arguments)
        return PlainRun("a CPU", 7.0, [dict(evaluation=50, content_loss=1.0, style_loss=2e-6, total_loss=3.0)])

    monkeypatch.setattr("docs.make.studies.plain_run.plain_run", plain_run)
    found = baseline(pd.DataFrame([done(Path("x")), done(Path("x"), precision="bf16")]))
    assert asked == [(Path("x/astronaut.png"), Path("x/coffee.png"), "gaussian", 1, 40)]
    numbers = ["engine", "seed", "total_loss", "style_loss@50", "device"]
    assert found[numbers].values.tolist() == [[PLAIN, 1, 7.0, 2e-6, "a CPU"]]
