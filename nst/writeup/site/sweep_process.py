"""One sweep as a process of its own, `python -m nst.run sweep=NAME`, which a signal to this one reaches once."""

import signal
import subprocess
import sys
from collections.abc import Sequence

from nst.sweep.signals import STOP, Terminated
from nst.writeup.site.contents import arguments


def command(sweep: str, overrides: Sequence[str]) -> list[str]:
    """Return the command of a sweep, after the interpreter."""
    return ["-m", "nst.run", *arguments(sweep, overrides)]


def run_sweep(sweep: str, overrides: Sequence[str]) -> int:
    """Run a sweep to its end; returns its exit code, negative if a signal killed it.

    It is in a process group of its own: a terminal's Ctrl-C would reach it beside us, and the second time we pass it on
    would cut its report short. A `KeyboardInterrupt` passes once the sweep has ended, too.
    """
    child = subprocess.Popen([sys.executable, *command(sweep, overrides)], process_group=0)
    try:
        with STOP.deferred(child.terminate):
            return child.wait()
    except KeyboardInterrupt as stop:
        _end(child, stop)
        raise


def _end(child: "subprocess.Popen[bytes]", stop: KeyboardInterrupt) -> None:
    """Pass a signal on and wait; each further one is passed on as well, and does not wait at the other end."""
    while child.poll() is None:
        child.send_signal(signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)
        try:
            child.wait()
        except KeyboardInterrupt as again:
            stop = again
