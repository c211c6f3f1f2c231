import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from stored import record_done

from nst.store.files.atomic import write_json
from nst.store.files.names import ERROR, METRICS
from nst.store.store import State, Store

KEY = "0123456789ab"
HOLD = "import sys, filelock\nwith filelock.FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    """The file lock at `path`, held by a process that ends with the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline() == "held\n"
            yield
        finally:
            process.stdin.close()


def test_paths(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.run(KEY) == tmp_path / "jobs" / KEY
    assert store.picture("abc") == tmp_path / "pictures" / "abc.png"
    assert store.sweep("sizes-quick") == tmp_path / "sweeps" / "sizes-quick"
    assert Path(store.lock(KEY).lock_file) == tmp_path / "locks" / f"{KEY}.lock"


def test_looking_creates_nothing(store: Store) -> None:
    assert store.state(KEY) is State.PENDING
    assert store.metrics(KEY) is None and store.error(KEY) is None
    assert not store.root.exists()


def test_states_follow_the_files(store: Store) -> None:
    store.run(KEY).mkdir(parents=True)
    (store.run(KEY) / "image.png").write_bytes(b"a picture without its numbers")
    assert store.state(KEY) is State.PENDING
    write_json(store.run(KEY) / ERROR, {"type": "Diverged"})
    assert store.state(KEY) is State.FAILED
    record_done(store.run(KEY), total_loss=1.0)
    assert store.state(KEY) is State.DONE


@pytest.mark.parametrize("text", ["", "{}", "null", "[1]", '{"total_loss": 1'])
def test_metrics_that_cannot_be_read_are_not_trusted(text: str, store: Store) -> None:
    store.run(KEY).mkdir(parents=True)
    (store.run(KEY) / METRICS).write_text(text)
    assert store.state(KEY) is State.PENDING


def test_a_lock_that_another_process_holds_means_running(store: Store) -> None:
    lock = store.root / "locks" / f"{KEY}.lock"
    with held_by_another_process(lock):
        assert store.state(KEY) is State.RUNNING
        write_json(store.run(KEY) / ERROR, {"type": "OSError"})
        assert store.state(KEY) is State.RUNNING
        assert store.state("ba9876543210") is State.PENDING
        record_done(store.run(KEY), evaluations=1)
        assert store.state(KEY) is State.DONE
    (store.run(KEY) / METRICS).unlink()
    assert store.state(KEY) is State.FAILED


def test_a_lock_outlives_its_use(store: Store) -> None:
    with store.lock(KEY):
        pass
    assert (store.root / "locks" / f"{KEY}.lock").exists()
    assert store.state(KEY) is State.PENDING


def test_a_killed_owner_leaves_the_run_pending(store: Store) -> None:
    lock = store.root / "locks" / f"{KEY}.lock"
    lock.parent.mkdir(parents=True)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "held\n"
        process.kill()
        process.wait()
    assert store.state(KEY) is State.PENDING


@pytest.mark.parametrize(
    ("files", "is_store"),
    [
        ([], False),
        (["pictures/cat.png", "jobs/invoice/a.pdf"], False),
        ([f"jobs/{KEY}/spec.yaml"], False),
        (["jobs/0123456789AB/spec.yaml", "jobs/0123456789AB/provenance.json"], False),
        ([f"jobs/{KEY}/spec.yaml", f"jobs/{KEY}/provenance.json"], True),
        ([".nst-store"], True),
    ],
)
def test_a_store_is_known_by_its_mark_or_by_what_only_it_has(files: list[str], is_store: bool, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert Store(tmp_path).exists() is is_store


def test_an_older_store_is_known_by_a_plan(tmp_path: Path) -> None:
    write_json(tmp_path / "sweeps" / "mine" / "plan.json", {"jobs": []})
    assert not Store(tmp_path).exists()
    write_json(tmp_path / "sweeps" / "mine" / "plan.json", {"version": 1, "varied": [], "jobs": []})
    assert Store(tmp_path).exists()


def test_the_first_lock_marks_the_store_and_what_is_behind_links_counts_for_nothing(tmp_path: Path) -> None:
    real, linked = Store(tmp_path / "real"), Store(tmp_path / "linked")
    write_json(real.run(KEY) / "provenance.json", {})
    (real.run(KEY) / "spec.yaml").touch()
    linked.root.mkdir()
    (linked.root / "jobs").symlink_to(real.root / "jobs")
    assert real.exists() and not linked.exists() and linked.runs() == []
    linked.lock(KEY)
    assert linked.exists() and (linked.root / ".nst-store").read_text().startswith("This folder is a store of nst")


@pytest.mark.parametrize(
    ("content", "is_damaged"),
    [
        (None, False),
        (b"version: 99\n", False),
        (b"", True),
        (b"[1, 2", True),
        (b"- a\n", True),
        (b"\xff\xfe\xfa", True),
    ],
)
def test_a_damaged_spec_is_said_once(
    store: Store, content: bytes | None, is_damaged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of a later version tells nothing, but is not damaged."""
    path = store.run(KEY) / "spec.yaml"
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    assert store.spec(KEY) is None and store.spec(KEY) is None
    assert capsys.readouterr().err == f"damaged: {path}\n" * is_damaged
