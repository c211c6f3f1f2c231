"""What is read is what was written, or nothing is gone on from."""

import errno
import os
import random
import sys
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from specs import changed

from nst.engine import transfer
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.loop import Progress, RunState, TraceRow
from nst.spec.records import Lbfgs, Spec
from nst.store.files import checkpoint as room
from nst.store.files.checkpoint import (
    Unusable,
    read_checkpoint,
    remove_leftovers,
    set_checkpoint_aside,
    write_checkpoint,
)

KIB = 2**10


@pytest.fixture
def checkpoint() -> Checkpoint:
    losses = {"content": 1.0, "style": 2.0}
    rows = [TraceRow(1, 0.1, losses, 1 / 3), TraceRow(2, 0.25, losses, 3.0)]
    run_state = RunState(
        rows, [0.1, 0.15], 1 / 3, 1, torch.rand(1, 3, 4, 6), bad=1, evaluations=2, seconds_recording=0.5
    )
    state = {
        **{"vectors": torch.rand(9, 2, 128).bfloat16(), "first": torch.tensor(False)},
        **{"last_total": torch.tensor(torch.inf, dtype=torch.float64), "order": torch.arange(4)},
    }
    return Checkpoint(torch.rand(1, 3, 4, 6), state, run_state)


def saved_again(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Load a checkpoint, change it and save it again, with the digest of its new content."""
    data = torch.load(path, weights_only=True)
    del data["digest"]
    change(data)
    torch.save({**data, "digest": room.digest(data)}, path)


def test_what_is_read_is_what_was_written(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    found = read_checkpoint(tmp_path, small)
    assert found is not None and torch.equal(found.picture, checkpoint.picture)
    assert found.state.keys() == checkpoint.state.keys()
    for name, part in checkpoint.state.items():
        assert torch.equal(found.state[name], part) and found.state[name].dtype == part.dtype
    for field in fields(RunState):
        value, expected = getattr(found.run_state, field.name), getattr(checkpoint.run_state, field.name)
        assert torch.equal(value, expected) if field.name == "best_picture" else value == expected
    assert isinstance(found.run_state.trace[0], TraceRow)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_factors_of_balance_are_kept(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    """One without the factors of its run, or with others than it can have, is damaged."""
    spec = replace(small, balance="total")
    factors = {"style": {"conv_2": 0.25}}
    write_checkpoint(tmp_path, spec, replace(checkpoint, balance=factors))
    found = read_checkpoint(tmp_path, spec)
    assert found is not None and found.balance == factors
    for wrong in (None, {"style": {"conv_3": 0.25}}):
        write_checkpoint(tmp_path, spec, replace(checkpoint, balance=wrong))
        with pytest.raises(Unusable, match="a number in it is out of range"):
            read_checkpoint(tmp_path, spec)


def test_a_run_without_a_best_picture(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, replace(checkpoint, run_state=RunState(evaluations=2)))
    found = read_checkpoint(tmp_path, small)
    assert found is not None and found.run_state == RunState(evaluations=2)


def test_none_where_there_is_none(tmp_path: Path, small: Spec) -> None:
    assert read_checkpoint(tmp_path / "nowhere", small) is None


def test_of_a_larger_tensor_only_the_part_is_written(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    """A mebibyte of which 16 KiB are used, in float32 and in bfloat16."""
    for dtype in (torch.float32, torch.bfloat16):
        whole = torch.rand(64, 4096).to(dtype)
        write_checkpoint(tmp_path, small, replace(checkpoint, state={"vectors": whole[1:2], "row": whole[3]}))
        assert (tmp_path / "checkpoint.pt").stat().st_size < 64 * KIB
        found = read_checkpoint(tmp_path, small)
        assert found is not None and torch.equal(found.state["row"], whole[3])


def test_nothing_is_copied_to_be_written() -> None:
    for dtype in (torch.float32, torch.bfloat16):
        part = torch.zeros(8, 16, dtype=dtype)[2:4]
        assert room._compact(part).data_ptr() == part.data_ptr()
        assert room._compact(part).untyped_storage().nbytes() == 32 * part.element_size()


def test_of_a_history_only_the_pairs_that_there_are_are_written(tmp_path: Path, make_spec: Callable[..., Spec]) -> None:
    """32 x 48 pixels are 4608 float32 numbers, padded to 5120: 40 KiB a pair; evaluation 4 has three or four."""
    spec = make_spec(content_layers=("conv_1",), style_layers=("conv_1",), size=32, steps=50, optimizer=Lbfgs())
    sizes: list[int] = []

    def keep(checkpoint: Checkpoint) -> None:
        write_checkpoint(tmp_path, spec, checkpoint)
        sizes.append((tmp_path / "checkpoint.pt").stat().st_size)
        raise KeyboardInterrupt

    def callback(progress: Progress) -> Any:
        return keep if progress.evaluation == 4 else None

    with pytest.raises(KeyboardInterrupt):
        transfer(spec, callback=callback)
    assert 3 * 40 * KIB < sizes[0] < (5 * 40 + 120) * KIB


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seed": 7}, "with signature=[0-9a-f]{12}, but this run uses signature=[0-9a-f]{12}$"),
        ({"threads": 1}, "with threads=2, but this run uses threads=1$"),
        ({"device": "cuda:0"}, "with device=cpu, but this run uses device=cuda$"),
    ],
)
def test_one_of_another_run_is_not_used(
    changes: dict[str, Any], reason: str, tmp_path: Path, small: Spec, checkpoint: Checkpoint
) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    with pytest.raises(Unusable, match=reason):
        read_checkpoint(tmp_path, changed(small, **changes))


def test_how_often_it_is_written_makes_no_other_run(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, changed(small, checkpoint_every=3, frames_every=2), checkpoint)
    assert read_checkpoint(tmp_path, changed(small, trace_every=9)) is not None


def test_on_a_gpu_threads_do_not_matter(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, changed(small, device="cuda:0"), checkpoint)
    assert read_checkpoint(tmp_path, changed(small, device="cuda:1", threads=1)) is not None


@pytest.mark.parametrize("name", ["SPEC_VERSION", "FORMAT"])
def test_one_of_another_version_is_not_used(
    name: str, tmp_path: Path, small: Spec, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    monkeypatch.setattr(room, name, 99)
    with pytest.raises(Unusable, match=f"with {name.lower()}=[0-9]+, but this run uses {name.lower()}=99$"):
        read_checkpoint(tmp_path, small)


def test_one_with_nan_is_not_used(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    checkpoint.picture[0, 1, 2, 3] = float("nan")
    write_checkpoint(tmp_path, small, checkpoint)
    with pytest.raises(Unusable, match="NaN"):
        read_checkpoint(tmp_path, small)


def test_a_damaged_one_is_not_used(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    """Cut off anywhere, or with one bit of a picture or a number turned over."""
    write_checkpoint(tmp_path, small, checkpoint)
    path = tmp_path / "checkpoint.pt"
    whole, generator = path.read_bytes(), random.Random(0)
    with zipfile.ZipFile(path) as archive:
        starts = [info.header_offset for info in archive.infolist() if info.file_size > 64]
    for cut in [0, 1, 64, *(generator.randrange(len(whole)) for _ in range(20)), len(whole) - 1]:
        path.write_bytes(whole[:cut])
        with pytest.raises(Unusable):
            read_checkpoint(tmp_path, small)
    for start in starts:
        turned = bytearray(whole)
        turned[start + 200] ^= 1
        path.write_bytes(turned)
        with pytest.raises(Unusable):
            read_checkpoint(tmp_path, small)


@pytest.mark.parametrize("content", [b"", b"no archive", [1, 2], {"format": 1}, {"format": 1, "picture": "none"}])
def test_what_is_none_is_not_used(content: Any, tmp_path: Path, small: Spec) -> None:
    if isinstance(content, bytes):
        (tmp_path / "checkpoint.pt").write_bytes(content)
    else:
        torch.save(content, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable):
        read_checkpoint(tmp_path, small)


@pytest.mark.parametrize("part", ["course", "picture", "state"])
def test_one_that_lacks_a_part_is_not_used(part: str, tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    saved_again(tmp_path / "checkpoint.pt", lambda data: data.pop(part))
    with pytest.raises(Unusable, match="^it cannot be read"):
        read_checkpoint(tmp_path, small)


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a pixel": lambda data: data["picture"][0, 0, 0].fill_(0.5),
    "a number of the optimizer": lambda data: data["state"]["vectors"][0, 0, :1].fill_(7),
    "the type of a tensor": lambda data: data.update(picture=data["picture"].double()),
    "the shape of a tensor": lambda data: data.update(picture=data["picture"].reshape(1, 3, 6, 4)),
    "the name of a tensor": lambda data: data["state"].update(other=data["state"].pop("order")),
    "the best loss": lambda data: data["course"].update(best_loss=0.1),
    "a row of the trace": lambda data: data["course"]["trace"].pop(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_that_was_saved_again_with_other_content_is_not_used(
    change: Callable[[dict[str, Any]], Any], tmp_path: Path, small: Spec, checkpoint: Checkpoint
) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    saved_again(tmp_path / "checkpoint.pt", lambda _: None)
    assert read_checkpoint(tmp_path, small) is not None
    kept = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    change(kept)
    torch.save(kept, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable, match="^it is damaged: its content is not what was written$"):
        read_checkpoint(tmp_path, small)


IMPOSSIBLE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a picture of another shape": lambda data: data["course"].update(best_picture=torch.rand(1, 3, 6, 4)),
    "a picture of another type": lambda data: data["course"].update(best_picture=torch.rand(1, 3, 4, 6).double()),
    "a flat picture": lambda data: data.update(picture=torch.rand(72)),
    "an infinite pixel": lambda data: data["picture"][0, 0, 0].fill_(torch.inf),
    "no evaluations": lambda data: data["course"].update(evaluations=0),
    "more evaluations than steps": lambda data: data["course"].update(evaluations=3),
    "a best evaluation that is to come": lambda data: data["course"].update(best_evaluation=3),
    "a trace that runs backwards": lambda data: data["course"]["trace"].reverse(),
    "a negative time": lambda data: data["course"].update(durations=[0.1, -0.1]),
    "an order with a place twice": lambda data: data["state"]["order"].fill_(1),
    "a history without pairs": lambda data: data["state"].update(curvatures=torch.zeros(0)),
    "text for a number": lambda data: data["course"].update(evaluations="2"),
    "text for a tensor": lambda data: data["state"].update(order="none"),
    "text for the state": lambda data: data.update(state="none"),
    "an unknown part": lambda data: data["course"].update(more=1),
}


@pytest.mark.parametrize("change", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_numbers_that_cannot_be_are_not_used(
    change: Callable[[dict[str, Any]], Any], tmp_path: Path, small: Spec, checkpoint: Checkpoint
) -> None:
    """Not even with a digest that is right."""
    write_checkpoint(tmp_path, small, checkpoint)
    saved_again(tmp_path / "checkpoint.pt", change)
    with pytest.raises(Unusable, match="^it (is damaged: a number in it is out of range|cannot be read)"):
        read_checkpoint(tmp_path, small)


@pytest.fixture
def second_scale(checkpoint: Checkpoint) -> Checkpoint:
    """After one evaluation of the second of two scales, which began after one of three."""
    rows = [row._replace(size=size) for row, size in zip(checkpoint.run_state.trace, (16, 32), strict=True)]
    return replace(
        checkpoint,
        run_state=replace(checkpoint.run_state, trace=rows, best_evaluation=2, scale=1, before=1, size=32),
    )


def test_a_checkpoint_knows_its_scale(tmp_path: Path, small: Spec, second_scale: Checkpoint) -> None:
    spec = changed(small, earlier=((16, 3),))
    write_checkpoint(tmp_path, spec, second_scale)
    found = read_checkpoint(tmp_path, spec)
    assert found is not None
    assert (found.run_state.scale, found.run_state.before, found.run_state.size) == (1, 1, 32)
    assert [row.size for row in found.run_state.trace] == [16, 32]


@pytest.mark.parametrize(
    "change",
    [
        {"scale": 2},
        {"scale": -1},
        {"scale": 0},
        {"before": 4, "evaluations": 5},
        {"before": 0},
        {"before": 3},
        {"evaluations": 4},
        {"best_evaluation": 1},
        {"size": 16},
        {"size": None},
    ],
    ids=str,
)
def test_a_scale_that_cannot_be_is_not_used(
    change: dict[str, Any], tmp_path: Path, small: Spec, second_scale: Checkpoint
) -> None:
    """Two steps at the last of two scales: four evaluations after one are too many, three before it the most."""
    spec = changed(small, earlier=((16, 3),))
    write_checkpoint(tmp_path, spec, second_scale)
    saved_again(tmp_path / "checkpoint.pt", lambda data: data["course"].update(change))
    with pytest.raises(Unusable, match="^it is damaged: a number in it is out of range$"):
        read_checkpoint(tmp_path, spec)


def test_one_of_before_there_were_scales_is_read(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    def as_before(data: dict[str, Any]) -> None:
        for name in ("scale", "before", "size"):
            del data["course"][name]
        data["course"]["trace"] = [row[:4] for row in data["course"]["trace"]]

    write_checkpoint(tmp_path, small, checkpoint)
    saved_again(tmp_path / "checkpoint.pt", as_before)
    found = read_checkpoint(tmp_path, small)
    assert found is not None and found.run_state.trace == checkpoint.run_state.trace
    assert (found.run_state.scale, found.run_state.before, found.run_state.size) == (0, 0, None)


@pytest.mark.parametrize(
    "strange",
    [
        torch.zeros(1, 3, 4, 6, device="meta"),
        torch.zeros(1, 3, 4, 6).to_sparse(),
        torch.zeros(1).expand(1, 3, 2**20, 2**20),
        torch.zeros(1, 3, 4, 6, requires_grad=True),
    ],
    ids=["meta", "sparse", "expanded", "with a gradient"],
)
@pytest.mark.parametrize("part", ["picture", "state"])
def test_strange_tensors_are_not_used(part: str, strange: Any, tmp_path: Path, small: Spec, checkpoint: Any) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    data = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    torch.save({**data, part: strange if part == "picture" else {"order": strange}}, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable):
        read_checkpoint(tmp_path, small)


def test_one_of_before_there_was_a_digest_starts_over(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    data = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    del data["digest"]
    torch.save({**data, "format": 2}, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable, match="^it was written with format=2, but this run uses format=3$"):
        read_checkpoint(tmp_path, small)
    torch.save(data, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable, match="^it is damaged: "):
        read_checkpoint(tmp_path, small)


def test_one_that_is_set_aside_is_not_found_again(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    for _ in range(2):
        set_checkpoint_aside(tmp_path)
        assert read_checkpoint(tmp_path, small) is None
        assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-unusable.pt"]


class Mischief:
    def __reduce__(self) -> Any:
        return os.mkdir, ("mischief",)


def test_reading_one_runs_no_code(tmp_path: Path, small: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"format": 1, "picture": Mischief()}, tmp_path / "checkpoint.pt")
    with pytest.raises(Unusable):
        read_checkpoint(tmp_path, small)
    assert not (tmp_path / "mischief").exists()


class Failing:
    """A file that fails after so many writes."""

    def __init__(self, file: Any, error: BaseException, writes: int) -> None:
        self.file, self.error, self.left = file, error, writes

    def write(self, data: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return self.file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@pytest.mark.parametrize("writes", [0, 1, 5, 20])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_one_before(
    error: BaseException, writes: int, tmp_path: Path, small: Spec, checkpoint: Checkpoint, monkeypatch: Any
) -> None:
    """PyTorch makes a RuntimeError of a full disk and of Ctrl-C alike; here they stay what they are."""
    write_checkpoint(tmp_path, small, checkpoint)
    later = deepcopy(checkpoint)
    later.run_state.evaluations = 50
    save = torch.save
    monkeypatch.setattr(torch, "save", lambda data, file: save(data, Failing(file, error, writes)))
    with pytest.raises(type(error)) as raised:
        write_checkpoint(tmp_path, small, later)
    assert error in (raised.value, raised.value.__cause__)
    found = read_checkpoint(tmp_path, small)
    assert found is not None and found.evaluation == 2
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


@pytest.mark.skipif(not Path("/dev/full").exists() or sys.platform != "linux", reason="needs /dev/full")
def test_a_disk_that_is_really_full_is_an_os_error(checkpoint: Checkpoint) -> None:
    with pytest.raises(OSError) as raised, open("/dev/full", "wb", buffering=0) as file:
        room._save({"picture": torch.rand(100_000)}, file)
    assert raised.value.errno == errno.ENOSPC


def test_leftovers_of_a_killed_process_are_removed(tmp_path: Path, small: Spec, checkpoint: Checkpoint) -> None:
    write_checkpoint(tmp_path, small, checkpoint)
    (tmp_path / ".checkpoint.pt.a1b2c3.tmp").write_bytes(b"half")
    (tmp_path / ".image.png.a1b2c3.tmp").write_bytes(b"half")
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".image.png.a1b2c3.tmp", "checkpoint.pt"]
