"""Write the page of a sweep again between two runs, seldom enough to cost little."""

import sys
import time

from filelock import Timeout

from nst.store.plan import Plan
from nst.store.store import Store

SHARE = 0.05
"""At most this part of the time goes into the page."""
LEAST_SECONDS = 2.0


class LivePage:
    """Keeps `report/index.html` of a sweep up to date, but not between timed runs: it would slow the next one."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self.store, self.plan = store, plan
        self.seconds = 0.0
        self.is_off = False
        self.is_timed = "repeat" in plan.varied
        self.page = store.report(plan.name) / "index.html"

    def begin(self) -> None:
        """Write the page before the first run, and print its path."""
        self._write()
        if not self.is_off:
            when = "left alone while runs are timed" if self.is_timed else "grows as runs end"
            print(f"report: {self.page} ({when})", file=sys.stderr, flush=True)

    def after_run(self) -> None:
        """Write the page once more, if it is old enough."""
        if not self.is_off and not self.is_timed and self._age() > max(LEAST_SECONDS, self.seconds / SHARE):
            self._write()

    def _age(self) -> float:
        try:
            return time.time() - self.page.stat().st_mtime
        except OSError:
            return float("inf")

    def _write(self) -> None:
        started = time.monotonic()
        try:
            from nst.report.build import LIVE, build

            with self.store.lock(f"report-{self.plan.name}").acquire(blocking=False):
                build(self.plan.name, self.store.root, formats=LIVE)
        except Timeout:  # another process writes it
            return
        except Exception:  # whatever is wrong with a page must not cost a run; the report at the end will say it
            self.is_off = True
        self.seconds = time.monotonic() - started
