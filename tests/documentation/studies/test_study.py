"""Runs of a sweep become a table, the table a file and a page; worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nst
from docs.make.studies.study import Study, number, read, to_csv
from nst.errors import UserError

STUDY = Study("precision", ("size", "steps", "seed"), lambda runs: {"table": f"{len(runs)} runs"}, (2, 60))


def trace(*losses: float) -> pd.DataFrame:
    return pd.DataFrame({"evaluation": range(1, len(losses) + 1), "total_loss": losses})


def test_the_worst_rise_is_taken_after_the_early_jumps() -> None:
    """50 is five times the best so far, but early; 7.5 is 2.5 times the best one, 3."""
    found = STUDY.course(trace(10, 50, 5, *[4] * 47, 6, 3, 7.5, 1))
    assert found["worst_rise"] == 2.5 and found["total_loss@2"] == 50


def test_a_run_that_does_not_rise_or_ends_early() -> None:
    assert STUDY.course(trace(*[5.0] * 60)) == {"worst_rise": 1, "total_loss@2": 5, "total_loss@60": 5}
    found = STUDY.course(trace(1, 9))
    assert found["worst_rise"] == 1 and np.isnan(found["total_loss@60"])


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """A run that is done, one that diverged after its second evaluation, one to come, and one that never began."""
    for name, losses in (("done", [8.0] * 60), ("failed", [8.0, 6.0])):
        trace(*losses).to_csv(tmp_path / f"{name}.csv", index=False)
    frame = pd.DataFrame({
        "state": ["done", "failed", "pending", "failed"],
        "size": 64,
        "steps": 60,
        "seed": pd.Series([0, 1, 2, 3], dtype="Int64"),
        "total_loss": [7.0, None, None, None],
        "device": ["a CPU", "a CPU", None, "a CPU"],
        "trace": [tmp_path / "done.csv", tmp_path / "failed.csv", None, None],
    })  # fmt: skip
    monkeypatch.setattr(nst, "load", lambda name, runs_dir: frame)
    return frame


def test_runs_that_got_anywhere_are_rows(runs: pd.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "kept.csv").write_text(to_csv(STUDY.measure("mine", tmp_path)))
    kept = read(tmp_path / "kept.csv")
    assert list(kept.columns)[:5] == ["engine", "size", "steps", "seed", "device"]
    assert kept[["engine", "seed", "state"]].values.tolist() == [["nst", 0, "done"], ["nst", 1, "failed"]]
    assert kept["total_loss@60"].dropna().tolist() == [8] and kept["total_loss@2"].tolist() == [8, 6]


def test_a_baseline_adds_its_rows(runs: pd.DataFrame, tmp_path: Path) -> None:
    def baseline(runs: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"engine": ["other"], "seed": [len(runs)]})

    found = Study("precision", ("seed",), lambda runs: {}, baseline=baseline).measure("mine", tmp_path)
    assert found[["engine", "seed"]].values.tolist() == [["nst", 0], ["nst", 1], ["other", 2]]


def test_a_sweep_that_nothing_is_made_of(runs: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nst, "load", lambda name, runs_dir: runs.iloc[2:])
    with pytest.raises(UserError, match="^mine: no run of this sweep is done; python -m nst.run sweep=precision makes"):
        STUDY.measure("mine", tmp_path)


def test_a_sweep_of_several_sizes_or_with_repeats_is_refused(runs: pd.DataFrame, tmp_path: Path) -> None:
    runs["seed"], runs["size"] = 0, [32, 64, 32, 64]
    with pytest.raises(UserError, match="^mine: several runs have the same seed; the page shows one of each$"):
        STUDY.measure("mine", tmp_path)


def test_the_page_says_what_was_measured_and_where() -> None:
    """A seed of three that is missing is no value."""
    runs = pd.DataFrame({"device": ["a GPU", "a CPU", "a GPU"], "size": 32, "steps": 7, "seed": [0, None, 1]})
    text = STUDY.page(runs)
    assert "3 runs" in text and "Measured on: a GPU, a CPU." in text and "32 pixels, 7 evaluations" in text
    assert "{{" not in text


def test_what_was_never_measured(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none.csv: no such file; measure the study with --sweep"):
        read(tmp_path / "none.csv")


def test_numbers() -> None:
    assert number(1.25, ".1f") == "1.2" and number(np.nan, ".1f") == ""
