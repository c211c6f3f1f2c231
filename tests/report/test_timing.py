"""Times: repeats together, machines apart."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from nst.report import frame, timing
from nst.report import plan as plans

from .conftest import Store


def fill(store: Store, seconds: dict[tuple[str, int], list[float]], **extra: object) -> tuple[plans.Plan, pd.DataFrame]:
    repeats = max(len(found) for found in seconds.values())
    jobs = store.sweep(
        "timing", {"repeat": range(repeats), "steps": [300, 500], "init": ["uniform", "content"]}, **extra
    )
    for job in jobs:
        values = job["values"]
        found = seconds[values["init"], values["steps"]]
        if values["repeat"] < len(found):
            taken = found[values["repeat"]]
            store.done(job, seconds_loop=taken, ms_per_evaluation_p50=1000 * taken / values["steps"])
    plan = plans.read("timing", store.root)
    return plan, frame.frame(plan, store.root)


TIMES = {
    ("uniform", 300): [31.0, 32.0, 33.0],
    ("content", 300): [31.0, 32.0, 33.0],
    ("uniform", 500): [55.0, 66.0, 77.0],
    ("content", 500): [50.0, 60.0, 70.0],
}


def test_noise_against_content(store: Store) -> None:
    sheet = timing.starts(*fill(store, TIMES, constants={"size": 512}))
    assert sheet is not None
    assert sheet.heads == ("init", "300 steps (s)", "ms per evaluation", "500 steps (s)", "ms per evaluation")
    # t(2) / sqrt(3) = 2.484 times the deviation (1, 10 / 3, 11, ...)
    assert sheet.rows[0][:2] == ("uniform noise", "32.0 ± 2.5")
    assert sheet.rows[1][3] == "60 ± 25"
    assert sheet.rows[2] == ("uniform noise / content", "1", "1", "1.1", "1.1")
    assert "mean ± 95 % t-interval, n = 3 each" in sheet.caption and "512 px" in sheet.caption
    assert "Xeon, node1, 2 threads, fp32" in sheet.caption


def test_times_of_resumed_runs_count_nowhere(store: Store, tmp_path: Path) -> None:
    """Of two repeats, one was interrupted: its time says nothing, its loss still does."""
    for job, resumed in zip(store.sweep("twice", {"repeat": [0, 1]}), (None, 50), strict=True):
        store.done(job, seconds_loop=30.0 if resumed is None else 400.0, resumed_at=resumed)
    plan = plans.read("twice", store.root)
    (sheet,) = timing.write(plan, frame.frame(plan, store.root), tmp_path)
    assert sheet.rows[0][:2] == ("2", "30")
    assert "times of 1 resumed run left out" in sheet.caption


def test_one_repeat_gives_no_interval(store: Store) -> None:
    sheet = timing.starts(*fill(store, {key: found[:1] for key, found in TIMES.items()}))
    assert sheet is not None and "±" not in "".join(sum(sheet.rows, ()))
    assert "n = 1, so no interval" in sheet.caption


def test_a_ratio_needs_both_of_a_repeat(store: Store) -> None:
    times = {**TIMES, ("content", 500): [50.0]}
    plan, found = fill(store, times)
    assert timing.ratio(found, "uniform", "content", 500, "seconds_loop").n == 1
    sheet = timing.starts(plan, found)
    assert sheet is not None and "n = 1 to 3" in sheet.caption


def test_machines_are_never_averaged(store: Store) -> None:
    jobs = store.sweep("s", {"repeat": [0, 1]})
    store.done(jobs[0], seconds_loop=10.0)
    store.done(jobs[1], seconds_loop=1.0, provenance={"device": "H100"})
    plan = plans.read("s", store.root)
    sheet = timing.by_setting(plan, frame.frame(plan, store.root))
    assert [(row[0], row[1], row[2]) for row in sheet.rows] == [
        ("Xeon, node1, 2 threads, fp32", "1", "10"),
        ("H100, node1, 2 threads, fp32", "1", "1"),
    ]


def test_files(store: Store, tmp_path: Path) -> None:
    plan, found = fill(store, TIMES)
    timing.write(plan, found, tmp_path)
    rows = list(csv.DictReader((tmp_path / "timing.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["steps"], row["init"], row["n"]) for row in rows][:2] == [
        ("300", "uniform", "3"),
        ("300", "content", "3"),
    ]
    assert float(rows[0]["seconds_loop_mean"]) == 32.0
    assert float(rows[0]["seconds_loop_half"]) == pytest.approx(2.484, abs=1e-3)
    assert (tmp_path / "timing.md").read_text(encoding="utf-8").count("\n| :--") == 2
    assert (tmp_path / "timing.tex").read_text(encoding="utf-8").count(r"\bottomrule") == 2


def test_nothing_done_yet(store: Store, tmp_path: Path) -> None:
    store.sweep("s", {"init": ["uniform", "content"], "steps": [300]})
    plan = plans.read("s", store.root)
    (sheet,) = timing.write(plan, frame.frame(plan, store.root), tmp_path)
    assert sheet.rows == ()
