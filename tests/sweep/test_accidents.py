"""What happens to a sweep on one machine: killed at any moment, run four times at once, a full or read-only disk."""

import csv
import itertools
import json
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from nst.spec.signature import from_dict, signature
from nst.store.__main__ import main as store_command
from nst.store.store import State, Store
from nst.sweep import runner

from .children import kill_all, server, start
from .command import TINY, Command, Transfers

FILES = {"spec.yaml", "start.png", "image.png", "trace.csv", "provenance.json", "metrics.json"}
SWEEP = ("-m", *TINY, "init=noise", "seed=range(4)", "name=mine")
KILLS = 30
LONGEST = 1.5
"""Seconds before a kill, at most: a sweep that was killed before takes less time, and most kills should find one."""


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    return server()


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    kill_all()


def pictures(folder: Path) -> dict[str, bytes]:
    """The results in the store of a folder, to the bit."""
    return {path.parent.name: path.read_bytes() for path in folder.glob("runs/jobs/*/image.png")}


def check_whole(root: Path) -> None:
    """Every file that has its name can be read, and what counts as done has all its files."""
    readers: dict[str, Any] = {".json": json.loads, ".csv": lambda text: list(csv.reader(text.splitlines()))}
    for path in (path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")):
        if path.suffix == ".png":
            with Image.open(path) as image:
                image.load()
        elif path.suffix in readers:
            assert readers[path.suffix](path.read_text()), path
    for folder in root.glob("jobs/*"):
        if Store(root).state(folder.name) is State.DONE:
            assert {path.name for path in folder.iterdir() if path.name[0] != "."} == FILES
            assert signature(from_dict(yaml.safe_load((folder / "spec.yaml").read_text()))) == folder.name


def attempts(root: Path) -> list[int]:
    """How often each run in a store was recorded."""
    return [Store(root).attempt(folder.name) for folder in root.glob("jobs/*")]


# --- killed ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_at_any_moment(context: ForkServerContext, tmp_path: Path) -> None:
    """A store is killed at until its sweep is through, then compared; thirty kills in all."""
    (tmp_path / "calm").mkdir()
    start(context, tmp_path / "calm", *SWEEP).join()  # the first one waits for the server
    began = time.monotonic()
    (tmp_path / "timed").mkdir()
    start(context, tmp_path / "timed", *SWEEP).join()
    longest, expected = min(time.monotonic() - began, LONGEST), pictures(tmp_path / "calm")
    assert len(expected) == 4 and pictures(tmp_path / "timed") == expected
    moments = random.Random(0)
    killed = 0
    for number in itertools.count():
        folder = tmp_path / str(number)
        folder.mkdir()
        while killed < KILLS and kill(context, folder, moments.uniform(0, longest)):
            killed += 1
            check_whole(folder / "runs")
        last = start(context, folder, *SWEEP)
        last.join()
        assert last.exitcode == 0, (folder / "log").read_text()
        check_whole(folder / "runs")
        assert pictures(folder) == expected
        assert (folder / "runs/sweeps/mine/report/index.html").exists()
        if killed == KILLS:
            return


def kill(context: ForkServerContext, folder: Path, seconds: float) -> bool:
    """Start the sweep and kill it after so long; False where it was through before."""
    process = start(context, folder, *SWEEP)
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode != 0


def test_what_a_killed_process_held_is_taken_over(context: ForkServerContext, tmp_path: Path) -> None:
    """Another makes the second run, which would take days, and is killed when this one has nothing else to do."""
    endless = ("-m", *TINY, "init=noise", "seed=0,1")
    other = start(context, tmp_path, *endless, "steps=100000000", log="other")
    wait_for(tmp_path / "other", "2 runs")
    wait_until(lambda: any(map(Store(tmp_path / "runs").is_locked, locks(tmp_path))))
    (held,) = locks(tmp_path)
    mine = start(context, tmp_path, *endless, "steps=100000000", log="mine")
    wait_until(lambda: len(locks(tmp_path)) == 2)
    third = start(context, tmp_path, *endless, "steps=100000000", log="third")
    wait_for(tmp_path / "third", "2 runs are being made by other processes; waiting for them")
    other.kill()
    other.join()
    wait_until(lambda: Store(tmp_path / "runs").is_locked(held))
    for process in (mine, third):
        process.kill()
        process.join()
    assert "Traceback" not in (tmp_path / "third").read_text()


def locks(folder: Path) -> list[str]:
    """Signatures of runs that somebody has begun to make."""
    return [path.stem for path in folder.glob("runs/locks/*.lock") if not path.stem.startswith("report-")]


def wait_for(file: Path, words: str) -> None:
    wait_until(lambda: file.exists() and words in file.read_text())


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- several at once -------------------------------------------------------------------------------------------------


def test_four_processes_make_each_run_once(context: ForkServerContext, tmp_path: Path) -> None:
    """Two and two run the same sweep, and both sweeps share half of their runs."""
    sweeps = ["seed=range(6)", "seed=range(3,9)"] * 2
    base = ("-m", *TINY, "init=noise", "steps=5")
    every = [start(context, tmp_path, *base, seeds, log=f"log{n}") for n, seeds in enumerate(sweeps)]
    for process in every:
        process.join()
    logs = [(tmp_path / f"log{n}").read_text() for n in range(4)]
    assert [process.exitcode for process in every] == [0, 0, 0, 0], logs
    assert sum(log.count("  done in ") for log in logs) == 9
    assert attempts(tmp_path / "runs") == [1] * 9
    assert all("\nreport: runs/sweeps/seed-" in log and "failed" not in log for log in logs)
    check_whole(tmp_path / "runs")
    for results in tmp_path.glob("runs/sweeps/*/report/results.csv"):
        assert [row["state"] for row in csv.DictReader(results.read_text().splitlines())] == ["done"] * 6


# --- the disk --------------------------------------------------------------------------------------------------------


def mount(*arguments: str | Path) -> None:
    """Skips the test where mounting is not permitted."""
    try:
        subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"cannot mount: {error}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KiB, which a few runs fill."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=400k", "tmpfs", folder)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("is_foreseen", [True, False])
def test_a_full_disk_stops_the_sweep(
    is_foreseen: bool, small_disk: Path, nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one run is computed in vain, none where the lack of room is seen before; with room, it goes on."""
    if not is_foreseen:
        monkeypatch.setattr(runner, "check_room", lambda *_: None)
    sweep = ("seed=range(30)", "init=noise", f"runs_dir={small_disk}/runs")
    answer = nst.sweep(*sweep)
    done = [key for key in pictures(small_disk) if Store(small_disk / "runs").state(key) is State.DONE]
    assert answer.code == 1 and "Traceback" not in answer.err
    assert (
        f"stopped: cannot write to {small_disk}/runs (No space left on device); {len(done)} of 30" in answer.lines[-1]
    )
    assert sum("No space" in line for line in answer.lines) <= (1 if is_foreseen else 3)
    assert 2 < len(done) < 15 and len(transfers.seeds) - len(done) in ({0} if is_foreseen else {0, 1})
    check_whole(small_disk / "runs")
    mount("-o", "remount,size=16m", small_disk)
    again = nst.sweep(*sweep)
    assert again.code == 0, again.err
    assert len(transfers.seeds) == 30 - len(done) and len(pictures(small_disk)) == 30


@pytest.fixture
def frozen(nst: Command, transfers: Transfers) -> Iterator[Path]:
    """A store with a finished sweep, that can no longer be written."""
    assert nst.sweep("seed=0,1", "init=noise").code == 0
    transfers.specs.clear()
    root = nst.folder / "runs"
    mount("--bind", root, root)
    try:
        mount("-o", "remount,ro,bind", root)
        yield root
    finally:
        subprocess.run(["umount", str(root)], check=True)


def test_what_is_done_can_be_recalled_from_a_store_that_is_read_only(
    frozen: Path, nst: Command, transfers: Transfers
) -> None:
    before = {path: path.stat().st_mtime_ns for path in frozen.rglob("*")}
    answer = nst.sweep("seed=0,1", "init=noise")
    page = f"runs/sweeps/{nst.sweeps()[0]}/report/index.html"
    assert answer.code == 0 and answer.lines[1:] == [
        f"report: {page} (unchanged; it cannot be written again: Read-only file system)"
    ]
    alone = nst.tiny("init=noise", "seed=1", "output=me.png")
    assert alone.code == 0 and (nst.folder / "me.png").exists()
    assert store_command(["--runs-dir", str(frozen)]) == 0
    assert transfers.seeds == [] and before == {path: path.stat().st_mtime_ns for path in frozen.rglob("*")}


def test_what_is_missing_in_a_store_that_is_read_only_is_one_line(
    frozen: Path, nst: Command, transfers: Transfers
) -> None:
    answer = nst.sweep("seed=1,2", "init=noise")
    assert answer.code == 2 and answer.lines[1:] == [
        "error: cannot write to runs (Read-only file system); nothing was started"
    ]
    alone = nst.tiny("init=noise", "seed=2")
    assert (alone.code, alone.lines) == (2, answer.lines[1:])
    assert transfers.seeds == []


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps(nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty years to and fro with every look at it."""
    turns = itertools.cycle([timedelta(days=9000), timedelta(days=-9000), timedelta(0)])
    for room in ("sweep.runner", "sweep.plan", "store.record"):
        monkeypatch.setattr(f"nst.{room}.now", lambda: datetime.now(UTC) + next(turns))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(turns).total_seconds())
    for rerun, made in (("missing", [0, 1, 2]), ("missing", []), ("all", [0, 1, 2]), ("all", [0, 1, 2])):
        assert nst.sweep("seed=0,1,2", f"rerun={rerun}", "init=noise").code == 0
        assert transfers.seeds == made
    for key in nst.jobs():
        metrics = nst.store.metrics(key) or {}
        assert all(0 <= metrics[f"seconds_{part}"] < 60 for part in ("setup", "warmup", "loop"))
    assert store_command(["--runs-dir", str(nst.store.root)]) == 0
