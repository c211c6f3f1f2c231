"""Show progress while runs are made: a bar or lines on the console, and the page of a sweep."""

import sys
import time
import warnings
from typing import NoReturn, TextIO

from filelock import Timeout
from tqdm import TqdmWarning, tqdm

from nst.objective.reference import LossValues
from nst.optimizer.loop import Progress
from nst.store.plan import Plan
from nst.store.store import Store
from nst.terminal import plain, printable

SECONDS_BETWEEN_LINES = 10.0
SHARE = 0.05
LEAST_SECONDS = 2.0
"""The page takes at most `SHARE` of the time, and is rewritten after `LEAST_SECONDS` at the earliest."""
BAR = "{desc}  {n_fmt}/{total_fmt} |{bar:20}| {postfix}"
RED, PLAIN = "\033[31m", "\033[0m"


class ConsoleProgress:
    """Shows one run: `[2/4] conv_3`, then evaluation, losses, milliseconds per evaluation and the time left."""

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = printable(title)
        self.stream = plain(stream or sys.stderr)
        self.on_terminal = self.stream.isatty()
        self.in_notebook = type(self.stream).__module__.startswith("ipykernel.")
        self.bar: tqdm[NoReturn] | None = None
        self.next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def update(self, progress: Progress) -> None:
        """Show progress; called by the loop at every evaluation."""
        if self.has_bar:
            self._move_bar(progress)
        elif time.monotonic() >= self.next_line:
            self.next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            self.say(f"{progress.evaluation}/{progress.steps}  {describe(progress)}")

    @property
    def has_bar(self) -> bool:
        """Return whether progress is a bar, rather than a line now and then."""
        return self.on_terminal or self.in_notebook

    def close(self) -> None:
        """Remove the bar, if there is one."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def say(self, text: str, colour: str = "") -> None:
        """Print one line, in place of the bar; a colour is for terminals only."""
        self.close()
        text = f"{colour}{printable(text)}{PLAIN}" if colour and self.on_terminal else printable(text)
        print(f"{self.title}  {text}".strip(), file=self.stream, flush=True)

    def complain(self, text: str) -> None:
        """Print one line, in red on a terminal."""
        self.say(text, RED)

    def _move_bar(self, progress: Progress) -> None:
        if self.bar is None and self.in_notebook:
            self.bar = notebook_bar(self.title, progress.steps)
        elif self.bar is None:
            self.bar = tqdm(
                desc=self.title, total=progress.steps, file=self.stream, leave=False, dynamic_ncols=True, bar_format=BAR
            )
        self.bar.set_postfix_str(describe(progress), refresh=False)
        self.bar.update(progress.evaluation - self.bar.n)


def notebook_bar(title: str, steps: int) -> "tqdm[NoReturn]":
    """Return a bar for a notebook, made of characters if ipywidgets is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)
        from tqdm.auto import tqdm as bar
    return bar(desc=title, total=steps, leave=False)


class LivePage:
    """Keeps `report/index.html` of a sweep up to date, but not between timed runs: it would slow the next one."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store, self.plan = store, plan
        self.seconds = 0.0
        self.is_off = False
        self.is_timed = plan.is_timed
        self.page = store.report(plan.name) / "index.html"

    def begin(self) -> None:
        """Write the page before the first run, and print its path."""
        self._write()
        if not self.is_off:
            when = "not updated while runs are timed" if self.is_timed else "updated as runs end"
            print(f"report: {self.page} ({when})", file=sys.stderr, flush=True)

    def after_run(self) -> None:
        """Write the page again, if it is old enough."""
        try:
            written = self.page.stat().st_mtime
        except OSError:
            written = 0.0
        is_old = time.time() - written > max(LEAST_SECONDS, self.seconds / SHARE)
        if is_old and not self.is_off and not self.is_timed:
            self._write()

    def _write(self) -> None:
        started = time.monotonic()
        try:
            from nst.report.build import LIVE, build

            with self.store.lock(f"report-{self.plan.name}").acquire(blocking=False):
                build(self.plan.name, self.store.root, formats=LIVE)
        except Timeout:  # another process writes it
            return
        except Exception:  # a page that fails must not cost a run; the report at the end will show the error
            self.is_off = True
        self.seconds = time.monotonic() - started


def describe(progress: Progress) -> str:
    """Describe progress: `total 31.2  content 5.62  style 2.56e-05  212 ms/evaluation  0:41 left`.

    In a run of several scales the size comes first, and the milliseconds are of evaluations at that size.
    """
    size = f"{progress.size} px  " if progress.size else ""
    speed = f"{progress.seconds_each * 1e3:.0f} ms/evaluation  {clock(progress.seconds_left)} left"
    return f"{size}{numbers(progress.losses)}  {speed}"


def numbers(losses: LossValues) -> str:
    """Return the total and each term: `total 31.2  content 5.62  style 2.56e-05`."""
    return "  ".join([f"total {losses.total:.4g}", *(f"{name} {loss:.3g}" for name, loss in losses.terms.items())])


def clock(seconds: float) -> str:
    """Format seconds: `0:41`, `12:05`, `3:00:00`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
