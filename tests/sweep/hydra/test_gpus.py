import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nst.sweep.hydra import gpus
from nst.sweep.hydra.gpus import VISIBLE, claim, lock_folder, take_gpu, visible_gpus


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with two GPUs, a folder for its locks, and a process that has taken none."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(gpus, "lock_folder", lambda: tmp_path)
    monkeypatch.setattr(gpus, "_held", None)
    monkeypatch.setenv(VISIBLE, "")
    monkeypatch.delenv(VISIBLE)
    return tmp_path


def test_each_worker_takes_the_first_that_is_free(tmp_path: Path) -> None:
    first, second = claim(["0", "1"], tmp_path), claim(["0", "1"], tmp_path)
    assert [(taken.gpu, taken.others) for taken in (first, second)] == [("0", 0), ("1", 0)]
    first.lock.release()
    third = claim(["0", "1"], tmp_path)
    assert (third.gpu, third.others) == ("0", 0)


def test_more_workers_than_gpus_share_them_evenly(tmp_path: Path) -> None:
    held = [claim(["0", "1"], tmp_path) for _ in range(5)]
    assert [(taken.gpu, taken.others) for taken in held] == [("0", 0), ("1", 0), ("0", 1), ("1", 1), ("0", 2)]


def test_gpus_may_have_names_that_are_no_file_names(tmp_path: Path) -> None:
    held = [claim(["MIG-GPU-8a/1/0"], tmp_path) for _ in range(2)]
    assert [taken.others for taken in held] == [0, 1]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_process_sees_only_the_gpu_it_took(host: Path) -> None:
    other = claim(["0"], host)
    taken = take_gpu()
    assert taken is not None and (taken.gpu, os.environ[VISIBLE]) == ("1", "1")
    other.lock.release()
    assert take_gpu() is None and os.environ[VISIBLE] == "1", "it keeps the one it has"


def test_only_gpus_that_were_left_visible_are_taken(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE, "3, GPU-5f")
    assert visible_gpus() == ["3", "GPU-5f"]
    held = claim(["3"], host)
    taken = take_gpu()
    assert taken is not None and os.environ[VISIBLE] == "GPU-5f"
    held.lock.release()


def test_a_host_without_gpus_has_none_to_take(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert take_gpu() is None and VISIBLE not in os.environ
    monkeypatch.setenv(VISIBLE, "0,1")
    assert take_gpu() is None and os.environ[VISIBLE] == "0,1"


def test_stores_of_one_host_and_user_share_the_locks() -> None:
    assert lock_folder().is_absolute() and lock_folder().parent.is_dir()


WORKER = """\
import os, sys, types
sys.modules["torch"] = types.SimpleNamespace(cuda=types.SimpleNamespace(device_count=lambda: 2))
from nst.sweep.hydra.gpus import take_gpu
take_gpu()
print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
sys.stdin.read()
"""


def test_a_killed_worker_gives_its_gpu_back(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop(VISIBLE, None)

    def worker() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def taken(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()

    first = worker()
    seen = [taken(first)]
    second = worker()
    seen.append(taken(second))
    first.kill()
    first.communicate()
    third = worker()
    seen.append(taken(third))
    for process in (second, third):
        process.communicate()
    assert seen == ["0", "1", "0"]
