"""Run the command: all sweeps, then the page; errors and signals become a line and an exit code."""

import os
import signal
import sys
from collections.abc import Callable, Sequence

from nst.errors import JobError, UserError
from nst.signals import STOP, Terminated
from nst.site.arguments import Asked
from nst.terminal import importing, steady_streams

HELP = ("-h", "--help")
Build = Callable[[Asked], str]
"""Builds the page from the store; returns its path."""


def begin(argv: Sequence[str] | None, about: str | None, do: Callable[[Sequence[str]], int]) -> int:
    """Run a command line by `do`, or print the command's text `about`; return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    steady_streams()
    if any(flag in arguments for flag in HELP):
        print(about)
        return 0
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in nst.run: before torch is imported
    return answer(lambda: do(arguments))


def answer(do: Callable[[], int]) -> int:
    """Return the exit code of `do`. Errors print one line on stderr."""
    STOP.install()
    try:
        return do()
    except (UserError, JobError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    except KeyboardInterrupt as stop:  # before the first sweep, or while building the page
        print("\nstopped; the same command resumes from here", file=sys.stderr)
        return _code(stop)


def make(asked: Asked, build: Build) -> int:
    """Run what is missing and build the page, as far as the command line asks for it; return the exit code."""
    if asked.site_only:
        STOP.allow_interrupts()
        return _page(asked, build, 0)
    with importing():
        from nst.site.run import left, prepare, run_all

    STOP.allow_interrupts()
    sweeps = prepare(asked)
    if asked.plan:
        return 0
    try:
        code = run_all(sweeps, asked)
    except KeyboardInterrupt as stop:
        for number in (signal.SIGINT, signal.SIGTERM):  # a further signal does not wait for the page
            signal.signal(number, signal.SIG_DFL)
        return _page(asked, build, _code(stop))
    return code if code == 2 else _page(asked, build, code or int(left(sweeps) > 0))


def _page(asked: Asked, build: Build, code: int) -> int:
    print(f"{asked.program.title}: {build(asked)}", file=sys.stderr, flush=True)
    return code


def _code(stop: KeyboardInterrupt) -> int:
    return 143 if isinstance(stop, Terminated) else 130
