"""Frames are numbered by evaluation, and only those of a run that was recorded count."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from nst.objective.reference import LossValues
from nst.optimizer.loop import Progress
from nst.result import Result
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.files.frames import FrameWriter, has_frames
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import State, Store


def progress(evaluation: int) -> Progress:
    picture = torch.full((1, 3, 4, 6), evaluation / 255)
    return Progress(evaluation, 9, 1.0, LossValues({"content": 1.0, "style": 1.0}, 2.0), picture)


def callback(writer: FrameWriter, evaluations: int) -> None:
    for evaluation in range(1, evaluations + 1):
        writer.update(progress(evaluation))


def frames(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "frames").glob("*"))


def unfinished(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".frames").iterdir())


def test_every_third_evaluation_is_kept(store: Store, small: Spec, result: Result) -> None:
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 3), 7)
    write_result(store, small, result, now())
    assert frames(folder) == ["000003.png", "000006.png"]
    with Image.open(folder / "frames" / "000006.png") as image:
        assert image.size == (6, 4) and image.getpixel((0, 0)) == (6, 6, 6)
    assert not (folder / ".frames").exists()


def test_a_frame_is_of_the_picture_that_is_shown(store: Store, small: Spec, result: Result) -> None:
    callback(FrameWriter(store.run(signature(small)), 2, show=lambda picture: 1 - picture), 2)
    write_result(store, small, result, now())
    with Image.open(store.run(signature(small)) / "frames" / "000002.png") as image:
        assert image.getpixel((0, 0)) == (253, 253, 253)


def test_zero_is_off(store: Store, small: Spec, result: Result) -> None:
    callback(FrameWriter(store.run(signature(small)), 0), 7)
    write_result(store, small, result, now())
    assert frames(store.run(signature(small))) == []


def test_what_goes_on_after_a_failure_keeps_the_frames_of_it(store: Store, small: Spec, result: Result) -> None:
    """Frames 2 and 4 are recorded with the failure at 5; the run goes on from a checkpoint at 4."""
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 5)
    write_failure(store, small, MemoryError(), now())
    writer = FrameWriter(folder, 2, made=4)
    for evaluation in range(5, 9):
        writer.update(progress(evaluation))
    write_result(store, small, result, now())
    assert frames(folder) == ["000002.png", "000004.png", "000006.png", "000008.png"]


def test_what_goes_on_after_a_failure_leaves_the_users_files(store: Store, small: Spec, result: Result) -> None:
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 5)
    write_failure(store, small, MemoryError(), now())
    (folder / "frames" / "cut").mkdir()
    (folder / "frames" / "film.mp4").write_text("mine")
    writer = FrameWriter(folder, 2, made=4)
    callback(writer, 6)
    write_result(store, small, result, now())
    assert frames(folder) == ["000002.png", "000004.png", "000006.png", "cut", "film.mp4"]
    assert (folder / "frames" / "film.mp4").read_text() == "mine" and not (folder / ".frames").exists()


def test_frames_of_a_failure_that_were_taken_over_in_part_are_not_lost(
    store: Store, small: Spec, result: Result
) -> None:
    """As when the process was killed while it took them over."""
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 5)
    write_failure(store, small, MemoryError(), now())
    FrameWriter(folder, 2, made=2)
    assert unfinished(folder) == ["000002.png"] and has_frames(folder, 2, made=4)
    FrameWriter(folder, 2, made=4)
    assert unfinished(folder) == ["000002.png", "000004.png"]


def test_a_rerun_that_is_cut_short_leaves_the_frames_of_the_run_before(
    store: Store, small: Spec, result: Result, make_spec: Callable[..., Spec]
) -> None:
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 8)
    write_result(store, small, result, now())
    callback(FrameWriter(folder, 2), 3)
    assert store.state(signature(small)) is State.DONE
    assert frames(folder) == ["000002.png", "000004.png", "000006.png", "000008.png"]
    callback(FrameWriter(folder, 4), 8)
    write_result(store, small, result, now())
    assert frames(folder) == ["000004.png", "000008.png"]


def test_a_run_that_goes_on_keeps_the_frames_that_it_has_behind_it(store: Store, small: Spec) -> None:
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 3), 9)
    (folder / ".frames" / ".000009.png.a1b2c3d4.tmp").touch()
    FrameWriter(folder, 3, made=8)
    assert unfinished(folder) == ["000003.png", "000006.png"]
    FrameWriter(folder, 2, made=8)
    assert unfinished(folder) == ["000006.png"]
    FrameWriter(folder, 0, made=8)
    assert not (folder / ".frames").exists()


def test_an_error_while_the_numbers_are_written_costs_no_frames(
    store: Store, small: Spec, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure is recorded; the run goes on from its checkpoint at 4, and has the frames of before."""
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 8)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="no room"):
        patch.setattr("nst.store.record.metrics", lambda *_: (_ for _ in ()).throw(OSError("no room")))
        write_result(store, small, result, now())
    write_failure(store, small, OSError("no room"), now())
    assert has_frames(folder, 2, made=4)
    writer = FrameWriter(folder, 2, made=4)
    assert unfinished(folder) == ["000002.png", "000004.png"]
    for evaluation in range(5, 9):
        writer.update(progress(evaluation))
    write_result(store, small, result, now())
    assert frames(folder) == ["000002.png", "000004.png", "000006.png", "000008.png"]


@pytest.mark.parametrize(
    ("every", "made", "has"), [(2, 5, True), (4, 5, True), (0, 5, True), (2, 6, False), (1, 1, False), (3, 2, True)]
)
def test_frames_that_a_run_must_have_to_go_on(every: int, made: int, has: bool, store: Store, small: Spec) -> None:
    folder = store.run(signature(small))
    callback(FrameWriter(folder, 2), 5)
    assert has_frames(folder, every, made) is has
