"""A command refuses to start under limits with which its libraries would fail."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nst.errors import JobError
from nst.memory import limits

resource = pytest.importorskip("resource")
CHECK = """
import resource, sys
from nst.errors import JobError
from nst.memory.limits import check_limits
resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]) * 2**20,) * 2)
try:
    check_limits(*sys.argv[3:])
except JobError as error:
    print(error)
"""


def check(limit: str, mebibytes: int, *modules: str, folder: Path = Path()) -> str:
    """Return what a process with a limit says."""
    command = [sys.executable, "-c", CHECK, limit, str(mebibytes), *modules]
    path = os.pathsep.join([str(folder), str(Path(limits.__file__).parents[2])])
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=100, env=os.environ | {"PYTHONPATH": path}, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.strip()


@pytest.mark.parametrize(("limit", "flag"), [("RLIMIT_AS", "v"), ("RLIMIT_DATA", "d")])
def test_memory_for_a_tiny_run_must_be_left(limit: str, flag: str) -> None:
    """512 MiB are spared: a limit of 400 leaves too little, one of 2048 enough."""
    assert check(limit, 400, "json") == (
        f"ulimit -{flag} {400 * 1024} leaves libraries too little (Cannot allocate memory); raise it"
    )
    assert check(limit, 2048, "json") == ""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise MemoryError", "MemoryError"),
        ("import os; os.write(2, b'1\\n2\\n'); os._exit(3)", "2"),
        ("import os; os.kill(os.getpid(), 24)", "they kept asking for more"),
    ],
)
def test_a_library_may_raise_or_end_the_process_or_never_return(tmp_path: Path, code: str, why: str) -> None:
    """24 is SIGXCPU, which the system sends to a child that has computed for a minute."""
    (tmp_path / "module_of_a_test.py").write_text(code)
    said = check("RLIMIT_AS", 2048, "module_of_a_test", folder=tmp_path)
    assert said == f"ulimit -v {2048 * 1024} leaves libraries too little ({why}); raise it"


def test_without_limits_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(limits.subprocess, "run", started)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    limits.check_limits("json")


@pytest.mark.parametrize(("allowed", "found"), [(163, ["ulimit -u 163"]), (164, [])])
def test_threads_count_for_users_that_are_limited(
    monkeypatch: pytest.MonkeyPatch, allowed: int, found: list[str]
) -> None:
    """100 threads of this user, and 64 to spare."""
    infinite = (resource.RLIM_INFINITY,) * 2
    monkeypatch.setattr(
        resource, "getrlimit", lambda number: (allowed, allowed) if number == resource.RLIMIT_NPROC else infinite
    )
    monkeypatch.setattr(limits, "_threads_of_user", lambda: 100)
    monkeypatch.setattr(limits.os, "getuid", lambda: 1000)
    assert list(limits.limits()) == found
    monkeypatch.setattr(limits.os, "getuid", lambda: 0)
    assert list(limits.limits()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_the_threads_of_this_user_are_counted() -> None:
    assert limits._threads_of_user() >= len(list(Path("/proc/self/task").iterdir()))


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise BlockingIOError

    monkeypatch.setattr(limits, "limits", lambda: iter(["ulimit -u 7"]))
    monkeypatch.setattr(limits.subprocess, "run", refused)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with pytest.raises(JobError, match="^cannot start a process under ulimit -u 7$"):
        limits.check_limits("json")
