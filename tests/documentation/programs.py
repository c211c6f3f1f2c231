"""The programs that the pages show, run in this process, and in small: how a test types a command.

Transfers are tiny already (`test_shown.typed`); here a report is not drawn where it is not asked for, a benchmark takes
its smallest sizes, and the write-up has two of its sweeps.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sweep.command import new_process

import nst.bench.__main__
import nst.bench.scenarios.startup
import nst.bench.scenarios.sweep
import nst.bench.tutorial
import nst.env
import nst.papers.__main__
import nst.report.__main__
import nst.report.build
import nst.store.__main__
import nst.writeup.__main__
import nst.writeup.claims.__main__
from documentation.shown import every_command
from nst.bench.scenarios.startup import Ended
from nst.bench.timed_process import time_task
from nst.papers.library.gatys2016 import PAPER as GATYS
from nst.run import run
from nst.writeup.site.contents import WRITEUP

PLANNED = ("hydra/launcher=", "runs_dir=/shared")
"""What needs a cluster, or a folder of several machines."""
HTML = ["--format", "html,csv"]
"""What a report is made of where a page does not say; drawing takes seconds."""
BENCH = "--sizes 32 --rounds 1 --precisions fp32 --device cpu --threads 1 --out bench".split()
"""The last word of an option counts."""
FEW = ("weight_ratios", "blending")
ONE_PAIR = ["content=wally", "style=picasso"]
"""One replicate of each statement, where the sweep has six."""


def answer(program: Callable[..., Any], *arguments: Any) -> int:
    """The exit code of a command."""
    try:
        return int(program(*arguments) or 0)
    except SystemExit as stop:
        return int(stop.code or 0)


def nst_run(arguments: Sequence[str]) -> int:
    """`python -m nst.run`, without drawing its report; what makes nothing comes after what it would not make."""
    if "rerun=never" in arguments:
        assert nst_run([word for word in arguments if word != "rerun=never"]) == 0
    planned = ["plan=true", "precision=fp32"] if any(word.startswith(PLANNED) for word in arguments) else []
    with new_process(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(nst.report.build, "build", lambda name, root, **_: root / "sweeps" / name / "report")
        return run([*arguments, *planned])


def make(name: str) -> None:
    """Make a sweep of that name, as a page shows it, or else the named sweep."""
    shown = [list(words[3:]) for words in every_command() if f"name={name}" in words]
    known = [f"sweep={name.removesuffix('-quick')}", *(["profile=quick"] if name.endswith("-quick") else [])]
    few = [*ONE_PAIR, f"name={name}"] if name.startswith("claims") else []
    assert nst_run(shown[0] if shown else known + few) == 0


def nst_report(arguments: list[str]) -> int:
    """`python -m nst.report`, of a sweep that was made before; each has a folder of its own, to be made in once."""
    name = next((word for word in arguments[:1] if not word.startswith("-")), "content_layers")
    Path(name).mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(name)
        make(name)
        return nst.report.__main__.main([*arguments, *(HTML if arguments and "--format" not in arguments else [])])


def nst_store(arguments: list[str]) -> int:
    """`python -m nst.store`, where there is something in it."""
    assert nst_run(["size=64"]) == 0
    return nst.store.__main__.main(arguments)


def nst_bench(arguments: list[str]) -> None:
    """`python -m nst.bench`, its processes one after the other in this one."""
    shorter = {"sweep": ["--steps", "1"], "losses": [], "startup": [], "winograd": []}.get(
        *arguments[:1] or [""], ["--evaluations", "1"]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nst.bench.__main__.run, "__defaults__", (time_task,))
        patch.setattr("nst.bench.costs.matrix_rate", lambda *_: 1e11)
        patch.setattr(nst.bench.scenarios.sweep, "_run_all", in_this_process)
        patch.setattr(nst.bench.scenarios.startup.run, "__defaults__", (started,))
        nst.bench.__main__.main([*arguments, *BENCH, *shorter])


def in_this_process(commands: Sequence[Sequence[str]]) -> str:
    """The commands of `bench sweep`, each `PYTHON -m MODULE ...`; no complaint."""
    programs = {"nst.run": nst_run, "nst.bench.tutorial": nst.bench.tutorial.main}
    for _python, _m, module, *words in commands:
        assert not programs[module](words)
    return ""


def started(command: Sequence[str], file: Path) -> Ended:
    """What a command of `bench startup` leaves: its marks, which would take a process of its own."""
    marks = {"imported": 1.0, "planned": 2.0, "begun": 3.0, "weights": 0.5, "ready": 4.0, "evaluated": 5.0}
    return Ended(0.0, [marks] * (3 if "-m" in command[3:] else 1))


def nst_claims(arguments: list[str]) -> int:
    """`python -m nst.writeup.claims`, of sweeps that were made before."""
    names = [word for word in arguments if not word.startswith("-")] or ["claims"]
    for name in names:
        make(name)
    return nst.writeup.claims.__main__.main(arguments)


def nst_writeup(arguments: list[str]) -> int:
    """`python -m nst.writeup`, its sweeps in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nst.writeup.__main__.WRITEUP", replace(WRITEUP, sweeps=FEW))
        patch.setattr("nst.site.run.run_sweep", lambda name, asked: nst_run(asked.arguments(name)))
        patch.setattr("nst.signals.STOP.install", lambda: None)
        with new_process():
            return nst.writeup.__main__.main(arguments)


def nst_papers(arguments: list[str]) -> int:
    """`python -m nst.papers`, its sweeps in this process, with one pair of pictures, which are not measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nst.papers.library.papers", lambda: (GATYS,))
        patch.setattr("nst.site.run.run_sweep", lambda name, asked: nst_run(asked.arguments(name)))
        patch.setattr("nst.signals.STOP.install", lambda: None)
        with new_process():
            return nst.papers.__main__.main([*arguments, *ONE_PAIR, "measure=false"])


PROGRAMS: dict[str, Callable[[list[str]], Any]] = {
    "nst.run": nst_run,
    "nst.report": nst_report,
    "nst.store": nst_store,
    "nst.bench": nst_bench,
    "nst.env": lambda _: nst.env.main(),
    "nst.writeup.claims": nst_claims,
    "nst.writeup": nst_writeup,
    "nst.papers": nst_papers,
}
