"""SIGTERM ends a process as Ctrl-C does, but lets a run that has checkpoints write a last one first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Terminated(KeyboardInterrupt):
    """SIGTERM; it passes through whatever lets Ctrl-C pass."""


class Stop:
    """What SIGTERM finds: usually it stops the process at once, while `waits` it only leaves word with `asked`.

    A run sets `waits` while it looks at `asked` after every evaluation. A second signal does not wait.
    """

    def __init__(self) -> None:
        self.waits = self.asked = False

    def install(self) -> None:
        """Take SIGTERM, in the main thread of a process."""
        self.waits = self.asked = False
        signal.signal(signal.SIGTERM, self.handle)

    def handle(self, *_: Any) -> None:
        """The signal handler."""
        if not self.waits or self.asked:
            raise Terminated
        self.asked = True

    @contextmanager
    def within_a_run(self) -> Iterator[None]:
        """Within it `waits` may be set; a signal that nobody has looked at takes effect at its end."""
        try:
            yield
        finally:
            self.waits = False
            if self.asked:
                raise Terminated


STOP = Stop()
"""That of this process."""
