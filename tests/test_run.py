"""`python -m nst.run` from end to end: as a process of its own where that matters, else within this one."""

import errno
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from specs import flat
from sweep.command import TINY, Answer, Command, Transfers

from nst import __version__
from nst.errors import JobError
from nst.optimizer.loop import Diverged, RunState, TraceRow
from nst.pictures.find import file_hash, find
from nst.run import run
from nst.signals import Terminated
from nst.spec.records import PictureFile, Spec
from nst.store.store import State

RUN = [sys.executable, "-m", "nst.run"]
FILES = {"spec.yaml", "start.png", "image.png", "trace.csv", "provenance.json", "metrics.json"}
DIVERGED = Diverged(
    "diverged at evaluation 7: the loss is nan",
    RunState([TraceRow(1, 0.1, {"content": 1.0}, 1.0)], [0.1], 1.0, 1, torch.rand(1, 3, 4, 4)),
)


def process(folder: Path, *arguments: str) -> Answer:
    """A process of its own."""
    ran = subprocess.run([*RUN, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    return Answer(ran.returncode, ran.stdout, ran.stderr)


def paths(spec: Spec, *names: str) -> list[Path]:
    """The files of a run's pictures."""
    found = [spec.pictures[name] for name in names]
    return [Path(picture.path) for picture in found if isinstance(picture, PictureFile)]


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


# --- a process of its own --------------------------------------------------------------------------------------------


def test_twice_computes_once(tmp_path: Path) -> None:
    first = process(tmp_path, *TINY, "output=me.png")
    assert (first.code, first.out, len(first.lines)) == (0, "", 2), first.err
    assert first.lines[0].startswith("done in ") and first.lines[1] == "picture: me.png"
    (job,) = (tmp_path / "runs" / "jobs").iterdir()
    assert {path.name for path in job.iterdir()} == FILES
    assert (tmp_path / "me.png").read_bytes() == (job / "image.png").read_bytes()
    before = times(tmp_path / "runs")
    second = process(tmp_path, *TINY)
    assert (second.code, second.out) == (0, "")
    assert second.err == f"already done  {job.relative_to(tmp_path) / 'image.png'}\n"
    assert times(tmp_path / "runs") == before


def test_a_sweep_leaves_its_runs_and_a_report(tmp_path: Path) -> None:
    command = ("-m", "content_layers=conv_1,conv_3,conv_5,conv_7", "profile=quick", "steps=2", "size=32", "device=cpu")
    first = process(tmp_path, *command)
    assert (first.code, first.out) == (0, ""), first.err
    assert [line[:12] for line in first.lines[2:6]] == ["[1/4] conv_1", "[2/4] conv_3", "[3/4] conv_5", "[4/4] conv_7"]
    (sweep,) = (tmp_path / "runs" / "sweeps").iterdir()
    assert sweep.name.startswith("content_layers-")
    assert first.lines[6:] == [f"report: {sweep.relative_to(tmp_path) / 'report' / 'index.html'}"]
    assert first.lines[1] == f"{first.lines[6]} (updated as runs end)"
    plan = json.loads((sweep / "plan.json").read_text())
    done = {path.parent.name for path in tmp_path.glob("runs/jobs/*/metrics.json")}
    assert len(done) == 4 and {job["signature"] for job in plan["jobs"]} == done
    assert plan["varied"] == ["content_layers"]
    assert {"index.html", "grid.png", "results.csv"} <= {path.name for path in (sweep / "report").iterdir()}
    with Image.open(sweep / "report" / "grid.png") as grid:
        assert min(grid.size) > 32
    before = times(tmp_path / "runs" / "jobs")
    again = process(tmp_path, *command[:1], *reversed(command[1:]))
    assert again.code == 0 and ": 4 runs, 4 done, nothing to do" in again.lines[0]
    assert again.lines[1:] == first.lines[6:]
    assert times(tmp_path / "runs" / "jobs") == before
    assert [path.name for path in sweep.parent.iterdir()] == [sweep.name]


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    answer = process(tmp_path, "content_layers=conv_17")
    assert (answer.code, answer.out, len(answer.lines)) == (2, "", 1)
    assert answer.err.startswith("error: content_layers: unknown layer 'conv_17'")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_sweep_goes_on_from_where_it_was(tmp_path: Path) -> None:
    """The first of two runs is over; the second would take days."""
    steps = ("-m", *TINY, "steps=1,100000000")
    with subprocess.Popen([*RUN, *steps], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        lines = [running.stderr.readline() for _ in range(3)]
        running.send_signal(signal.SIGINT)
        rest = running.stderr.read()
    assert lines[2].startswith("[1/2] steps 1  done in ")
    assert running.returncode == 130 and "interrupted: finished runs are kept" in rest
    assert "Traceback" not in rest
    jobs = [path.parent for path in tmp_path.glob("runs/jobs/*/metrics.json")]
    assert jobs == list(tmp_path.glob("runs/jobs/*")) and len(jobs) == 1
    (sweep,) = (tmp_path / "runs" / "sweeps").iterdir()
    assert (sweep / "report" / "index.html").exists()


def test_two_processes_share_a_store(tmp_path: Path) -> None:
    command = [*RUN, "-m", *TINY, "seed=0,1", "init=noise"]
    pair = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [running.communicate(timeout=300)[1].splitlines() for running in pair]
    assert [running.returncode for running in pair] == [0, 0], lines
    every = [line for own in lines for line in own]
    assert sum("done in" in line for line in every) == 2
    assert len(list(tmp_path.glob("runs/jobs/*/metrics.json"))) == 2


def test_help_needs_no_torch_and_names_the_groups(tmp_path: Path) -> None:
    code = "import sys; sys.argv = ['nst', '--help']; from nst.run import run; code = run(sys.argv[1:]); "
    ran = subprocess.run(
        [sys.executable, "-c", code + "print('torch' in sys.modules); sys.exit(code)"],
        **{"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 300},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    *text, torch_is_loaded = ran.stdout.splitlines()
    assert torch_is_loaded == "False"
    for line in ("optimizer: adam, adam_crowson, ", "preset: crowson, gatys, ", "profile: full, quick"):
        assert any(found.startswith(line) for found in text)
    assert any(found.startswith("sweep: blending, claims, colours, content_layers") for found in text)
    assert any(found.startswith("style_weight: 1000000.0") for found in text)


# --- one run ---------------------------------------------------------------------------------------------------------


def test_version(nst: Command) -> None:
    assert nst("--version") == Answer(0, f"nst {__version__}\n", "")


def test_the_composed_configuration(nst: Command) -> None:
    answer = nst("--cfg", "job", "sweep=sizes", "profile=quick", "seed=7")
    assert (answer.code, answer.err) == (0, "")
    for line in ("style: picasso", "steps: 100", "size: 256", "seed: 7"):
        assert line in answer.out.splitlines()
    assert list(nst.folder.iterdir()) == []


def test_flags_may_stand_anywhere(nst: Command) -> None:
    answer = nst("seed=7", "--cfg", "job", "size=64")
    assert answer.code == 0 and "seed: 7" in answer.out and "size: 64" in answer.out
    answer = nst(*TINY, "-m", "seed=0,1", "plan=true")
    assert answer.code == 0 and ": 2 runs, 2 to do" in answer.err


def test_a_single_run_can_be_planned(nst: Command, transfers: Transfers) -> None:
    answer = nst.tiny("plan=true")
    assert answer.code == 0 and answer.err.startswith("1 run, pending: runs/jobs/")
    assert transfers.seeds == [] and list(nst.folder.iterdir()) == []


def test_a_planned_run_takes_as_long_as_earlier_ones(nst: Command) -> None:
    assert nst.tiny("seed=1").code == 0
    assert re.match(r"1 run, pending, about \d+:\d\d: runs/jobs/", nst.tiny("seed=2", "plan=true").err)
    assert re.match(r"1 run, done: runs/jobs/", nst.tiny("seed=1", "plan=true").err)


def test_a_sweep_as_a_single_run_where_that_is_asked_for(nst: Command, transfers: Transfers) -> None:
    answer = nst("sweep=content_layers", "--run", *TINY)
    assert answer.code == 0 and len(answer.lines) == 1 and answer.err.startswith("done in ")
    assert [flat(spec)["content_layers"] for spec in transfers.specs] == [("conv_1",)]
    assert nst.sweeps() == []


@pytest.mark.parametrize(
    "name", ["a b.png", "été.png", "x=y & z.png", "[1](2){3}.png", "it's.png", 'a "b".png', "1,2.png"]
)
def test_pictures_by_any_name(name: str, nst: Command, transfers: Transfers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(nst.folder))
    (nst.folder / "my art").mkdir()
    Image.new("RGB", (40, 36), "red").save(nst.folder / "my art" / name)
    answer = nst.tiny(f"content=~/my art/{name}", f"style=my art/{name}", f"output=~/out/{name}", "init=noise")
    assert answer.code == 0, answer.err
    (spec,) = transfers.specs
    path = nst.folder / "my art" / name
    assert spec.pictures["content"] == spec.pictures["style"] == PictureFile(str(path), file_hash(path))
    assert paths(spec, "content", "style") == [path, path]
    assert (nst.folder / "out" / name).is_file()


def test_several_paths(nst: Command, monkeypatch: pytest.MonkeyPatch, transfers: Transfers, no_report: None) -> None:
    monkeypatch.setenv("HOME", str(nst.folder))
    for name in ("a b.png", "c=d.png"):
        Image.new("RGB", (40, 36), "red" if name[0] == "a" else "blue").save(nst.folder / name)
    answer = nst.sweep("style=~/a b.png,./c=d.png")
    assert answer.code == 0, answer.err
    assert [path.name for spec in transfers.specs for path in paths(spec, "style")] == ["a b.png", "c=d.png"]
    assert [line[:11] for line in answer.lines[1:3]] == ["[1/2] a b  ", "[2/2] c=d  "]


def test_folders_of_pictures(nst: Command, monkeypatch: pytest.MonkeyPatch, transfers: Transfers) -> None:
    monkeypatch.setenv("HOME", str(nst.folder))
    for folder, name in (("a b", "first"), ("c/below", "second")):
        (nst.folder / folder).mkdir(parents=True)
        Image.new("RGB", (40, 36), "red").save(nst.folder / folder / f"{name}.png")
    assert nst.tiny("content=first", "style=second", "picture_dirs=[a b,~/c]").code == 0
    (spec,) = transfers.specs
    assert paths(spec, "style") == [nst.folder / "c" / "below" / "second.png"]


def test_a_store_elsewhere(nst: Command) -> None:
    assert nst.tiny("runs_dir=my runs/été").code == 0
    assert [path.name for path in nst.folder.iterdir()] == ["my runs"]
    assert len(list((nst.folder / "my runs" / "été" / "jobs").iterdir())) == 1


def test_weights_from_a_path_with_spaces_are_looked_for_there(nst: Command) -> None:
    answer = nst.tiny("weights=my weights/vgg.pth")
    assert answer.code == 2 and str(nst.folder / "my weights" / "vgg.pth") in answer.err


def test_the_picture_is_no_other_the_next_time(nst: Command, transfers: Transfers) -> None:
    nst.tiny("init=noise")
    (first,) = [(nst.store.run(name) / "image.png").read_bytes() for name in nst.jobs()]
    nst.tiny("init=noise", "runs_dir=again")
    (second,) = [path.read_bytes() for path in nst.folder.glob("again/jobs/*/image.png")]
    assert first == second and len(transfers.specs) == 2


# --- what fails ------------------------------------------------------------------------------------------------------


def test_a_run_that_diverges(nst: Command, transfers: Transfers) -> None:
    transfers.errors[0] = DIVERGED
    answer = nst.tiny("output=me.png")
    (name,) = nst.jobs()
    assert (answer.code, answer.out) == (1, "")
    best = f"runs/jobs/{name}/best.png"
    assert answer.err == f"failed: diverged at evaluation 7: the loss is nan  (best so far: {best})\n"
    assert nst.jobs()[name] == FILES - {"metrics.json", "image.png"} | {"error.json", "best.png"}
    assert not (nst.folder / "me.png").exists()


def test_one_failure_does_not_stop_the_others(nst: Command, transfers: Transfers) -> None:
    transfers.errors[1] = DIVERGED
    answer = nst.sweep("seed=0,1,2")
    assert answer.code == 1 and transfers.seeds == [0, 1, 2]
    assert "[2/3] seed 1  failed: diverged at evaluation 7" in answer.err
    assert "[3/3] seed 2  done in" in answer.err
    assert answer.lines[-2].startswith("report: ") and answer.lines[-1].startswith("failed: seed=1: diverged at")
    states = [nst.store.state(name) for name in nst.jobs()]
    assert sorted(states) == [State.DONE, State.DONE, State.FAILED]
    (sweep,) = nst.sweeps()
    assert (nst.store.sweep(sweep) / "report" / "index.html").is_file()


@pytest.mark.parametrize(
    ("rerun", "made"), [("missing", [2, 3]), ("failed", [1, 2, 3]), ("never", [])], ids=["missing", "failed", "never"]
)
def test_what_is_made_again(rerun: str, made: list[int], nst: Command, transfers: Transfers, no_report: None) -> None:
    """0 is done, 1 diverged, 2 found the disk full, 3 too little memory."""
    transfers.errors = {1: DIVERGED, 2: OSError("no space left"), 3: MemoryError("no memory left")}
    nst.sweep("seed=0,1,2,3")
    assert transfers.seeds == [0, 1, 2, 3]
    transfers.errors.clear()
    answer = nst.sweep("seed=0,1,2,3", f"rerun={rerun}")
    assert transfers.seeds == made
    assert answer.code == (0 if rerun == "failed" else 1)
    assert sum(line.startswith("failed: seed=") for line in answer.lines) == 3 - len(made)


def test_repeats_that_fail_are_listed_and_leave_their_results(
    nst: Command, transfers: Transfers, no_report: None
) -> None:
    nst.sweep("seed=0,1")
    transfers.errors = {1: MemoryError("no memory left")}
    answer = nst.sweep("seed=0,1", "rerun=all")
    assert answer.code == 1 and transfers.seeds == [0, 1, 0, 1]
    assert "[2/2] seed 1  failed: no memory left; the earlier result stays  (runs/jobs/" in answer.err
    assert answer.lines[-1].startswith("failed: seed=1: no memory left; the earlier result stays  (runs/jobs/")
    assert [nst.store.state(name) for name in nst.jobs()] == [State.DONE] * 2
    again = nst.sweep("seed=0,1")
    assert again.code == 0 and ": 2 runs, 2 done, nothing to do" in again.err


def test_the_first_failure_stops_all_where_that_is_asked_for(
    nst: Command, transfers: Transfers, no_report: None
) -> None:
    transfers.errors[1] = DIVERGED
    answer = nst.sweep("seed=0,1,2", "fail_fast=true")
    assert answer.code == 1 and transfers.seeds == [0, 1]
    assert [line.partition(": ")[2][:6] for line in answer.lines if line.startswith("failed: ")] == ["seed=1", "seed=2"]


@pytest.mark.parametrize("before", [(), ("-m", "seed=0,1")], ids=["run", "sweep"])
def test_a_store_that_cannot_be_written(before: tuple[str, ...], nst: Command, transfers: Transfers) -> None:
    (nst.folder / "file").touch()
    answer = nst(*before, *TINY, "runs_dir=file/runs")
    assert answer.code == 2 and transfers.seeds == []
    assert answer.lines[-1] == "error: cannot write to file/runs (Not a directory); nothing was started"


def test_an_error_of_the_system_is_told_in_words(nst: Command, transfers: Transfers, no_report: None) -> None:
    transfers.errors[1] = PermissionError(errno.EACCES, "Permission denied", "vgg.pth")
    answer = nst.sweep("seed=0,1")
    assert answer.code == 1 and "Errno" not in answer.err
    assert answer.lines[-1].startswith("failed: seed=1: Permission denied: vgg.pth  (runs/jobs/")


def test_memory_that_runs_out_before_a_run_is_one_line(nst: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(_: object) -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: 9 bytes")

    monkeypatch.setattr("nst.sweep.task.resolve", hungry)
    monkeypatch.setattr("nst.sweep.hydra.compose.resolve", hungry)
    answer = nst.tiny()
    assert (answer.code, answer.lines) == (1, ["error: memory ran out before the run began"])
    answer = nst.sweep("seed=0,1")
    assert (answer.code, answer.lines) == (1, ["error: memory ran out before the first run began"])


def test_a_folder_without_metrics_is_made_again(nst: Command, transfers: Transfers) -> None:
    nst.tiny()
    (name,) = nst.jobs()
    (nst.store.run(name) / "metrics.json").unlink()
    assert nst.tiny().err.startswith("done in ")
    assert len(transfers.seeds) == 2 and nst.jobs() == {name: FILES}


def test_an_interruption(nst: Command, transfers: Transfers) -> None:
    transfers.errors[1] = KeyboardInterrupt()
    answer = nst.sweep("seed=0,1,2")
    assert answer.code == 130 and transfers.seeds == [0, 1]
    assert answer.lines[-2:] == [
        "interrupted: finished runs are kept; the same command resumes from here",
        f"report: runs/sweeps/{nst.sweeps()[0]}/report/index.html",
    ]
    assert [nst.store.state(name) for name in nst.jobs()] == [State.DONE]
    transfers.errors.clear()
    assert nst.sweep("seed=0,1,2").code == 0 and transfers.seeds == [1, 2]


def test_an_interruption_of_runs_that_are_all_made_again(nst: Command, transfers: Transfers) -> None:
    """Given again, the command makes the first one again, too."""
    nst.sweep("seed=0,1")
    transfers.errors[1] = KeyboardInterrupt()
    said = "interrupted: finished runs are kept; the same command starts over"
    assert said in nst.sweep("seed=0,1", "rerun=all").lines
    assert said in nst.tiny("seed=1", "rerun=all").lines


def test_an_interrupted_run_alone(nst: Command, transfers: Transfers) -> None:
    transfers.errors[0] = KeyboardInterrupt()
    answer = nst.tiny()
    assert answer.code == 130 and answer.lines[-1].startswith("interrupted:")
    assert nst.jobs() == {}


def test_sigterm_ends_a_sweep_as_an_interruption_does(nst: Command, transfers: Transfers) -> None:
    transfers.errors[1] = Terminated()
    answer = nst.sweep("seed=0,1,2")
    assert answer.code == 143 and transfers.seeds == [0, 1]
    assert answer.lines[-2:] == [
        "terminated: finished runs are kept; the same command resumes from here",
        f"report: runs/sweeps/{nst.sweeps()[0]}/report/index.html",
    ]
    assert [nst.store.state(name) for name in nst.jobs()] == [State.DONE]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_first_ends_the_report_as_well(number: signal.Signals, tmp_path: Path) -> None:
    """The process dies of Ctrl-C, and ends at SIGTERM."""
    ended = subprocess.run(
        [sys.executable, "-c", TWICE, str(int(number))], capture_output=True, text=True, cwd=tmp_path
    )
    assert ended.returncode == {signal.SIGINT: -signal.SIGINT, signal.SIGTERM: 143}[number]
    assert "Traceback" not in ended.stderr and "went on" not in ended.stdout


TWICE = """
import signal, sys
import nst.run

number = int(sys.argv[1])
STOPPED = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: nst.run.Terminated}[number]

def stopped(_):
    nst.run.STOP.asked = number == signal.SIGTERM
    raise STOPPED

def report():
    signal.raise_signal(number)
    print("went on")

nst.run._hand_to_hydra, nst.run._report_so_far = stopped, report
sys.exit(nst.run.run(["size=32"]))
"""


TERMINATED = """
import os, signal, sys
from nst.run import run
from nst.spec.records import PictureFile, Spec
from nst.sweep.progress import ConsoleProgress

def update(self, progress):
    if progress.evaluation == 5:
        os.kill(os.getpid(), signal.SIGTERM)

ConsoleProgress.update = update
sys.exit(run(sys.argv[1:]))
"""


def test_a_process_that_gets_sigterm_leaves_a_checkpoint_and_a_report(nst: Command) -> None:
    """In the second of two runs, at the fifth of nine evaluations, long before a checkpoint is due."""
    command = ("-m", *TINY, "steps=1,9", "checkpoint_every=1000")
    ended = subprocess.run([sys.executable, "-c", TERMINATED, *command], cwd=nst.folder, capture_output=True, text=True)
    assert ended.returncode == 143 and "Traceback" not in ended.stderr, ended.stderr
    lines = ended.stderr.splitlines()
    assert lines[2].startswith("[1/2] steps 1  done in ")
    assert lines[3] == "[2/2] steps 9  stopped after evaluation 5 of 9; the same command resumes from there"
    assert lines[-2] == "terminated: finished runs are kept; the same command resumes from here"
    assert lines[-1].startswith("report: runs/sweeps/")
    assert sorted(map(len, nst.jobs().values())) == [1, len(FILES)]
    answer = nst(*command)
    assert answer.code == 0 and answer.lines[1] == "[2/2] steps 9  resumes after evaluation 5 of 9"
    assert all(files == FILES for files in nst.jobs().values())


# --- sweeps ----------------------------------------------------------------------------------------------------------


def test_a_named_sweep_needs_no_flag(nst: Command, transfers: Transfers, no_report: None) -> None:
    """`size=32` twice, for two contents: the command line has the last word on what is swept."""
    answer = nst("sweep=sizes", *TINY)
    assert answer.code == 0, answer.err
    assert [spec.size for spec in transfers.specs] == [32, 32]
    (name,) = nst.sweeps()
    assert name.startswith("sizes-")
    assert nst.sweep("sweep=sizes", "seed=0").code == 0 and len(nst.sweeps()) == 2


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("sweep=content_layers",), "content_layers"),
        (("sweep=content_layers", "profile=quick"), "content_layers-quick"),
        (("profile=quick", "sweep=content_layers", "threads=1", "rerun=all"), "content_layers-quick"),
        (
            ("sweep=content_layers", "pictures=writeup", "pictures.wally=chelsea"),
            "content_layers-writeup-pictures.wally=chelsea",
        ),
        (("sweep=content_layers", "name=mine"), "mine"),
    ],
)
def test_where_a_named_sweep_goes(arguments: tuple[str, ...], name: str, nst: Command) -> None:
    answer = nst(*arguments, "plan=true")
    assert answer.code == 0, answer.err
    assert answer.lines[0].startswith(f"{name}: 4 runs, 4 to do")


def test_a_given_name_is_where_the_report_is(nst: Command) -> None:
    answer = nst.sweep("seed=0,1", "name=my sweep")
    assert answer.lines[-1] == "report: runs/sweeps/my sweep/report/index.html"
    assert nst.sweeps() == ["my sweep"]


def test_a_name_is_one_sweeps(nst: Command, transfers: Transfers, no_report: None) -> None:
    """More values are the same sweep; another one is refused before anything of it is made or replaced."""
    nst.sweep("seed=0,1", "name=mine")
    assert nst.sweep("seed=0,1,2", "name=mine").code == 0
    plan = (nst.store.sweep("mine") / "plan.json").read_bytes()
    answer = nst.sweep("steps=3,4", "name=mine")
    assert (answer.code, len(answer.lines)) == (2, 1)
    assert answer.err.startswith("error: name=mine: was another sweep before (python -m nst.run -m ")
    assert (nst.store.sweep("mine") / "plan.json").read_bytes() == plan and transfers.seeds == [0, 1, 2]
    answer = nst.sweep("seed=0,1", "steps=3", "name=mine")
    assert answer.code == 0 and answer.lines[0].endswith(
        "; its plan and report are replaced, its runs stay in the store"
    )


def test_sweeps_share_their_runs(nst: Command, transfers: Transfers, no_report: None) -> None:
    nst.sweep("seed=0,1")
    answer = nst.sweep("seed=1,2")
    assert transfers.seeds == [0, 1, 2]
    assert ": 2 runs, 1 done, 1 to do" in answer.lines[0]
    assert answer.lines[1].startswith("[2/2] seed 2  done in ")
    assert len(nst.sweeps()) == 2


def test_pairs(nst: Command, transfers: Transfers, no_report: None) -> None:
    pairs = "pair={content:chelsea,style:coffee},{content:rocket,style:ihc}"
    assert nst.sweep(pairs, "content=${pair.content}", "style=${pair.style}").code == 0
    found = [[path.stem for path in paths(spec, "content", "style")] for spec in transfers.specs]
    assert found == [["chelsea", "coffee"], ["rocket", "ihc"]]


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("optimizer=lbfgs,adam", [("lbfgs", "projected"), ("adam", None)]),
        ("preset=writeup,tutorial", [("lbfgs", "projected"), ("lbfgs", "closure")]),
    ],
)
def test_choices_can_be_swept(
    override: str, found: list[Any], nst: Command, transfers: Transfers, no_report: None
) -> None:
    assert nst.sweep(override).code == 0
    assert [(spec.optimizer.name, getattr(spec.optimizer, "clamp", None)) for spec in transfers.specs] == found


def test_the_built_in_pictures_stay_where_they_are(nst: Command) -> None:
    nst.tiny("content=coffee")
    (name,) = nst.jobs()
    assert str(find("coffee")) in (nst.store.run(name) / "spec.yaml").read_text()


def test_an_interruption_while_torch_is_being_imported_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut_short(arguments: object) -> None:
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("nst.run._hand_to_hydra", cut_short)
    monkeypatch.delitem(sys.modules, "nst.sweep.hydra.callback", raising=False)
    try:
        assert run(["size=32"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.strip().startswith("interrupted: finished runs are kept")
    assert "nst.sweep.hydra.callback" not in sys.modules


def test_limits_that_are_too_low_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: str) -> None:
        raise JobError("ulimit -v 7 leaves libraries too little (no memory); raise it")

    monkeypatch.setattr("nst.run.check_limits", refuse)
    assert run([*TINY]) == 1
    assert capsys.readouterr().err == "error: ulimit -v 7 leaves libraries too little (no memory); raise it\n"
