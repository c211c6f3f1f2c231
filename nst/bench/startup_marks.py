"""Note the moments of a process that starts a run: modules imported, run begun, set up, evaluated once.

    python -m nst.bench.startup_marks FILE KEY=VALUE...

runs `nst.run` with these arguments and appends a line of JSON to FILE at each moment, also in the workers of a
launcher: they get a callback of Hydra's. Moments are seconds of the clock that all processes of a machine share.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from hydra.experimental.callback import Callback

MODULES = ("nst.run", "nst.sweep.hydra.callback", "nst.sweep.task", "nst.engine")
"""What a run imports before its first evaluation, with all that these import."""
IMPORTED, PLANNED, BEGUN, READY, EVALUATED, WEIGHTS = "imported", "planned", "begun", "ready", "evaluated", "weights"
"""Moments, and (`WEIGHTS`) the seconds that it took to read, expand and convert weights."""


def mark(file: str, name: str, value: float | None = None) -> None:
    """Append a moment, now unless given; the first of a name in a process counts."""
    line = {"process": os.getpid(), "name": name, "value": time.monotonic() if value is None else value}
    with open(file, "a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")


def read_marks(file: Path) -> list[dict[str, float]]:
    """Return the marks of each process by name, in the order in which the processes began to write."""
    found: dict[int, dict[str, float]] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        one = json.loads(line)
        found.setdefault(one["process"], {}).setdefault(one["name"], one["value"])
    return list(found.values())


class Marks(Callback):
    """Marks when a sweep is planned, and watches the engine in the process of a run."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[[str], "Marks"], tuple[str]]:
        """Copy for a worker, which marks that it has imported what it needs."""
        return _arrive, (self.file,)

    def on_multirun_start(self, config: Any, **kwargs: Any) -> None:
        """Mark that workers can start: nst's own callback comes first, and plans."""
        mark(self.file, PLANNED)

    def on_job_start(self, config: Any, **kwargs: Any) -> None:
        """Watch the engine from here on."""
        watch(self.file)


def _arrive(file: str) -> Marks:
    _import_all(file)
    return Marks(file)


def watch(file: str) -> None:
    """Replace functions of the engine by ones that mark when they are called or have returned, for good."""
    from nst.networks.base.layers import Layers

    engine, weights = import_module("nst.engine"), Stopwatch()
    weights.time(import_module("nst.networks.base.network"), "load")
    weights.time(Layers, "_at")

    def ready() -> None:
        mark(file, READY)
        mark(file, WEIGHTS, weights.seconds)

    _around(engine, "transfer", before=lambda: mark(file, BEGUN))
    _around(engine, "set_up", after=ready)
    _around(engine, "optimise", before=lambda: mark(file, EVALUATED))


def _around(
    owner: ModuleType, name: str, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None
) -> None:
    function = getattr(owner, name)

    @wraps(function)
    def watched(*arguments: Any, **settings: Any) -> Any:
        before()
        result = function(*arguments, **settings)
        after()
        return result

    setattr(owner, name, watched)


class Stopwatch:
    """Adds up the seconds of functions; a call from within another counts once."""

    def __init__(self) -> None:
        self.seconds, self.depth = 0.0, 0

    def time(self, owner: Any, name: str) -> None:
        """Replace `owner.name` by a function that is timed, for good."""
        function = getattr(owner, name)

        @wraps(function)
        def timed(*arguments: Any, **settings: Any) -> Any:
            began, self.depth = time.monotonic(), self.depth + 1
            try:
                return function(*arguments, **settings)
            finally:
                self.depth -= 1
                self.seconds += 0 if self.depth else time.monotonic() - began

        setattr(owner, name, timed)


def _import_all(file: str) -> None:
    for module in MODULES:
        import_module(module)
    mark(file, IMPORTED)


def main() -> None:
    """Run the command line; exit as `nst.run` does."""
    file, *arguments = sys.argv[1:]
    _import_all(file)
    callback = f"+hydra.callbacks.startup={{_target_: nst.bench.startup_marks.Marks, file: '{file}'}}"
    raise SystemExit(import_module("nst.run").run([*arguments, callback]))


if __name__ == "__main__":
    main()
