"""SIGTERM: a run finishes its evaluation, and writes a last checkpoint if those are on; anything else ends at once.

The handler never raises: an exception out of nowhere would be lost in a destructor, or leave an import half done.
Within a run it sets a flag, which the loop reads after every evaluation. Elsewhere it ends the process with 143.
So does Ctrl-C, with 130, while a command is imported and planned; later it raises `KeyboardInterrupt` as usual.
Either way the process says so in one sentence.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

SAID = {
    signal.SIGINT: "interrupted: finished runs are kept; the same command resumes from here",
    signal.SIGTERM: "terminated: finished runs are kept; the same command resumes from here",
}
AGAIN = {
    signal.SIGINT: "interrupted: finished runs are kept; the same command starts over",
    signal.SIGTERM: "terminated: finished runs are kept; the same command starts over",
}
"""For commands that make no runs, or all of their runs again."""
POLL_SECONDS = 0.2


class Terminated(KeyboardInterrupt):
    """SIGTERM, raised at a safe point; it passes through whatever lets Ctrl-C pass."""


class Stop:
    """SIGTERM state. By default it exits at once; while `waits` is set it only sets `asked`, and a second one exits.

    `pass_on` is called, once, before either. `driver` is the process whose worker this one is, if it is one.
    """

    def __init__(self) -> None:
        self.driver: int | None = None
        self.said: Mapping[signal.Signals, str] = SAID
        self._reset()

    def _reset(self) -> None:
        self.waits = self.asked = False
        self.pass_on: Callable[[], None] | None = None

    def begin(self, said: Mapping[signal.Signals, str] = SAID) -> None:
        """Handle both signals from the start of a command; leave Ctrl-C alone if ignored, as in a background job."""
        self.said = said
        self.install()
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self.interrupt)

    def expect(self, *, starts_over: bool) -> None:
        """Set whether the same command, given again, starts over; otherwise it resumes."""
        self.said = AGAIN if starts_over else SAID

    @property
    def next_time(self) -> str:
        """Return what the same command does if it is given again: `the same command resumes from here`."""
        return self.said[signal.SIGINT].rpartition("; ")[2]

    def interrupt(self, *_: Any) -> None:
        self.end(signal.SIGINT)

    def allow_interrupts(self) -> None:
        """Let Ctrl-C raise `KeyboardInterrupt`: all is imported, and finished runs can be reported."""
        if signal.getsignal(signal.SIGINT) == self.interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def install(self) -> None:
        """Handle SIGTERM; to be called in the main thread of a process."""
        self._reset()
        signal.signal(signal.SIGTERM, self.handle)

    def handle(self, *_: Any) -> None:
        again, self.asked = self.asked, True
        pass_on, self.pass_on = self.pass_on, None
        if pass_on:
            pass_on()
        if again or not (self.waits or self._has_driver()):
            self.end()

    @contextlib.contextmanager
    def deferred(self, pass_on: Callable[[], None] | None = None) -> Iterator[None]:
        """Defer a signal to the end of the block; `pass_on`, if given, is called when it comes."""
        self.waits, self.pass_on = True, pass_on or self.pass_on
        try:
            yield
        finally:
            self.waits = False
            if self.asked:
                raise Terminated

    def work_for(self, driver: int) -> None:
        """Become the worker of `driver`, once per process: end when it ends, after a last checkpoint."""
        if self.driver is None:
            self.driver = driver
            self.install()
            threading.Thread(target=self._watch, daemon=True).start()

    def leave_work(self) -> None:
        """End a worker at a safe point; returns at once in any other process."""
        if self.driver is not None:
            # wait until the driver is gone: it would take a worker that ends for lost, and kill the others
            while self._has_driver():
                time.sleep(POLL_SECONDS)
            self.end()

    def leave(self, code: int | None) -> NoReturn:
        """Exit from a command whose work is done: what the interpreter puts away is not cut short."""
        for number in SAID:
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(code)

    def end(self, number: signal.Signals = signal.SIGTERM) -> NoReturn:
        """End the process, whatever it is doing."""
        with contextlib.suppress(OSError):
            if self.driver is None:
                os.write(2, f"\n{self.said[number]}\n".encode())
        os._exit(128 + number)

    def _has_driver(self) -> bool:
        return self.driver is not None and os.getppid() == self.driver

    def _watch(self) -> None:
        while self._has_driver():
            time.sleep(POLL_SECONDS)
        while self.waits:
            self.asked = True
            time.sleep(POLL_SECONDS)
        self.end()


STOP = Stop()
"""The SIGTERM state of this process."""
