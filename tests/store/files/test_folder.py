"""A result is replaced by a whole one or not at all, whenever the process is killed; its list of files tells damage."""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PIL import Image

from nst.pictures.tensors import encode_png
from nst.result import Result
from nst.spec.signature import Spec, signature
from nst.store.files.atomic import read_json, write_json
from nst.store.files.folder import damage, manifest, replacement, settle
from nst.store.files.frames import FrameWriter
from nst.store.files.names import CHECKPOINT, ERROR, FRAMES, IMAGE, METRICS, TRACE
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import State, Store

from .test_frames import progress

CALLS = ("rename", "replace", "unlink", "rmdir", "mkdir", "link")
FILES = {"spec.yaml", "start.png", "image.png", "trace.csv", "provenance.json", "metrics.json", "frames"}


class Killed(BaseException):
    """Nothing runs after it, no clean-up either."""


def kill_at(call: int, patch: pytest.MonkeyPatch) -> list[str]:
    """Let a process change the disk so many times; returns what it did, as it goes."""
    made: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **keywords: Any) -> Any:
            if len(made) >= call:
                raise Killed
            made.append(name)
            return real(*arguments, **keywords)

        return act

    for name in CALLS:
        patch.setattr(os, name, counted(name, getattr(os, name)))
    return made


def make(store: Store, spec: Spec, result: Result, evaluations: int) -> None:
    """A run of so many evaluations with a frame of each second one."""
    writer = FrameWriter(store.run(signature(spec)), 2)
    for evaluation in range(1, evaluations + 1):
        writer.update(progress(evaluation))
    write_result(store, spec, replace(result, evaluations=evaluations), now())


def check_whole(store: Store, key: str) -> int:
    """The evaluations of the result that is there; all of it is of one run."""
    found = Store(store.root).metrics(key)
    assert found is not None
    folder, evaluations = store.run(key), int(found["evaluations"])
    assert {path.name for path in folder.iterdir() if path.name[0] != "."} - {"error.json"} == FILES
    assert (read_json(folder / "provenance.json") or {})["attempt"] == {4: 1, 6: 2}[evaluations]
    assert len(list((folder / "frames").iterdir())) == evaluations // 2
    with Image.open(folder / "image.png") as image:
        image.load()
    return evaluations


def test_killed_at_every_change_of_the_disk(store: Store, small: Spec, result: Result) -> None:
    key, calm = signature(small), store.root.with_name("calm")
    make(store, small, result, 4)
    shutil.copytree(store.root, calm)
    seen = []
    for call in range(1000):
        with pytest.MonkeyPatch.context() as patch:
            kill_at(call, patch)
            try:
                make(store, small, result, 6)
                break
            except Killed:
                pass
        seen.append(check_whole(store, key))
        make(store, small, result, 6)
        assert {path.name for path in store.run(key).parent.iterdir()} == {key}
        shutil.rmtree(store.root)
        shutil.copytree(calm, store.root)
    assert check_whole(store, key) == 6 and call == len(seen)
    assert sorted(seen) == seen and {4, 6} == set(seen), "the old one up to some moment, the new one from there"


def test_a_failure_that_is_cut_short_is_not_counted(store: Store, small: Spec) -> None:
    """Killed at every change of the disk: it is recorded once or not at all, and its checkpoint is there."""
    key, folder, seen = signature(small), store.run(signature(small)), list[int]()
    for call in range(1000):
        folder.mkdir(parents=True)
        (folder / CHECKPOINT).touch()
        with pytest.MonkeyPatch.context() as patch:
            kill_at(call, patch)
            try:
                write_failure(store, small, MemoryError(), now())
                break
            except Killed:
                pass
        seen.append(store.attempt(key))
        assert (folder / CHECKPOINT).exists() and seen[-1] == (store.state(key) is State.FAILED)
        write_failure(store, small, MemoryError(), now())
        assert store.attempt(key) == seen[-1] + 1 and (read_json(folder / ERROR) or {})["attempt"] == seen[-1] + 1
        shutil.rmtree(store.root)
    assert sorted(seen) == seen and {0, 1} == set(seen)


def test_the_provenance_of_a_run_that_was_cut_short_is_no_attempt(store: Store, small: Spec, result: Result) -> None:
    """It is there without a record if an older version was killed."""
    write_json(store.run(signature(small)) / "provenance.json", {"attempt": 1})
    assert store.attempt(signature(small)) == 0
    write_result(store, small, result, now())
    assert store.attempt(signature(small)) == 1


@pytest.mark.parametrize("error", [OSError("the disk is full"), KeyboardInterrupt(), MemoryError()])
def test_what_fails_leaves_the_old_one_and_nothing_else(error: BaseException, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / METRICS).write_text("{}")

    def fail(folder: Path) -> NoReturn:
        (folder / "image.png").write_bytes(b"half")
        raise error

    with pytest.raises(type(error)), replacement(tmp_path / "old") as new:
        new.mkdir()
        fail(new)
    assert [path.name for path in tmp_path.rglob("*")] == ["old", METRICS]


def test_the_users_files_in_a_run_move_along(store: Store, small: Spec, result: Result) -> None:
    folder = store.run(signature(small))
    make(store, small, result, 4)
    (folder / "notes.txt").write_text("mine")
    (folder / "frames" / "best one.png").write_text("mine")
    make(store, small, result, 6)
    assert (folder / "notes.txt").read_text() == (folder / "frames" / "best one.png").read_text() == "mine"
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}


def test_settling_what_is_settled_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "0123456789ab"
    settle(folder)
    assert list(tmp_path.iterdir()) == []
    folder.mkdir()
    settle(folder)
    assert list(tmp_path.iterdir()) == [folder]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FRAMES).mkdir()
    (tmp_path / IMAGE).write_bytes(encode_png(Image.new("RGB", (3, 2), "red"), {}))
    (tmp_path / TRACE).write_text("abc")
    (tmp_path / FRAMES / "000010.png").write_bytes(b"frame")
    return tmp_path


def test_bytes_and_digests_by_hand(folder: Path) -> None:
    """SHA-256 of "abc" is the first example of FIPS 180-2."""
    found = manifest(folder)
    assert set(found) == {IMAGE, TRACE, "frames/000010.png"}
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert found[TRACE] == {"bytes": 3, "mtime_ns": (folder / TRACE).stat().st_mtime_ns, "sha256": digest}


def test_a_whole_run_has_no_damage(folder: Path) -> None:
    listed = {"files": manifest(folder)}
    (folder / "notes.txt").write_text("of the user's")
    assert damage(folder, listed) is damage(folder, listed, thorough=True) is None


@pytest.mark.parametrize("name", [IMAGE, TRACE, "frames/000010.png"])
def test_any_file_may_be_damaged(folder: Path, name: str) -> None:
    listed, path = {"files": manifest(folder)}, folder / name
    good, written = path.read_bytes(), path.stat().st_mtime_ns
    path.write_bytes(bytes(reversed(good)))
    set_time(path, written)
    assert damage(folder, listed) is None, "only the digest tells"
    assert damage(folder, listed, thorough=True) == f"{name} is not what was written"
    set_time(path, written + 1)
    assert damage(folder, listed) == damage(folder, listed, thorough=True) == f"{name} is not what was written"
    path.write_bytes(good[:-1])
    assert damage(folder, listed) == f"{name} has {len(good) - 1} bytes, not {len(good)}"
    path.unlink()
    assert damage(folder, listed) == f"{name} is missing"


def set_time(path: Path, nanoseconds: int) -> None:
    os.utime(path, ns=(nanoseconds, nanoseconds))


def test_a_copy_is_whole_and_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files have times of their own."""
    listed, read = {"files": manifest(folder)}, list[str]()
    for path in folder.rglob("*.*"):
        set_time(path, 10**18)
    monkeypatch.setattr(
        "nst.store.files.folder._digest",
        lambda path: read.append(path.name) or hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    assert damage(folder, listed) is damage(folder, listed) is None
    assert sorted(read) == ["000010.png", IMAGE, TRACE]
    (folder / TRACE).write_text("abd")
    assert damage(folder, listed) == f"{TRACE} is not what was written"


def test_a_list_of_before_times_were_recorded_is_taken_by_its_sizes(folder: Path) -> None:
    listed = {
        "files": {
            name: {"bytes": entry["bytes"], "sha256": entry["sha256"]} for name, entry in manifest(folder).items()
        }
    }
    (folder / TRACE).write_text("abd")
    assert damage(folder, listed) is None
    assert damage(folder, listed, thorough=True) == f"{TRACE} is not what was written"


def test_a_run_of_before_the_list_needs_its_picture(folder: Path) -> None:
    image = folder / IMAGE
    assert damage(folder, {}) is damage(folder, {}, thorough=True) is None
    image.write_bytes(image.read_bytes()[:-30])
    assert damage(folder, {}) is None
    assert damage(folder, {}, thorough=True) == "image.png cannot be read"
    image.write_bytes(b"")
    assert damage(folder, {}) == "image.png is empty"
    image.unlink()
    assert damage(folder, {}) == "image.png is missing"


@pytest.mark.parametrize(
    "files", [{"../other": {"bytes": 1}}, {"frames/../../other": {"bytes": 1}}, {"/etc/passwd": {}}, {IMAGE: 5}]
)
def test_a_list_that_was_edited_is_not_followed(folder: Path, files: object) -> None:
    assert str(damage(folder, {"files": files})).startswith("its list of files is damaged at ")
