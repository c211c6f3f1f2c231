"""Refuse to start where this process may not have the memory or the threads that the libraries take for themselves.

They do not say so: OpenBLAS asks for ever, glibc and OpenMP end the process. So a child tries first, where there is a
limit; it is what `python -m nst.memory.limits MODULE...` runs.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from nst.errors import JobError, reason

SPARE = 512 * 2**20
"""Bytes that a tiny run takes beside its libraries: the network, working memory and stacks of threads."""
SPARE_THREADS = 64
TRIAL_SECONDS = 60
"""Seconds of computing after which a trial is one that would never end; it takes about five."""
NO_MEMORY = 9


def check_limits(*modules: str) -> None:
    """Raise `JobError` if this process has limits under which it cannot import and use `modules`."""
    found = list(limits())
    if not found:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each of its threads would ask for memory in the middle of work
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "nst.memory.limits", *modules]
    try:
        trial = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        raise JobError(f"no process can be started under {' and '.join(found)}") from None
    lines = trial.stderr.decode(errors="replace").strip().splitlines()
    if trial.returncode:
        why = lines[-1] if lines else "they asked for it without end"
        raise JobError(f"{' and '.join(found)} leaves libraries too little ({why}); raise it")


def limits() -> Iterator[str]:
    """Yield the limits of this process on memory, and that on processes if it is near, each as `ulimit` shows it."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for number, flag in ((resource.RLIMIT_AS, "v"), (resource.RLIMIT_DATA, "d")):
        allowed = resource.getrlimit(number)[0]
        if allowed != resource.RLIM_INFINITY:
            yield f"ulimit -{flag} {allowed // 1024}"
    allowed = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if allowed != resource.RLIM_INFINITY and os.getuid() and allowed < _threads_of_user() + SPARE_THREADS:
        yield f"ulimit -u {allowed}"


def _threads_of_user() -> int:
    """Return the threads of all processes of this user, which the limit on processes counts."""
    count, user = 0, os.getuid()
    for tasks in Path("/proc").glob("[0-9]*/task"):
        with suppress(OSError):  # it has ended
            if tasks.stat().st_uid == user:
                count += tasks.stat().st_nlink - 2
    return count


def main(modules: Sequence[str]) -> NoReturn:
    """Import modules, start PyTorch's threads, and take the spare memory; ends with 1 and a reason if that fails."""
    import mmap
    import resource
    from importlib import import_module

    _end_with_parent()
    resource.setrlimit(resource.RLIMIT_CPU, (TRIAL_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        for module in modules:
            import_module(module)
        if torch := sys.modules.get("torch"):
            torch.ones(2**16, requires_grad=True).exp().sum().backward()
        mmap.mmap(-1, SPARE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
        code = 0
    except Exception as error:
        print(reason(error).strip().partition("\n")[0] or type(error).__name__, file=sys.stderr, flush=True)
        code = 1
    os._exit(code)  # without memory, the interpreter's end would speak, too


def _end_with_parent() -> None:
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


if __name__ == "__main__":
    main(sys.argv[1:])
