"""Marks of a process: the first of each name, from a run in this process, and from workers."""

import pickle
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import nst.engine
import nst.networks.base.network as network_module
from nst.bench import startup_marks
from nst.bench.startup_marks import Marks, Stopwatch, mark, read_marks
from nst.networks.base.layers import Layers

FOUND = {"imported", "begun", "ready", "weights", "evaluated"}


def test_the_first_of_a_name_in_a_process_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "marks"
    assert read_marks(file) == []
    for process, name, value in ((7, "begun", 1.0), (3, "begun", 2.0), (7, "begun", 3.0), (7, "ready", 4.0)):
        monkeypatch.setattr(startup_marks.os, "getpid", lambda process=process: process)
        mark(str(file), name, value)
    assert read_marks(file) == [{"begun": 1.0, "ready": 4.0}, {"begun": 2.0}]


def test_a_copy_for_a_worker_marks_what_it_imported(tmp_path: Path) -> None:
    file = tmp_path / "marks"
    copy = pickle.loads(pickle.dumps(Marks(str(file))))
    assert copy.file == str(file)
    copy.on_multirun_start(None)
    (found,) = read_marks(file)
    assert 0 < found["imported"] <= found["planned"] <= time.monotonic()


def test_nested_calls_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is a second later at each look: from 1 to 2, inner calls not looked at."""
    ticks = iter(range(100))
    owner: Any = SimpleNamespace(inner=lambda: 5)
    owner.outer = lambda: owner.inner() + owner.inner()
    watch = Stopwatch()
    for name in ("inner", "outer"):
        watch.time(owner, name)
    monkeypatch.setattr(startup_marks.time, "monotonic", lambda: float(next(ticks)))
    assert owner.outer() == 10
    assert watch.seconds == 3  # 0 at its start, 1 and 2 at those of the inner calls, 3 at its end
    assert owner.inner() == 5 and watch.seconds == 4


def test_a_run_leaves_all_marks_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = [(nst.engine, name) for name in ("transfer", "set_up", "optimise")]
    for owner, name in (*watched, (network_module, "load"), (Layers, "_at")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # to be restored
    file = tmp_path / "marks"
    words = ["size=32", "steps=1", "device=cpu", "threads=1", f"runs_dir={tmp_path}"]
    monkeypatch.setattr(sys, "argv", ["startup_marks", str(file), *words])
    with pytest.raises(SystemExit) as stop:
        startup_marks.main()
    assert stop.value.code == 0
    (found,) = read_marks(file)
    assert found.keys() == FOUND
    assert found["imported"] < found["begun"] < found["ready"] < found["evaluated"]
    assert 0 <= found["weights"] < found["ready"] - found["begun"]
