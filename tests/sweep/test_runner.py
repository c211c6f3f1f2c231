import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from specs import changed

import nst.engine
from nst.errors import UserError
from nst.optimizer.loop import Diverged, RunState
from nst.result import Result
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.store import Record, State, Store, StoreError
from nst.sweep.progress import ConsoleProgress
from nst.sweep.rerun import should_run
from nst.sweep.runner import Outcome, run_one

from .command import Transfers

Make = Callable[..., tuple[Outcome, str]]
DIVERGED = Diverged("diverged at evaluation 7: the loss is nan", RunState(best_picture=torch.rand(1, 3, 4, 4)))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, result: Result) -> Transfers:
    """Runs that are done at once."""
    transfers = Transfers(lambda *_, **__: result)
    monkeypatch.setattr(nst.engine, "transfer", transfers)
    return transfers


@pytest.fixture
def make(store: Store, small: Spec, runs: Transfers) -> Make:
    """`run_one` on the small spec: how it stands, and the lines about it."""

    def run(**keywords: Any) -> tuple[Outcome, str]:
        stream = io.StringIO()
        return run_one(store, small, ConsoleProgress("[1/2]", stream), **keywords), stream.getvalue()

    return run


def test_a_run_is_made_once(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    picture = store.run(signature(small)) / "image.png"
    outcome, line = make()
    assert outcome is Outcome.DONE
    assert line.startswith("[1/2]  done in ") and line.endswith(f"ms/evaluation  {picture}\n")
    assert make() == (Outcome.SKIPPED, f"[1/2]  already done  {picture}\n")
    assert runs.seeds == [0]


def test_a_folder_without_metrics_is_not_trusted(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    make()
    folder = store.run(signature(small))
    (folder / "metrics.json").unlink()
    (folder / "image.png").write_bytes(b"half a picture")
    assert store.state(signature(small)) is State.PENDING
    assert make()[0] is Outcome.DONE
    assert runs.seeds == [0, 0]
    assert (folder / "image.png").read_bytes().startswith(b"\x89PNG")


def test_a_failure_is_recorded_and_said_in_one_line(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    runs.errors[0] = RuntimeError("lost the device\nand more")
    folder = store.run(signature(small))
    assert make() == (Outcome.FAILED, f"[1/2]  failed: lost the device  ({folder})\n")
    assert (store.error(signature(small)) or {})["type"] == "RuntimeError"


def test_a_failure_in_the_code_of_a_loss_is_placed(
    make: Make, runs: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nst.losses import gram

    runs.transfer = lambda *_, **__: gram.gram("no statistic")  # type: ignore[arg-type, return-value]
    line = gram.gram.__code__.co_firstlineno + 2
    assert f"failed: 'str' object has no attribute 'moment' in gram.py, line {line}  (" in make()[1]
    monkeypatch.setattr(gram, "len", lambda _: 1 / 0, raising=False)
    runs.errors[0] = UserError("the picture has changed")
    assert "gram.py" not in make()[1]


@pytest.mark.parametrize(
    ("error", "missing", "failed"),
    [
        (DIVERGED, [], [0]),
        (UserError("the picture has changed since this run was planned"), [0], [0]),
        (OSError("the disk is full"), [0], [0]),
        (MemoryError(), [0], [0]),
        (RuntimeError("killed"), [0], [0]),
    ],
)
def test_what_failed_is_repeated_where_it_may_end_otherwise(
    error: Exception, missing: list[int], failed: list[int], make: Make, runs: Transfers
) -> None:
    runs.errors[0] = error
    make()
    assert runs.seeds == [0]
    outcome, line = make(rerun="missing")
    assert (outcome, runs.seeds) == (Outcome.FAILED, missing)
    assert ("failed before" in line and "rerun=failed tries again" in line) is not bool(missing)
    make(rerun="failed")
    assert runs.seeds == failed


def test_failed_leaves_what_is_done(make: Make, runs: Transfers) -> None:
    make()
    assert make(rerun="failed")[0] is Outcome.SKIPPED
    assert runs.seeds == [0]


def test_a_run_that_fails_again_keeps_the_new_reason(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    for reason in ("first", "second"):
        runs.errors[0] = OSError(reason)
        make()
    assert (store.error(signature(small)) or {})["message"] == "second"
    runs.errors.clear()
    assert make()[0] is Outcome.DONE
    assert store.error(signature(small)) is None


def test_all_makes_again_what_was_there_when_the_call_began(
    make: Make, store: Store, small: Spec, runs: Transfers
) -> None:
    make()
    assert make(rerun="all", attempts=0)[0] is Outcome.SKIPPED
    assert make(rerun="all", attempts=1)[0] is Outcome.DONE
    assert make(rerun="all", attempts=1)[0] is Outcome.SKIPPED
    assert make(rerun="all")[0] is Outcome.DONE
    assert runs.seeds == [0, 0, 0] and store.attempt(signature(small)) == 3


@pytest.mark.parametrize("rerun", ["missing", "failed", "all"])
def test_what_failed_since_the_call_began_is_not_repeated(rerun: str, make: Make, runs: Transfers) -> None:
    runs.errors[0] = OSError("flaky")
    assert make(rerun=rerun, attempts=0)[0] is Outcome.FAILED
    assert make(rerun=rerun, attempts=0)[0] is Outcome.FAILED
    assert runs.seeds == [0]
    make(rerun=rerun, attempts=1)
    assert runs.seeds == [0]


def test_a_repeat_that_fails_says_that_the_earlier_result_stays(
    make: Make, store: Store, small: Spec, runs: Transfers
) -> None:
    make()
    picture = (store.run(signature(small)) / "image.png").read_bytes()
    runs.errors[0] = DIVERGED
    folder = store.run(signature(small))
    line = f"[1/2]  failed: {DIVERGED}; the earlier result stays  ({folder})\n"
    assert make(rerun="all", attempts=1) == (Outcome.FAILED, line)
    assert (folder / "image.png").read_bytes() == picture and store.state(signature(small)) is State.DONE
    assert make(rerun="all", attempts=1)[0] is Outcome.SKIPPED
    for rerun in ("missing", "failed"):
        assert make(rerun=rerun)[0] is Outcome.SKIPPED
    assert runs.seeds == [0, 0]


def test_a_result_that_was_whole_when_its_process_was_killed_is_not_made_again(
    make: Make, store: Store, small: Spec, runs: Transfers
) -> None:
    """Killed before its folder, with a checkpoint, made way for the new one."""
    make()
    folder = store.run(signature(small))
    folder.rename(folder.with_name(f".{folder.name}.new"))
    folder.mkdir()
    (folder / "checkpoint.pt").touch()
    assert make()[0] is Outcome.SKIPPED and runs.seeds == [0]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_never_only_tells(make: Make, store: Store, runs: Transfers) -> None:
    assert make(rerun="never") == (Outcome.FAILED, "[1/2]  not run yet; rerun=never starts nothing\n")
    assert not store.root.exists()
    make()
    assert make(rerun="never")[0] is Outcome.SKIPPED
    assert runs.seeds == [0]


def test_an_unknown_choice_has_its_nearest_named() -> None:
    with pytest.raises(UserError, match="^rerun=mising: unknown; did you mean 'missing'?"):
        should_run(Record(State.PENDING), "mising", 0)


def test_an_interruption_passes_and_leaves_the_run_pending(
    make: Make, store: Store, small: Spec, runs: Transfers
) -> None:
    runs.errors[0] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        make()
    assert store.state(signature(small)) is State.PENDING
    assert not store.run(signature(small)).exists()


def test_the_run_is_claimed_while_it_is_made(store: Store, small: Spec, result: Result, monkeypatch: Any) -> None:
    states: list[State] = []

    def transfer(spec: Spec, **_: Any) -> Result:
        states.append(store.state(signature(spec)))
        return result

    monkeypatch.setattr(nst.engine, "transfer", transfer)
    run_one(store, small, ConsoleProgress("", io.StringIO()))
    assert states == [State.RUNNING]
    assert store.state(signature(small)) is State.DONE


def test_a_full_disk_ends_all(make: Make, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match=f"^cannot write to {store.root} .No space left on device.$") as caught:
        make()
    assert caught.value.is_full
    assert not [path for path in store.root.rglob("*") if path.suffix == ".tmp"]


def test_a_disk_on_which_only_the_reason_fits_ends_all(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    runs.errors[0] = OSError(28, "No space left on device")
    with pytest.raises(StoreError):
        make()
    assert (store.error(signature(small)) or {})["errno"] == 28


def test_a_run_without_room_for_its_pictures_is_not_computed(
    make: Make, runs: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**16))
    with pytest.raises(StoreError, match="No space left on device"):
        make()
    assert runs.seeds == []


def test_a_failure_that_cannot_even_be_recorded_is_one_line(
    make: Make, store: Store, small: Spec, runs: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError("no memory for that either")

    runs.errors[0] = MemoryError("no memory")
    monkeypatch.setattr("nst.sweep.runner.write_failure", fail)
    assert make() == (Outcome.FAILED, "[1/2]  failed, and could not be recorded: no memory for that either\n")
    assert store.state(signature(small)) is State.PENDING


def test_a_store_that_cannot_be_made(small: Spec, runs: Transfers, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=f"^cannot write to {tmp_path / 'file'} ") as caught:
        run_one(Store(tmp_path / "file"), small, ConsoleProgress("", io.StringIO()))
    assert not caught.value.is_full and runs.seeds == []


def test_other_specs_are_other_runs(make: Make, store: Store, small: Spec, runs: Transfers) -> None:
    make()
    run_one(store, changed(small, repeat=1), ConsoleProgress("", io.StringIO()))
    assert len(runs.seeds) == 2


def test_a_run_that_another_process_makes_is_waited_for_in_so_many_words(
    make: Make, store: Store, small: Spec, runs: Transfers, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = store.lock(signature(small))
    held.acquire()
    real = type(held).acquire

    def acquire(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if keywords.get("blocking", True):
            held.release()  # the other process ends while this one waits
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(type(held), "acquire", acquire)
    outcome, lines = make()
    assert outcome is Outcome.DONE
    assert lines.splitlines()[0] == "[1/2]  another process is making this run; waiting for it"
