"""Refuse to start if the limits of this process leave the libraries too little memory or too few threads.

The libraries do not report this: OpenBLAS retries for ever, glibc and OpenMP end the process. So if there is a limit, a
child process, `python -m nst.memory.limits MODULE...`, tries first.
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
"""Bytes that a tiny run needs beside its libraries: the network, working memory and thread stacks."""
SPARE_THREADS = 64
TRIAL_SECONDS = 60
"""CPU seconds after which a trial counts as endless; it normally takes about five."""
NO_MEMORY = 9


def check_limits(*modules: str) -> None:
    """Raise `JobError` if this process has limits under which it cannot import and use `modules`."""
    found = list(limits())
    if not found:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each of its threads would allocate memory during the work
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "nst.memory.limits", *modules]
    try:
        trial = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        raise JobError(f"cannot start a process under {' and '.join(found)}") from None
    lines = trial.stderr.decode(errors="replace").strip().splitlines()
    if trial.returncode:
        why = lines[-1] if lines else "they kept asking for more"
        raise JobError(f"{' and '.join(found)} leaves libraries too little ({why}); raise it")


def limits() -> Iterator[str]:
    """Yield this process's limits on memory, and on processes if nearly reached, as `ulimit` shows them."""
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
    """Return the number of threads of all processes of this user, which the limit on processes applies to."""
    count, user = 0, os.getuid()
    for tasks in Path("/proc").glob("[0-9]*/task"):
        with suppress(OSError):  # the process has ended
            if tasks.stat().st_uid == user:
                count += tasks.stat().st_nlink - 2
    return count


def main(modules: Sequence[str]) -> NoReturn:
    """Import modules, start PyTorch's threads and allocate the spare memory; exit with 1 and a reason on failure."""
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
    os._exit(code)  # without memory, the interpreter would print more while shutting down


def _end_with_parent() -> None:
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


if __name__ == "__main__":
    main(sys.argv[1:])
