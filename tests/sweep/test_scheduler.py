import re
from typing import Any

import pytest
from stored import record_done

from nst.optimizer.loop import Diverged, RunState
from nst.sweep import scheduler

from .command import Command, Transfers

WAITING = "1 run is being made by other processes; waiting for it"


def keys(nst: Command, *overrides: str) -> list[str]:
    """The signatures of a sweep's runs."""
    return re.findall(r"^  \w+ +([0-9a-f]{12})", nst.sweep(*overrides, "plan=true").err, flags=re.MULTILINE)


def test_what_another_process_holds_comes_last(
    nst: Command, transfers: Transfers, no_report: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends without a result when nothing else is left: the run is made here."""
    lock = nst.store.lock(keys(nst, "seed=0,1,2")[0])
    lock.acquire()
    monkeypatch.setattr(scheduler.time, "sleep", lambda _: lock.release())
    answer = nst.sweep("seed=0,1,2")
    assert answer.code == 0 and transfers.seeds == [1, 2, 0]
    assert ": 3 runs, 1 running elsewhere, 2 to do" in answer.lines[0]
    assert [line[:12] for line in answer.lines[1:]] == ["[2/3] seed 1", "[3/3] seed 2", WAITING[:12], "[1/3] seed 0",
                                                        "report: inde"]  # fmt: skip
    assert answer.lines[3] == WAITING


def test_what_another_process_makes_is_not_made_again(
    nst: Command, transfers: Transfers, no_report: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = keys(nst, "seed=0,1", "rerun=all")[0]
    lock = nst.store.lock(held)
    lock.acquire()

    def sleep(_: float) -> None:
        record_done(nst.store.run(held), evaluations=1)
        lock.release()

    monkeypatch.setattr(scheduler.time, "sleep", sleep)
    answer = nst.sweep("seed=0,1", "rerun=all")
    assert answer.code == 0 and transfers.seeds == [1]
    assert answer.lines[3].startswith("[1/2] seed 0  already done")


def test_a_sweep_whose_last_runs_are_all_elsewhere_waits(
    nst: Command, transfers: Transfers, no_report: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nst.sweep("seed=0")
    lock = nst.store.lock(keys(nst, "seed=1")[0])
    lock.acquire()
    monkeypatch.setattr(scheduler.time, "sleep", lambda _: lock.release())
    answer = nst.sweep("seed=0,1")
    assert answer.code == 0 and transfers.seeds == [0, 1]
    assert answer.lines[0].endswith(": 2 runs, 1 done, 1 running elsewhere") and answer.lines[1] == WAITING


def test_a_resumed_sweep_makes_only_what_is_missing(nst: Command, transfers: Transfers, no_report: None) -> None:
    nst.sweep("seed=0,2")
    answer = nst.sweep("seed=0,1,2,3")
    assert transfers.seeds == [0, 2, 1, 3]
    assert [line[:12] for line in answer.lines[1:3]] == ["[2/4] seed 1", "[4/4] seed 3"]


def test_a_failure_is_not_repeated_by_the_call_that_met_it(nst: Command, transfers: Transfers, no_report: None) -> None:
    transfers.errors[0] = MemoryError("too little")
    answer = nst.sweep("seed=0,0,1", "rerun=failed")
    assert answer.code == 1 and transfers.seeds == [0, 1]
    assert [line for line in answer.lines if line.startswith("failed: ")] == [
        f"failed: seed=0: too little  (runs/jobs/{keys(nst, 'seed=0')[0]})"
    ]


@pytest.mark.parametrize(("error", "hint"), [(Diverged("nan", RunState()), True), (RuntimeError("nan"), False)])
def test_the_end_says_how_to_try_again(
    error: Exception, hint: bool, nst: Command, transfers: Transfers, no_report: None
) -> None:
    transfers.errors[1] = error
    answer = nst.sweep("seed=0,1", "content_weight=1,2")
    listed = [line for line in answer.lines if line.startswith("failed: ")]
    assert [line.partition(": nan")[0] for line in listed] == [
        "failed: seed=1 content_weight=1",
        "failed: seed=1 content_weight=2",
    ]
    assert all(("rerun=failed tries it again" in line) is hint for line in listed)


def test_failures_count_attempts(nst: Command, transfers: Transfers, no_report: None) -> None:
    transfers.errors[0] = OSError("flaky")
    (key,) = keys(nst, "seed=0")
    for attempt in (1, 2, 3):
        nst.sweep("seed=0")
        error: dict[str, Any] = nst.store.error(key) or {}
        assert error["attempt"] == attempt and error["type"] == "OSError" and "flaky" in error["traceback"]
