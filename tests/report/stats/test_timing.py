"""Times: repeats together, machines apart."""

import csv
from pathlib import Path

import pytest

from nst.report.read import frame
from nst.report.stats import timing
from nst.store.plan import read_plan
from report.conftest import Store

from .test_paired_times import TIMES, fill

FORMATS = ("csv", "md", "tex")


def test_times_of_resumed_runs_count_nowhere(store: Store, tmp_path: Path) -> None:
    """Of two repeats, one was interrupted: its time says nothing, its loss still does."""
    for job, resumed in zip(store.sweep("twice", {"repeat": [0, 1]}), (None, 50), strict=True):
        store.done(job, seconds_loop=30.0 if resumed is None else 400.0, resumed_at=resumed)
    plan = read_plan(store.store, "twice")
    (sheet,) = timing.write(plan, frame.frame(plan, store.store), tmp_path, FORMATS)
    assert sheet.rows[0][0] == "30" and "n = 1, so no interval" in sheet.caption
    assert "times of 1 resumed run left out" in sheet.caption


def test_machines_are_never_averaged(store: Store) -> None:
    jobs = store.sweep("s", {"repeat": [0, 1]})
    store.done(jobs[0], seconds_loop=10.0)
    store.done(jobs[1], seconds_loop=1.0, provenance={"device": "H100"})
    plan = read_plan(store.store, "s")
    sheet = timing.by_setting(plan, frame.frame(plan, store.store))
    assert [row[:2] for row in sheet.rows] == [
        ("Xeon, node1, 2 threads, fp32", "10"),
        ("H100, node1, 2 threads, fp32", "1"),
    ]


def test_how_often_is_a_column_only_where_it_differs(store: Store) -> None:
    jobs = store.sweep("s", {"repeat": [0, 1], "size": [64, 128]})
    for job in jobs[:3]:
        store.done(job)
    plan = read_plan(store.store, "s")
    sheet = timing.by_setting(plan, frame.frame(plan, store.store))
    assert sheet.heads[:3] == ("size", "n", "loop (s)") and sheet.words == 1
    assert [row[:2] for row in sheet.rows] == [("64 px", "2"), ("128 px", "1")]


def test_files(store: Store, tmp_path: Path) -> None:
    plan, found = fill(store, TIMES)
    timing.write(plan, found, tmp_path, FORMATS)
    rows = list(csv.DictReader((tmp_path / "timing.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["steps"], row["init"], row["n"]) for row in rows][:2] == [
        ("300", "uniform", "3"),
        ("300", "content", "3"),
    ]
    assert float(rows[0]["seconds_loop_mean"]) == 32.0
    assert float(rows[0]["seconds_loop_half"]) == pytest.approx(2.484, abs=1e-3)
    assert (tmp_path / "timing.md").read_text(encoding="utf-8").count("\n| :--") == 3
    assert (tmp_path / "timing.tex").read_text(encoding="utf-8").count(r"\bottomrule") == 3


def test_nothing_done_yet(store: Store, tmp_path: Path) -> None:
    store.sweep("s", {"init": ["uniform", "content"], "steps": [300]})
    plan = read_plan(store.store, "s")
    (sheet,) = timing.write(plan, frame.frame(plan, store.store), tmp_path, FORMATS)
    assert sheet.rows == ()
