import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from specs import changed

from nst.colours import shown
from nst.engine import transfer
from nst.memory.estimate import TooLarge
from nst.optimizer.loop import Diverged, RunState, TraceRow
from nst.pictures.tensors import picture_hash, to_image
from nst.result import Result
from nst.spec.records import PictureFile, Spec
from nst.spec.signature import canonical, from_dict, signature
from nst.store.files.atomic import read_json
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import State, Store

FILES = {"spec.yaml", "start.png", "image.png", "trace.csv", "provenance.json", "metrics.json"}
METRICS = {
    *("steps_requested", "evaluations", "content_loss", "style_loss", "total_loss", "content_loss_png"),
    *("style_loss_png", "total_loss_png", "best_total_loss", "seconds_setup", "seconds_warmup", "seconds_loop"),
    *("ms_per_evaluation_p50", "ms_per_evaluation_p90", "peak_memory_mib", "psnr_content_db", "ssim_content"),
    *("gram_distance_style", "feature_distance_content", "stopped"),
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def diverged(picture: torch.Tensor | None) -> Diverged:
    losses = {"content": 1.0, "style": 2.0}
    rows = [TraceRow(1, 0.5, losses, 3.0), TraceRow(2, 1.0, losses, float("nan"))]
    return Diverged(
        "diverged at evaluation 2: the loss is nan", RunState(rows, [0.5, 0.5], 3.0, 1, picture, evaluations=2)
    )


def test_a_finished_run_leaves_its_files(store: Store, small: Spec, result: Result) -> None:
    picture = write_result(store, small, result, now())
    assert picture == store.run(signature(small)) / "image.png"
    assert names(picture.parent) == FILES
    assert store.state(signature(small)) is State.DONE


def test_metrics_have_the_numbers_of_the_run(store: Store, small: Spec, result: Result) -> None:
    write_result(store, small, result, now())
    metrics = store.metrics(signature(small))
    assert metrics is not None and set(metrics) >= METRICS
    assert (metrics["steps_requested"], metrics["evaluations"], metrics["stopped"]) == (2, 2, "steps")
    assert metrics["total_loss"] == result.metrics.losses.total
    assert metrics["total_loss"] == pytest.approx(metrics["content_loss"] + 1e6 * metrics["style_loss"], rel=1e-5)


def test_the_trace_has_a_row_for_each_evaluation(store: Store, small: Spec, result: Result) -> None:
    trace = write_result(store, small, result, now()).parent / "trace.csv"
    rows = list(csv.DictReader(trace.read_text().splitlines()))
    assert list(rows[0]) == ["evaluation", "seconds", "content_loss", "style_loss", "total_loss"]
    assert [int(row["evaluation"]) for row in rows] == [1, 2]
    assert [float(row["total_loss"]) for row in rows] == [row.total_loss for row in result.trace]


def test_a_trace_of_several_scales_has_their_sizes(store: Store, small: Spec) -> None:
    """And steps are counted over all of them; the inputs are those of the last, the start is that of the first."""
    spec = changed(small, earlier=((16, 1), (23, 3)))
    picture = write_result(store, spec, transfer(spec), now())
    rows = list(csv.DictReader((picture.parent / "trace.csv").read_text().splitlines()))
    assert list(rows[0]) == ["evaluation", "seconds", "size", "content_loss", "style_loss", "total_loss"]
    assert [(int(row["evaluation"]), int(row["size"])) for row in rows] == list(
        zip(range(1, 7), (16, 23, 23, 23, 32, 32), strict=True)
    )
    metrics = store.metrics(signature(spec)) or {}
    assert (metrics["steps_requested"], metrics["evaluations"]) == (6, 6)
    with Image.open(picture) as last, Image.open(picture.parent / "start.png") as first:
        assert (last.size, first.size) == ((48, 32), (24, 16))
    with Image.open(store.picture(metrics["inputs"]["content"])) as content:
        assert content.size == (48, 32)
    assert from_dict(yaml.safe_load((picture.parent / "spec.yaml").read_text())) == spec


def test_inputs_of_a_failure_are_those_of_a_result(store: Store, small: Spec) -> None:
    spec = changed(small, earlier=((16, 1),))
    folder = write_failure(store, spec, diverged(None), now())
    with Image.open(folder / "start.png") as start:
        assert start.size == (24, 16)


def test_the_spec_comes_back_from_its_file_and_from_the_picture(store: Store, small: Spec, result: Result) -> None:
    picture = write_result(store, small, result, now())
    assert from_dict(yaml.safe_load((picture.parent / "spec.yaml").read_text())) == small
    with Image.open(picture) as image:
        assert image.text["nst:spec"] == canonical(small)  # type: ignore[attr-defined]
        assert image.text["nst:signature"] == signature(small)  # type: ignore[attr-defined]


def test_inputs_are_shared_and_named_by_their_pixels(store: Store, small: Spec, result: Result) -> None:
    write_result(store, small, result, now())
    before = {path: path.stat().st_mtime_ns for path in store.pictures.iterdir()}
    write_result(store, changed(small, seed=1), result, now())
    assert {path: path.stat().st_mtime_ns for path in store.pictures.iterdir()} == before
    expected = {name: picture_hash(result.inputs.pictures[name]) for name in ("content", "style")}
    assert (store.metrics(signature(small)) or {})["inputs"] == expected
    assert names(store.pictures) == {f"{name}.png" for name in expected.values()}


@pytest.mark.parametrize("whole", range(len(FILES) + 2))
def test_metrics_come_last(
    whole: int, store: Store, small: Spec, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any of its eight files has its name, a run does not count as done."""
    written: list[str] = []
    rename = os.replace

    def die(source: str, target: Path) -> None:
        if len(written) == whole:
            raise KeyboardInterrupt
        written.append(target.name)
        rename(source, target)

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        write_result(store, small, result, now())
    assert len(written) == whole and "metrics.json" not in written
    assert store.state(signature(small)) is State.PENDING
    assert not list(store.root.rglob(".*"))


def test_an_older_run_is_swept_aside(store: Store, small: Spec, result: Result) -> None:
    folder = write_failure(store, small, diverged(torch.rand(1, 3, 8, 8)), now())
    assert "best.png" in names(folder)
    write_result(store, small, result, now())
    assert names(folder) == FILES


def test_a_repeat_that_fails_leaves_the_result(store: Store, small: Spec, result: Result) -> None:
    """The reason is beside it, and counts as an attempt; a repeat that succeeds takes the reason away."""
    folder, key = write_result(store, small, result, now()).parent, signature(small)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for error in (OSError("the disk is full"), diverged(torch.rand(1, 3, 8, 8))):
        (folder / "checkpoint.pt").touch()
        write_failure(store, small, error, now())
        assert store.record(key).error == type(error).__name__ and store.state(key) is State.DONE
        assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "error.json"} == before
    assert store.attempt(key) == 3
    write_result(store, small, result, now())
    assert names(folder) == FILES and store.attempt(key) == 4 and store.record(key).error is None


def test_a_diverged_run_keeps_its_trace_and_best_picture(store: Store, small: Spec) -> None:
    grey = torch.full((1, 3, 8, 6), 128 / 255)
    folder = write_failure(store, small, diverged(grey), now())
    assert names(folder) == {"spec.yaml", "start.png", "best.png", "trace.csv", "provenance.json", "error.json"}
    with Image.open(folder / "best.png") as image:
        assert image.size == (6, 8) and image.getpixel((3, 3)) == (128, 128, 128)
    error = store.error(signature(small)) or {}
    assert (error["type"], error["evaluations"]) == ("Diverged", 2)
    assert (error["best_total_loss"], error["best_evaluation"]) == (3.0, 1)
    assert error["message"] == "diverged at evaluation 2: the loss is nan"
    assert len((folder / "trace.csv").read_text().splitlines()) == 3


def test_the_best_picture_of_luminance_has_the_contents_colours(store: Store, small: Spec) -> None:
    spec, best = changed(small, colours="luminance"), torch.rand(1, 3, 32, 48)
    folder = write_failure(store, spec, diverged(best), now())
    with Image.open(folder / "best.png") as image:
        assert np.array_equal(np.asarray(image), np.asarray(to_image(shown(spec, best))))
        assert not np.array_equal(np.asarray(image), np.asarray(to_image(best)))


def test_a_run_that_was_never_good_has_no_best_loss(store: Store, small: Spec) -> None:
    nan = float("nan")
    rows = [TraceRow(1, 0.0, {"content": nan, "style": nan}, nan)]
    error = Diverged("diverged at evaluation 1: the loss is nan", RunState(rows))
    folder = write_failure(store, small, error, now())
    assert json.loads((folder / "error.json").read_text())["best_total_loss"] is None
    assert "best.png" not in names(folder)


@pytest.mark.parametrize("error", [OSError("the disk is full"), MemoryError(), RuntimeError("two\nlines")])
def test_any_failure_is_recorded(error: Exception, store: Store, small: Spec) -> None:
    try:
        raise error
    except Exception as raised:
        folder = write_failure(store, small, raised, now())
    record: dict[str, Any] = read_json(folder / "error.json") or {}
    assert record["type"] == type(error).__name__
    assert record["message"] == (str(error) or "MemoryError")
    assert "test_any_failure_is_recorded" in record["traceback"]
    assert store.state(signature(small)) is State.FAILED


def test_a_run_that_does_not_fit_leaves_no_pictures(store: Store, small: Spec) -> None:
    """They would have to be resized to a size for which there is no memory."""
    folder = write_failure(store, small, TooLarge("9 x 9 needs about 9 GiB"), now())
    assert (read_json(folder / "error.json") or {})["inputs"] == {} and not list(folder.rglob("*.png"))


def test_a_run_whose_picture_is_gone_is_recorded_all_the_same(store: Store, small: Spec, tmp_path: Path) -> None:
    gone = changed(small, content=PictureFile(str(tmp_path / "gone.png"), "0" * 64))
    folder = write_failure(store, gone, RuntimeError("gone"), now())
    assert (read_json(folder / "error.json") or {})["inputs"] == {}


def test_the_checkpoint_stays_until_the_run_is_recorded(
    store: Store, small: Spec, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while its files are written, a run still goes on from its checkpoint."""
    path = store.run(signature(small)) / "checkpoint.pt"
    path.parent.mkdir(parents=True)
    path.touch()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("nst.store.record.link_frames", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        write_result(store, small, result, now())
    assert path.exists() and store.state(signature(small)) is State.PENDING
    write_result(store, small, result, now())
    assert names(path.parent) == FILES
    assert (store.metrics(signature(small)) or {"resumed_at": 0})["resumed_at"] is None


def test_the_checkpoint_of_a_failure_that_may_pass_stays(store: Store, small: Spec) -> None:
    path = store.run(signature(small)) / "checkpoint.pt"
    path.parent.mkdir(parents=True)
    path.touch()
    write_failure(store, small, MemoryError(), now())
    assert path.exists()
    write_failure(store, small, diverged(None), now())
    assert not path.exists()
