"""Times: repeats together, machines apart; starts compared by steps, and within pairs."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from nst.report.read import frame
from nst.report.read.filter import compared
from nst.report.stats import timing
from nst.store.plan import Plan, read_plan
from report.conftest import Store

FORMATS = ("csv", "md", "tex")


def fill(store: Store, seconds: dict[tuple[str, int], list[float]], **extra: object) -> tuple[Plan, pd.DataFrame]:
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
    plan = read_plan(store.store, "timing")
    return plan, frame.frame(plan, store.store)


TIMES = {
    ("uniform", 300): [31.0, 32.0, 33.0],
    ("content", 300): [31.0, 32.0, 33.0],
    ("uniform", 500): [55.0, 66.0, 77.0],
    ("content", 500): [50.0, 60.0, 70.0],
}


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


def test_starts_by_steps(store: Store) -> None:
    sheet = timing.by_steps(*fill(store, TIMES, constants={"size": 512, "precision": "fp32"}))
    assert sheet is not None
    assert sheet.heads == ("start", "300 steps (s)", "p50 (ms)", "500 steps (s)", "p50 (ms)")
    # t(2) / sqrt(3) = 2.484 times the deviation (1, 10 / 3, 11, ...)
    assert sheet.rows[0][:2] == ("uniform noise", "32.0 ± 2.5")
    assert sheet.rows[1][3] == "60 ± 25"
    assert "mean ± 95 % t-interval, n = 3 each" in sheet.caption
    assert sheet.caption.endswith(". 512 px; on Xeon, node1, 2 threads, fp32.")


def test_noise_against_content(store: Store) -> None:
    """Within repeats 0, 0, 0 and 5, 6, 7 more: 6 of 60 is 10 %, +- 2.48 and 4.1; three pairs are too few to judge."""
    sheet = timing.differences(*fill(store, TIMES))
    assert sheet is not None
    assert sheet.heads == ("steps", "content (s)", "difference (s)", "difference (%)", "verdict")
    assert sheet.rows[0] == ("300", "32.0 ± 2.5", "0", "0", "undecided")
    assert sheet.rows[1] == ("500", "60 ± 25", "6.0 ± 2.5", "10.0 ± 4.1", "undecided")
    assert "uniform noise − content within repeats (mean ± 95 % t-interval, 3 pairs each)" in sheet.caption
    assert "fewer than 10 pairs are not judged" in sheet.caption


def test_ten_pairs_are_judged(store: Store) -> None:
    """Differences of 0 and 1 in turns: 0.5 +- 0.38 of 100 is surely below 5 %, and 20 more surely above."""
    times = {
        ("content", 300): [100.0 + number for number in range(10)],
        ("uniform", 300): [100.0 + number + number % 2 for number in range(10)],
        ("content", 500): [100.0 + number for number in range(10)],
        ("uniform", 500): [120.0 + number + number % 2 for number in range(10)],
    }
    sheet = timing.differences(*fill(store, times))
    assert sheet is not None
    assert [row[2:] for row in sheet.rows] == [
        ("0.50 ± 0.38", "0.48 ± 0.36", "equivalent"),
        ("20.50 ± 0.38", "19.62 ± 0.36", "different"),
    ]
    assert "not judged" not in sheet.caption


def test_a_pair_was_timed_on_one_machine(store: Store) -> None:
    """Two repeats; in the second, noise ran on another host."""
    for job in store.sweep("s", {"repeat": [0, 1], "init": ["noise", "content"]}):
        moved = job["values"] == {"repeat": 1, "init": "noise"}
        store.done(job, seconds_loop=10.0, provenance={"host": "node2"} if moved else {})
    plan = read_plan(store.store, "s")
    sheet = timing.differences(plan, frame.frame(plan, store.store))
    assert sheet is not None
    assert [(row[0], row[1]) for row in sheet.rows] == [("Xeon, node1, 2 threads, fp32", "10")]
    assert "1 pair each" in sheet.caption


def test_one_repeat_gives_no_interval(store: Store) -> None:
    sheet = timing.by_steps(*fill(store, {key: found[:1] for key, found in TIMES.items()}))
    assert sheet is not None and "±" not in "".join(sum(sheet.rows, ()))
    assert "n = 1, so no interval" in sheet.caption


def test_a_difference_needs_both_of_a_repeat(store: Store) -> None:
    plan, found = fill(store, {**TIMES, ("content", 500): [50.0]})
    at_500 = found[(found["steps"] == 500) & (found["state"] == "done")]
    compared = timing.against(at_500, "init", "uniform", "content")
    assert compared is not None and compared.difference.n == 1 and compared.difference.mean == 5.0
    assert timing.against(at_500, "init", "gaussian", "content") is None
    sheet, differences = timing.by_steps(plan, found), timing.differences(plan, found)
    assert sheet is not None and "n = 1 to 3" in sheet.caption
    assert differences is not None and differences.heads[1] == "pairs" and differences.rows[1][1] == "1"


def test_any_key_against_any_of_its_values(store: Store) -> None:
    """Two optimizers, ten repeats: 120 to 129 seconds against 100 to 109, each 20 (and 0 or 1) more."""
    compare = {"compare": {"key": "optimizer.lr", "base": "0.5"}}
    for job in store.sweep("s", {"repeat": range(10), "optimizer.lr": [1.0, 0.5]}, report=compare):
        values = job["values"]
        slower = 20.0 + values["repeat"] % 2 if values["optimizer.lr"] == 1 else 0.0
        store.done(job, seconds_loop=100.0 + values["repeat"] + slower)
    plan = read_plan(store.store, "s")
    sheet = timing.differences(plan, frame.frame(plan, store.store))
    assert sheet is not None
    assert sheet.heads == ("learning rate 0.5 (s)", "difference (s)", "difference (%)", "verdict")
    assert [row[1:] for row in sheet.rows] == [("20.50 ± 0.38", "19.62 ± 0.36", "different")]
    assert "learning rate 1 − learning rate 0.5 within repeats" in sheet.caption
    assert "of the mean of learning rate 0.5;" in sheet.caption


def test_precisions_are_compared_on_one_machine(store: Store) -> None:
    """The precision is part of what is called a machine; compared with another one, it must not part the pairs."""
    compare = {"compare": {"key": "precision", "base": "fp32"}}
    for job in store.sweep("s", {"repeat": [0, 1], "precision": ["fp32", "bf16"]}, report=compare):
        store.done(job, seconds_loop=10.0, provenance={"precision": job["values"]["precision"]})
    plan = read_plan(store.store, "s")
    sheet = timing.differences(plan, frame.frame(plan, store.store))
    assert sheet is not None and sheet.rows == (("10", "0", "0", "undecided"),)
    assert "bf16 − fp32 within repeats (mean ± 95 % t-interval, 2 pairs each)" in sheet.caption
    assert sheet.caption.endswith("; on Xeon, node1, 2 threads.")


@pytest.mark.parametrize(
    ("key", "values", "recorded", "caption"),
    [
        ("threads", [1, 2], [{"threads": 1}, {"threads": 2}], "on Xeon, node1, fp32."),
        ("device", ["cpu", "cuda:0"], [{}, {"device": "H100", "precision": "bf16"}], "on node1, 2 threads."),
    ],
)
def test_threads_and_devices_are_compared_with_the_first(
    key: str, values: list[object], recorded: list[dict[str, object]], caption: str, store: Store, tmp_path: Path
) -> None:
    """10 and 12 seconds against 8 and 9: 2 and 3 less, of 11 on average 2.5, which is 22.7 %."""
    for job in store.sweep("s", {key: values, "repeat": [0, 1]}):
        place, repeat = values.index(job["values"][key]), job["values"]["repeat"]
        store.done(job, seconds_loop=[[10.0, 12.0], [8.0, 9.0]][place][repeat], provenance=recorded[place])
    plan = read_plan(store.store, "s")
    assert compared(plan) == (key, values[0])
    sheets = timing.write(plan, frame.frame(plan, store.store), tmp_path, FORMATS)
    differences, settings = sheets
    first, second = ("cpu", "cuda:0") if key == "device" else ("1 thread", "2 threads")
    assert differences.heads[0] == f"{first} (s)" and [row[0] for row in differences.rows] == ["11 ± 13"]
    assert differences.rows[0][1:3] == ("−2.5 ± 6.4", "−23 ± 58")
    assert f"{second} − {first} within repeats" in differences.caption and differences.caption.endswith(caption)
    assert settings.heads[0] == key and [row[0] for row in settings.rows] == [str(value) for value in values]
    rows = list(csv.DictReader((tmp_path / "timing.csv").read_text(encoding="utf-8").splitlines()))
    assert [row[key] for row in rows] == [str(value) for value in values] and [row["n"] for row in rows] == ["2", "2"]


def test_what_is_not_there_is_not_compared(store: Store) -> None:
    store.sweep("s", {"repeat": [0, 1], "init": ["uniform", "gaussian"]})
    assert compared(read_plan(store.store, "s")) is None
    store.sweep("t", {"repeat": [0, 1]}, report={"compare": {"key": "init", "base": "content"}})
    assert compared(read_plan(store.store, "t")) is None
    store.sweep(
        "u", {"repeat": [0], "init": ["noise", "content"]}, report={"compare": {"key": "init", "base": "uniform noise"}}
    )
    assert compared(read_plan(store.store, "u")) == ("init", "noise")
    store.sweep("v", {"steps": [1, 2]}, report={"compare": {"key": "steps", "base": 20}})
    assert compared(read_plan(store.store, "v")) is None
