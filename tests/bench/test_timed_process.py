"""One timing of one engine, in this process and in its own; every failure is returned as one line."""

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest

from nst.bench import costs, timed_process
from nst.bench.timed_process import Task, Timing, in_new_process, time_task

TASK = Task("nst", "fp32", 32, evaluations=2, loss_evaluations=2, device="cpu", threads=2)


def test_a_turn_measures_time_memory_rate_and_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "CPU_SIZES", (32,))
    found = time_task(TASK)
    assert min(found.seconds, found.matrix_rate, found.resident_before_mib, found.total_loss_fp32 or 0) > 0
    assert found.peak_memory_mib >= found.resident_before_mib
    assert found.error == ""


def test_what_an_engine_raises_is_the_turns_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(task: Task) -> Timing:
        raise MemoryError("no\nroom")

    monkeypatch.setattr(timed_process, "time_task", fails)
    monkeypatch.setattr(sys, "argv", ["turn", json.dumps(asdict(TASK))])
    timed_process.main()
    assert json.loads(capsys.readouterr().out)["error"] == "MemoryError: no room"


@pytest.mark.parametrize(
    ("ended", "error"),
    [
        ((-9, "", ""), "killed by signal 9, as happens when memory runs out"),
        ((1, "", "Traceback ...\nImportError: no torch\n"), "ImportError: no torch"),
        ((0, "chatter\n", ""), "ended without a message"),
        ((0, "chatter\n" + json.dumps(asdict(Timing(seconds=1.5))) + "\n", ""), ""),
    ],
)
def test_whatever_becomes_of_the_process_a_turn_comes_back(
    ended: tuple[int, str, str], error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **settings: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, *ended)

    monkeypatch.setattr(subprocess, "run", run)
    assert in_new_process(TASK).error == error


@pytest.mark.slow
def test_a_process_of_its_own_does_the_same() -> None:
    found = in_new_process(TASK)
    assert found.error == "" and found.seconds > 0 and (found.total_loss_fp32 or 0) > 0
