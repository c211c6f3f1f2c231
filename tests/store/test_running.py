"""Runs that are being made, as the kernel lists their locks."""

from pathlib import Path

from filelock import FileLock

from nst.store.running import KERNEL, running


def test_a_lock_that_is_held(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    held, free = tmp_path / "locks" / "held.lock", tmp_path / "locks" / "free.lock"
    held.touch()
    free.touch()
    kernel = tmp_path / "kernel"
    kernel.write_text(
        f"1: POSIX  ADVISORY  READ 17 fe:00:999999999 128 128\n"
        f"2: FLOCK  ADVISORY  WRITE 23 fe:00:{held.stat().st_ino} 0 EOF\n"
        f"2: -> FLOCK  ADVISORY  WRITE 24 fe:00:{free.stat().st_ino} 0 EOF\nnonsense\n"
    )
    assert running(tmp_path / "locks", ["held", "free", "none"], kernel) == {"held"}


def test_where_the_kernel_says_nothing(tmp_path: Path) -> None:
    assert running(tmp_path / "locks", ["a"], tmp_path / "none") == frozenset()


def test_the_locks_that_runs_take(tmp_path: Path) -> None:
    """A real one, where there is a list of them."""
    (tmp_path / "locks").mkdir()
    with FileLock(tmp_path / "locks" / "a.lock"):
        assert running(tmp_path / "locks", ["a"]) == ({"a"} if KERNEL.exists() else frozenset())
    assert running(tmp_path / "locks", ["a"]) == frozenset()
