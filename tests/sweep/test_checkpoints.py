"""A run that is cut short goes on from its checkpoint and leaves what a run in one piece leaves."""

import csv
import errno
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from specs import changed

from nst import engine
from nst.optimizer.loop import Progress
from nst.pictures.load import fit, full_image
from nst.signals import STOP, Terminated
from nst.spec.records import Adam, Lbfgs, Spec
from nst.spec.signature import signature
from nst.store.files.checkpoint import FORMAT, digest, read_checkpoint
from nst.store.store import State, Store
from nst.sweep.progress import ConsoleProgress
from nst.sweep.runner import Outcome, run_one

from .command import TINY

STEPS = 12
FILES = {"spec.yaml", "start.png", "image.png", "trace.csv", "provenance.json", "metrics.json"}


@pytest.fixture(autouse=True)
def sigterm() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    STOP.install()
    yield
    STOP.install()
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def spec(small: Spec) -> Spec:
    """Twelve evaluations, the history of L-BFGS full after the third, a checkpoint every four."""
    return changed(small, steps=STEPS, optimizer=Lbfgs(history=3), checkpoint_every=4)


class Cut(ConsoleProgress):
    """Does something at an evaluation; keeps the lines."""

    def __init__(self, evaluation: int = 0, what: Callable[[], None] = lambda: None) -> None:
        super().__init__("", io.StringIO())
        self.evaluation, self.what, self.seen = evaluation, what, list[int]()

    def update(self, progress: Progress) -> None:
        self.seen.append(progress.evaluation)
        if progress.evaluation == self.evaluation:
            self.what()

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()  # type: ignore[attr-defined]


def fail(error: BaseException) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


def interrupted(store: Store, spec: Spec, evaluation: int, error: BaseException | None = None) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_one(store, spec, Cut(evaluation, fail(error or KeyboardInterrupt())))


def trace(folder: Path) -> list[tuple[str, ...]]:
    """Evaluations and losses; seconds differ."""
    rows = list(csv.reader((folder / "trace.csv").read_text().splitlines()))
    return [(row[0], *row[2:]) for row in rows]


def left(store: Store, spec: Spec) -> tuple[bytes, list[tuple[str, ...]], dict[str, Any]]:
    """What a run left that must not depend on interruptions."""
    metrics, folder = store.metrics(signature(spec)), store.run(signature(spec))
    assert metrics is not None and {path.name for path in folder.iterdir()} - {"frames"} == FILES
    timed = ("seconds", "ms_", "peak", "files")  # files: bytes and digests, also of the trace, which holds seconds
    numbers = {key: value for key, value in metrics.items() if not key.startswith(timed)}
    return (folder / "image.png").read_bytes(), trace(folder), numbers


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": Lbfgs(history=3, clamp="closure")},
        {"precision": "bf16"},
        {"precision": "bf16", "optimizer": Lbfgs(history=3, clamp="closure", history_dtype="bf16")},
        {"optimizer": Adam(lr=0.3), "keep": "best", "content_weight": 1e3, "style_weight": 1.0},
        {"optimizer": Adam(), "trace_every": 5},
        {"optimizer": Adam(average=0.8), "keep": "average", "colours": "luminance"},
        {"threads": 1},
    ],
    ids=str,
)
def test_it_leaves_what_a_run_in_one_piece_leaves(
    changes: dict[str, Any], store: Store, spec: Spec, tmp_path: Path
) -> None:
    spec, whole = changed(spec, **changes), Store(tmp_path / "whole")
    assert run_one(whole, changed(spec, checkpoint_every=0), Cut()) is Outcome.DONE
    interrupted(store, spec, 10)
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE
    assert again.seen == [9, 10, 11, 12] and again.lines[0] == "resumes after evaluation 8 of 12"
    image, rows, numbers = left(store, spec)
    expected_image, expected_rows, expected_numbers = left(whole, spec)
    assert image == expected_image and rows == expected_rows
    assert numbers == expected_numbers | {"resumed_at": 8} and expected_numbers["resumed_at"] is None


@pytest.mark.parametrize("optimizer", [Lbfgs(history=3), pytest.param(Adam(), marks=pytest.mark.slow)])
@pytest.mark.parametrize("cut", [pytest.param(6, marks=pytest.mark.slow), 11])
def test_so_does_a_run_of_several_scales(
    optimizer: Lbfgs | Adam, cut: int, store: Store, spec: Spec, tmp_path: Path
) -> None:
    """Three, four and five evaluations; cut in the second scale and in the third, with its frames."""
    spec = changed(spec, earlier=((16, 3), (23, 4)), steps=5, optimizer=optimizer, frames_every=2)
    whole = Store(tmp_path / "whole")
    assert run_one(whole, changed(spec, checkpoint_every=0), Cut()) is Outcome.DONE
    interrupted(store, spec, cut)
    again, made = Cut(), 4 if cut == 6 else 8
    assert run_one(store, spec, again) is Outcome.DONE
    assert again.seen == list(range(made + 1, 13)) and again.lines[0] == f"resumes after evaluation {made} of 12"
    image, rows, numbers = left(store, spec)
    expected_image, expected_rows, expected_numbers = left(whole, spec)
    assert image == expected_image and rows == expected_rows
    assert numbers == expected_numbers | {"resumed_at": made}
    frames = [sorted((place.run(signature(spec)) / "frames").iterdir()) for place in (whole, store)]
    assert [path.stem for path in frames[1]] == [f"{number:06}" for number in (2, 4, 6, 8, 10, 12)]
    assert [path.read_bytes() for path in frames[0]] == [path.read_bytes() for path in frames[1]]


def test_frames_are_those_of_one_run(store: Store, spec: Spec, tmp_path: Path) -> None:
    """Cut at 11: frames 9 is made twice, and 6 before the checkpoint only."""
    spec, whole = changed(spec, frames_every=3), Store(tmp_path / "whole")
    for place, cut in ((whole, 0), (store, 11)):
        if cut:
            interrupted(place, spec, cut)
        run_one(place, spec, Cut())
    frames = [sorted((place.run(signature(spec)) / "frames").iterdir()) for place in (whole, store)]
    assert [path.name for path in frames[1]] == ["000003.png", "000006.png", "000009.png", "000012.png"]
    assert [path.read_bytes() for path in frames[0]] == [path.read_bytes() for path in frames[1]]


def test_frames_of_luminance_have_the_contents_colours(store: Store, small: Spec) -> None:
    """The first is of the start, the content, which is shown as it is, but for its luminance rounded to a level."""
    spec = changed(small, colours="luminance", frames_every=1)
    assert run_one(store, spec, Cut()) is Outcome.DONE
    with Image.open(store.run(signature(spec)) / "frames" / "000001.png") as frame:
        found, content = np.asarray(frame).astype(int), fit(full_image(spec.pictures["content"]), spec.size)
    assert np.abs(found - np.asarray(content)).max() <= 1 and np.ptp(found, axis=2).max() > 50


def test_before_the_first_checkpoint_there_is_nothing_to_go_on_from(store: Store, spec: Spec) -> None:
    interrupted(store, spec, 4)
    assert not store.run(signature(spec)).exists()
    again = Cut()
    run_one(store, spec, again)
    assert again.seen[0] == 1 and (store.metrics(signature(spec)) or {})["resumed_at"] is None


def test_a_run_without_checkpoints_writes_none_but_goes_on_from_one(store: Store, spec: Spec) -> None:
    interrupted(store, spec, 6)
    again = Cut()
    run_one(store, changed(spec, checkpoint_every=0), again)
    assert again.seen[0] == 5
    interrupted(store, changed(spec, seed=1, init="uniform", checkpoint_every=0), 6)
    assert len(list(store.root.rglob("*.pt"))) == 0


def test_after_the_last_evaluation_nothing_is_kept(store: Store, spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    monkeypatch.setattr("nst.sweep.checkpoints.write_checkpoint", lambda *about: written.append(about[2].evaluation))
    run_one(store, spec, Cut())
    assert written == [4, 8]


def test_a_failure_that_may_pass_goes_on_and_what_diverged_does_not(store: Store, spec: Spec) -> None:
    key = signature(spec)
    assert run_one(store, spec, Cut(10, fail(MemoryError()))) is Outcome.FAILED
    assert store.state(key) is State.FAILED and (store.run(key) / "checkpoint.pt").exists()
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE and again.seen[0] == 9
    diverging = changed(spec, optimizer=Adam(lr=0.9, beta1=0.0), seed=3)
    interrupted(store, diverging, 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nst.optimizer.run_state.PATIENCE", 1)
        patch.setattr("nst.optimizer.run_state.EXPLOSION", 0.0)
        assert run_one(store, diverging, Cut()) is Outcome.FAILED
    assert (store.error(signature(diverging)) or {})["type"] == "Diverged"
    assert not (store.run(signature(diverging)) / "checkpoint.pt").exists()


def test_a_run_that_is_done_and_made_again_starts_over(store: Store, spec: Spec) -> None:
    run_one(store, spec, Cut())
    with pytest.raises(KeyboardInterrupt):
        run_one(store, spec, Cut(10, fail(KeyboardInterrupt())), rerun="all")
    assert store.state(signature(spec)) is State.DONE
    again = Cut()
    assert run_one(store, spec, again, rerun="all") is Outcome.DONE and again.seen[0] == 1
    left(store, spec)


def test_a_run_that_is_made_again_and_stopped_does_not_promise_to_resume(store: Store, spec: Spec) -> None:
    run_one(store, spec, Cut())
    again = Cut(10, lambda: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Terminated):
        run_one(store, spec, again, rerun="all")
    assert again.lines[-1].endswith("the earlier result stays; the same command starts over")
    assert store.state(signature(spec)) is State.DONE


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-99]), "it cannot be read"),
        (lambda path: path.write_bytes(b""), "it cannot be read"),
        (lambda path: torch.save({"format": FORMAT}, path), "it was written with spec_version=None, "),
        (lambda path: torch.save({"format": FORMAT - 1}, path), f"it was written with format={FORMAT - 1}, "),
    ],
)
def test_a_checkpoint_that_is_none_costs_one_line(
    spoil: Callable[[Path], None], reason: str, store: Store, spec: Spec
) -> None:
    interrupted(store, spec, 10)
    spoil(store.run(signature(spec)) / "checkpoint.pt")
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE
    assert again.seen[0] == 1 and len(again.lines) == 2
    assert again.lines[0].startswith(f"starts over, without its checkpoint.pt: {reason}")
    assert not list(store.run(signature(spec)).glob("checkpoint*"))


def test_a_checkpoint_that_cannot_be_used_is_tried_and_said_once(store: Store, spec: Spec) -> None:
    path = store.run(signature(spec)) / "checkpoint.pt"
    interrupted(store, spec, 10)
    path.write_bytes(b"spoilt")
    with pytest.raises(KeyboardInterrupt):
        run_one(store, spec, Cut(2, fail(KeyboardInterrupt())))
    assert [file.name for file in path.parent.glob("*.pt")] == ["checkpoint-unusable.pt"]
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE
    assert len(again.lines) == 1 and again.lines[0].startswith("done")


def test_other_threads_start_over(store: Store, spec: Spec) -> None:
    interrupted(store, spec, 10)
    again = Cut()
    run_one(store, changed(spec, threads=1), again)
    assert again.seen[0] == 1
    assert again.lines[0] == (
        "starts over, without its checkpoint.pt: it was written with threads=2, but this run uses threads=1"
    )


def test_a_checkpoint_that_does_not_fit_after_all_costs_one_line(store: Store, spec: Spec) -> None:
    interrupted(store, spec, 10)
    path = store.run(signature(spec)) / "checkpoint.pt"
    data = torch.load(path, weights_only=True)
    del data["state"]["order"], data["digest"]
    torch.save({**data, "digest": digest(data)}, path)
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE
    assert again.seen[0] == 1 and again.lines[0] == "resumes after evaluation 8 of 12"
    assert again.lines[1].startswith("starts over, without its checkpoint.pt: its optimizer is of another kind or size")
    assert (store.metrics(signature(spec)) or {})["resumed_at"] is None


def test_a_full_disk_costs_a_line_and_not_the_run(store: Store, spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(data: Any, file: Any) -> None:
        file.write(b"half a checkpoint")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(torch, "save", full)
    cut = Cut()
    assert run_one(store, spec, cut) is Outcome.DONE
    assert cut.lines[:2] == [f"no checkpoint after evaluation {n} of 12: No space left on device" for n in (4, 8)]
    assert left(store, spec)[2]["evaluations"] == STEPS


def test_sigterm_leaves_a_last_checkpoint(store: Store, spec: Spec) -> None:
    cut = Cut(6, lambda: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Terminated):
        run_one(store, spec, cut)
    assert cut.seen[-1] == 6
    assert cut.lines == ["stopped after evaluation 6 of 12; the same command resumes from there"]
    assert store.state(signature(spec)) is State.PENDING
    found = read_checkpoint(store.run(signature(spec)), spec)
    assert found is not None and found.evaluation == 6
    STOP.install()
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE and again.seen == [7, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("evaluation", [3, 5])
def test_sigterm_in_any_scale_leaves_a_last_checkpoint(evaluation: int, store: Store, spec: Spec) -> None:
    """Also after the last evaluation of a scale: the next one begins when the run resumes."""
    spec = changed(spec, earlier=((16, 3), (23, 4)), steps=2)
    with pytest.raises(Terminated):
        run_one(store, spec, Cut(evaluation, lambda: signal.raise_signal(signal.SIGTERM)))
    found = read_checkpoint(store.run(signature(spec)), spec)
    assert found is not None and (found.evaluation, found.run_state.scale) == (evaluation, evaluation // 4)
    STOP.install()
    again = Cut()
    assert run_one(store, spec, again) is Outcome.DONE and again.seen == list(range(evaluation + 1, 10))


def test_sigterm_during_the_last_evaluation_leaves_only_the_measuring(store: Store, spec: Spec, tmp_path: Path) -> None:
    with pytest.raises(Terminated):
        run_one(store, spec, Cut(12, lambda: signal.raise_signal(signal.SIGTERM)))
    STOP.install()
    again, whole = Cut(), Store(tmp_path / "whole")
    assert run_one(store, spec, again) is Outcome.DONE and again.seen == []
    run_one(whole, spec, Cut())
    assert left(store, spec)[:2] == left(whole, spec)[:2]


def test_sigterm_after_the_last_evaluation_finds_the_result_written(
    store: Store, spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = engine.measure

    def measure(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        return real(*arguments)

    monkeypatch.setattr("nst.engine.measure", measure)
    with pytest.raises(Terminated):
        run_one(store, spec, Cut())
    assert store.state(signature(spec)) is State.DONE


def test_sigterm_on_a_full_disk_says_that_there_is_no_checkpoint(
    store: Store, spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nst.sweep.checkpoints.write_checkpoint", lambda *_: fail(OSError(errno.ENOSPC, "full"))())
    cut = Cut(6, lambda: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Terminated):
        run_one(store, spec, cut)
    assert cut.lines == ["no checkpoint after evaluation 4 of 12: full", "no checkpoint after evaluation 6 of 12: full"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_does_not_wait_for_the_checkpoint(
    number: signal.Signals, store: Store, spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes while the checkpoint is being written, and leaves none."""
    save = torch.save
    monkeypatch.setattr("nst.signals.Stop.end", lambda _: fail(Terminated())())

    def interrupting(data: Any, file: Any) -> None:
        class Signalled:
            def write(self, part: Any) -> int:
                signal.raise_signal(number)
                return int(file.write(part))

            def flush(self) -> None:
                file.flush()

        save(data, Signalled())

    monkeypatch.setattr(torch, "save", interrupting)
    cut = Cut(3, lambda: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(KeyboardInterrupt) as raised:
        run_one(store, spec, cut)
    assert isinstance(raised.value, Terminated) and cut.lines == []
    assert list(store.run(signature(spec)).iterdir()) == []


def test_sigterm_without_checkpoints_stops_at_once(store: Store, spec: Spec) -> None:
    cut = Cut(6, lambda: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Terminated):
        run_one(store, changed(spec, checkpoint_every=0), cut)
    assert cut.lines == [] and not store.run(signature(spec)).exists()


KILLED = """
import os, signal, sys
from nst.run import run
from nst.sweep import checkpoints

def write(folder, spec, checkpoint, real=checkpoints.write_checkpoint):
    real(folder, spec, checkpoint)
    if checkpoint.evaluation == 8:
        os.kill(os.getpid(), signal.SIGKILL)

checkpoints.write_checkpoint = write
sys.exit(run(sys.argv[1:]))
"""


def test_a_process_that_is_killed_goes_on_with_the_same_command(nst: Any) -> None:
    """kill -9 after the second checkpoint; then the same command; and the whole run in another store."""
    command = (*TINY, "steps=10", "optimizer.history=3", "checkpoint_every=4")
    killed = subprocess.run([sys.executable, "-c", KILLED, *command], cwd=nst.folder, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (name,) = nst.jobs()
    assert nst.jobs() == {name: {"checkpoint.pt"}} and nst.store.state(name) is State.PENDING
    again = nst(*command)
    assert again.code == 0 and again.lines[0] == "resumes after evaluation 8 of 10"
    assert nst(*command, "runs_dir=whole").code == 0
    whole, part = Store(nst.folder / "whole").run(name), nst.store.run(name)
    assert (whole / "image.png").read_bytes() == (part / "image.png").read_bytes()
    assert trace(part) == trace(whole) and len(trace(part)) == 1 + 10
    assert nst.jobs() == {name: FILES}
