"""Pictures of equal loss: which runs make them, and how they are compared."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nst
from docs.make.studies.equal_loss import STUDY, figure, plan, tables
from docs.make.studies.side_by_side import GAP, WIDTH
from nst.errors import UserError


def reached(evaluations: float, exponent: float = 0.5, mark: int = 50, **keys: Any) -> dict[str, Any]:
    place = {"runs": "transfer", "content": "rocket", "style": "facets", "init": "content", "steps": 150}
    own = {"size": 64, "precision": "fp32", "kind": "fourier", "exponent": exponent, "sizes": ""}
    return {**place, **own, "mark": mark, "base": float(mark), "evaluations": evaluations, **keys}


def test_a_picture_of_an_evaluation_is_that_of_a_run_of_one_less() -> None:
    """The base has the loss at 50; the others between 31 and 32, so at 32, and at 40."""
    found, mark = plan(pd.DataFrame([reached(31.25), reached(40.0, 1.0)]), "mine")
    place = {"content": "rocket", "style": "facets", "init": "content", "size": 64, "precision": "fp32"}
    assert mark == 50 and found == [
        {**place, "kind": "none", "exponent": 1.0, "steps": 49},
        {**place, "kind": "fourier", "exponent": 0.5, "steps": 31},
        {**place, "kind": "fourier", "exponent": 1.0, "steps": 39},
    ]


def test_the_last_loss_that_most_runs_had_is_taken_and_runs_without_it_are_left_out() -> None:
    """Three of four had that at 100, two of four that at 200."""
    rows = [
        reached(at, exponent, mark, content=content)
        for mark, spent in ((50, (20, 20, 20, 20)), (100, (60, 60, 60, math.nan)), (200, (90, 90, math.nan, math.nan)))
        for (content, exponent), at in zip(
            [("rocket", 0.5), ("rocket", 1.0), ("china", 0.5), ("china", 1.0)], spent, strict=True
        )
    ]
    found, mark = plan(pd.DataFrame(rows), "mine")
    names = [(run["content"], run["kind"], run["exponent"], run["steps"]) for run in found]
    assert mark == 100 and names == [
        ("rocket", "none", 1.0, 99), ("rocket", "fourier", 0.5, 59), ("rocket", "fourier", 1.0, 59),
        ("china", "none", 1.0, 99), ("china", "fourier", 0.5, 59),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "mine: has no transfers with and without a preconditioner to compare"),
        ([reached(9, runs="texture")], "mine: has no transfers with and without a preconditioner to compare"),
        ([reached(9), reached(9, size=32)], "mine: has several sizes or precisions; pictures are compared at one"),
        ([reached(9), reached(9, precision="bf16")], "mine: has several sizes or precisions; .*"),
        ([reached(9, sizes="32+64")], "mine: has several sizes or precisions; pictures are compared at one"),
        ([reached(math.nan)], "mine: 75% of its transfers reached none of the losses, so no pictures compare"),
    ],
)
def test_what_cannot_be_compared(rows: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(UserError, match=f"^{why}$"):
        plan(pd.DataFrame(rows), "mine")


def picture(content: str, exponent: float, loss: float, ssim: float, fine: float, of_both: float) -> dict[str, Any]:
    place = {"content": content, "style": "facets", "init": "uniform", "size": 64, "mark": 100, "steps": 9}
    own = {"kind": "none" if math.isnan(exponent) else "fourier", "exponent": exponent}
    own |= {"total_loss": loss, "ssim_content": ssim}
    return {**place, **own, "ssim_base": of_both, "fine": fine}


def test_pictures_are_compared_with_those_of_the_same_pair_without_a_preconditioner() -> None:
    """Losses 1 and 4 times: 2. SSIM +0.1 and +0.3: +0.2. Grain 1.01 times more and less: 1. t is 12.7062 for two."""
    found = tables(pd.DataFrame([
        picture("rocket", math.nan, 10, 0.5, 4, 1), picture("rocket", 0.5, 10, 0.6, 4.04, 0.7),
        picture("china", math.nan, 10, 0.4, 4, 1), picture("china", 0.5, 40, 0.7, 4 / 1.01, 0.9),
    ]))["tables"]  # fmt: skip
    low, grain = 0.2 - 12.7062 * 0.1, 1.01**12.7062
    assert found.startswith("At 64 pixels, the loss at 100:\n\n| from | preconditioner | pairs | loss | SSIM of both ")
    assert found.endswith(
        f"| noise | exponent 0.5 | 2 | 2 | 0.800 | +0.200 ({low:+.3f} to +1.471) "
        f"| 1.000 ({1 / grain:.3f} to {grain:.3f}) |"
    )


@pytest.mark.slow
def test_a_tiny_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture without a preconditioner has, after one evaluation less, the loss that the sweep's run had there."""
    monkeypatch.setattr("docs.make.studies.equal_loss.MARKS", (4,))
    monkeypatch.setattr("docs.make.studies.equal_loss.MOST", 0.0)
    settings = {f"optimizer.preconditioner.{key}": f"${{pair.{key}}}" for key in ("kind", "exponent")}
    variants = [{"kind": "none", "exponent": 1}, {"kind": "fourier", "exponent": 0.5}]
    place = {"content": "rocket", "style": "facets", "size": 32, "precision": "fp32", "runs_dir": str(tmp_path)}
    keys: dict[str, Any] = {**place, **settings, "steps": 9, "trace_every": 1, "name": "mine"}
    first, second = nst.run_sweep(pair=variants, **keys)["trace"].map(lambda path: pd.read_csv(path)["total_loss"])
    found = STUDY.measure("mine", tmp_path)
    base, other = found[found["exponent"].isna()].iloc[0], found[found["exponent"] == 0.5].iloc[0]
    assert base["steps"] < 4 and base["total_loss"] == pytest.approx(first[base["steps"]], rel=1e-3)
    assert other["total_loss"] == pytest.approx(second[other["steps"]], rel=1e-3)
    assert other["total_loss"] <= 1.001 * base["total_loss"]
    assert base["ssim_base"] == 1 and -1 <= other["ssim_base"] < 1 and found["mark"].tolist() == [4, 4]
    assert figure("mine", tmp_path).width == 2 * WIDTH + GAP
    assert "| content | exponent 0.5 | 1 |" in tables(found)["tables"]
