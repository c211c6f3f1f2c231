"""Run every sweep of the write-up and build its site: figures, tables, and its statements beside measurements.

    python -m nst.writeup profile=quick              # built-in pictures, small; without profile=quick, the full sizes
    python -m nst.writeup profile=quick plan=true    # estimate the time; run nothing
    python -m nst.writeup profile=quick --site-only  # rebuild the site from the store
    python -m nst.writeup pictures=writeup picture_dirs=[my_pictures] pictures.impression_sunrise=water_lilies

KEY=VALUE is any override of `python -m nst.run`; it applies to every sweep. The same command resumes an earlier one
that stopped. Exit codes are those of nst.run: 0 all done; 1 a run failed; 2 the configuration is wrong and nothing was
started; 130 interrupted (Ctrl-C), 143 terminated (SIGTERM), both after building the site from finished runs.
"""
# ruff: noqa: E402

import os
import signal
import sys
from collections.abc import Sequence

from nst.signals import STOP, Terminated

if __name__ == "__main__":
    STOP.begin()  # before the imports below, which take a while

from nst.errors import JobError, UserError
from nst.terminal import importing, steady_streams

with importing():
    from nst.writeup.site.arguments import HELP, Asked, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. User errors print one line on stderr."""
    arguments = sys.argv[1:] if argv is None else argv
    steady_streams()
    if any(flag in arguments for flag in HELP):
        print(__doc__)
        return 0
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in nst.run: before torch is imported
    STOP.install()
    STOP.allow_interrupts()
    try:
        return _do(parse(arguments))
    except (UserError, JobError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    except KeyboardInterrupt as stop:  # before the first sweep, or while building the site
        print("\nstopped; the same command resumes from here", file=sys.stderr)
        return _code(stop)


def _do(asked: Asked) -> int:
    if asked.site_only:
        return _site(asked, 0)
    with importing():
        from nst.writeup.site.run import left, prepare, run_all

    sweeps = prepare(asked)
    if asked.plan:
        return 0
    try:
        code = run_all(sweeps, asked.overrides)
    except KeyboardInterrupt as stop:
        for number in (signal.SIGINT, signal.SIGTERM):  # a further signal does not wait for the site
            signal.signal(number, signal.SIG_DFL)
        return _site(asked, _code(stop))
    return code if code == 2 else _site(asked, code or int(left(sweeps) > 0))


def _site(asked: Asked, code: int) -> int:
    with importing():
        from nst.writeup.site.site import build

    print(f"write-up: {build(asked)}", file=sys.stderr, flush=True)
    return code


def _code(stop: KeyboardInterrupt) -> int:
    return 143 if isinstance(stop, Terminated) else 130


if __name__ == "__main__":
    STOP.leave(main())
