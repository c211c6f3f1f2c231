"""Time the start: seconds from the command to the first evaluation, of a single run and of a launcher's workers.

    python -m nst.bench startup --size 512 --rounds 5

Each turn is a fresh process, after one that is not timed, for which Python compiles and the system reads all files.
Beside them: importing torch, which no program that uses it can undercut, and torch with torchvision, as the tutorial.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import mean, median

from nst.bench.options import new_parser, parse
from nst.bench.publish import Caption, Column, number, publish, spread
from nst.bench.startup_marks import BEGUN, EVALUATED, IMPORTED, PLANNED, READY, WEIGHTS, read_marks

TORCH, TORCHVISION, RUN, LAUNCHER = "import torch", "import torch, torchvision", "single run", "joblib"
PLAN, WORKER = "joblib, plan", "joblib, worker"
KINDS = {TORCH: (TORCH,), TORCHVISION: (TORCHVISION,), RUN: (RUN,), LAUNCHER: (PLAN, WORKER)}
"""Commands, and the rows of each."""
WORKERS = 2
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("process", lambda row: row.process, is_text=True),
    Column("s to the first evaluation", lambda row: row.error or spread(row.seconds, row.least, row.greatest)),
    Column("times `import torch`", lambda row: number(row.ratio_to_torch)),
    Column("imports", lambda row: number(row.imports)),
    Column("configuration", lambda row: number(row.configuration)),
    Column("weights", lambda row: number(row.weights)),
    Column("pictures and targets", lambda row: number(row.inputs)),
    Column("first evaluation", lambda row: number(row.evaluation)),
)
CAPTION = (
    "Seconds from the command until the first evaluation begins, with least and greatest, their parts, and the first "
    "evaluation itself, in {precision}; medians of {rounds} rounds in turns, in fresh processes. Imports include "
    "starting Python; configuration: composing, checking and reading pictures. `joblib`: a sweep of two runs side by "
    "side, from the command until its plan is made, and from there in its workers (their mean)."
)

Marks = dict[str, float]


@dataclass(frozen=True)
class Phases:
    """Seconds of one start, and of its parts; `seconds` does not include the first evaluation."""

    seconds: float
    imports: float | None = None
    configuration: float | None = None
    weights: float | None = None
    inputs: float | None = None
    evaluation: float | None = None


@dataclass(frozen=True)
class Ended:
    """A command that has ended: when it began, the marks of each of its processes, and an error or an empty text."""

    began: float
    marks: list[Marks]
    error: str = ""


Launch = Callable[[Sequence[str], Path], Ended]


@dataclass(frozen=True)
class StartupRow:
    """One kind of process: medians over rounds, and the least and greatest total."""

    process: str
    size: int
    seconds: float | None = None
    least: float | None = None
    greatest: float | None = None
    ratio_to_torch: float | None = None
    imports: float | None = None
    configuration: float | None = None
    weights: float | None = None
    inputs: float | None = None
    evaluation: float | None = None
    rounds: int = 0
    error: str = ""


def in_new_process(command: Sequence[str], file: Path) -> Ended:
    """Run a command to its end; Python keeps bytecode, as for users, even if this process is told not to."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    lines = ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"]
    return Ended(began, read_marks(file), lines[-1][:200] if ended.returncode else "")


def run(arguments: Sequence[str], launch: Launch = in_new_process) -> int:
    """Measure, write the tables, and return the exit code."""
    options = parse(new_parser("python -m nst.bench startup", __doc__, "512", "--size"), arguments, counts=())
    caption = Caption.of(options.device, options.threads)
    text = caption.text(CAPTION.format(rounds=options.rounds, precision=options.precisions[0]))
    rows: list[StartupRow] = []
    shown = ""
    for size in options.sizes:
        rows += measure(size, options, launch)
        shown = publish(rows, StartupRow, COLUMNS, text, f"{caption.stem}-startup", "bench-startup", options)
    print(shown)
    return int(any(row.error for row in rows))


def command(kind: str, size: int, options: argparse.Namespace, runs: Path, file: Path) -> list[str]:
    """Return the command of a kind of process; its runs go to `runs`, its marks to `file`."""
    if kind in (TORCH, TORCHVISION):
        now = "import time; now = time.monotonic()"
        mark = f"from nst.bench.startup_marks import IMPORTED, mark; mark({str(file)!r}, IMPORTED, now)"
        return [sys.executable, "-c", f"{kind}; {now}; {mark}"]
    settings = {
        "size": size, "steps": 1, "precision": options.precisions[0], "device": options.device,
        "threads": options.threads, "runs_dir": runs,
    }  # fmt: skip
    side_by_side = ["-m", "init=noise", "seed=0,1", "hydra/launcher=joblib", f"hydra.launcher.n_jobs={WORKERS}"]
    nst = [sys.executable, "-m", "nst.bench.startup_marks", str(file)]
    return [*nst, *(side_by_side if kind == LAUNCHER else []), *(f"{key}={value}" for key, value in settings.items())]


def measure(size: int, options: argparse.Namespace, launch: Launch) -> list[StartupRow]:
    """Start each kind of process once before the rounds and once in each; return its rows."""
    found: dict[str, list[Phases]] = {name: [] for names in KINDS.values() for name in names}
    errors = dict.fromkeys(KINDS, "")
    for turn, kind in product(range(options.rounds + 1), KINDS):
        if errors[kind]:
            continue
        with tempfile.TemporaryDirectory(prefix="nst-bench-") as folder:
            file = Path(folder, "marks.jsonl")
            ended = launch(command(kind, size, options, Path(folder, "runs"), file), file)
        errors[kind] = ended.error
        if turn and not ended.error:
            for name, phases in starts(kind, ended).items():
                found[name].append(phases)
        print(f"{size} px, round {turn} of {options.rounds}, {kind}: {ended.error or 'done'}", file=sys.stderr)
    torch = found[TORCH]
    return [_row(name, size, found[name], torch, errors[kind]) for kind, names in KINDS.items() for name in names]


def starts(kind: str, ended: Ended) -> dict[str, Phases]:
    """Return the start of each process of a command, by the name of its row."""
    driver, *workers = ended.marks
    if kind == RUN:
        return {RUN: _of_run(driver, ended.began)}
    imports = driver[IMPORTED] - ended.began
    if kind == LAUNCHER:
        planned = driver[PLANNED]
        plan = Phases(planned - ended.began, imports, planned - driver[IMPORTED])
        return {PLAN: plan, WORKER: _mean([_of_run(worker, planned) for worker in workers])}
    return {kind: Phases(imports, imports)}


def _of_run(marks: Marks, began: float) -> Phases:
    imported, begun, ready, weights = (marks[name] for name in (IMPORTED, BEGUN, READY, WEIGHTS))
    inputs, evaluation = ready - begun - weights, marks[EVALUATED] - ready
    return Phases(ready - began, imported - began, begun - imported, weights, inputs, evaluation)


def _mean(found: Sequence[Phases]) -> Phases:
    return Phases(**{key: mean(values) for key, values in _columns(found).items()})


def _columns(found: Sequence[Phases]) -> dict[str, list[float]]:
    """Return the seconds of several starts by part, without parts that they do not have."""
    columns = {key: [asdict(phases)[key] for phases in found] for key in Phases.__dataclass_fields__}
    return {key: values for key, values in columns.items() if values and None not in values}


def _row(name: str, size: int, found: Sequence[Phases], torch: Sequence[Phases], error: str) -> StartupRow:
    totals = [phases.seconds for phases in found]
    ratios = [own.seconds / floor.seconds for own, floor in zip(found, torch, strict=False)]
    medians = {key: median(values) for key, values in _columns(found).items()}
    return StartupRow(
        name, size, **medians, least=min(totals, default=None), greatest=max(totals, default=None),
        ratio_to_torch=median(ratios) if ratios else None, rounds=len(found), error=error,
    )  # fmt: skip
