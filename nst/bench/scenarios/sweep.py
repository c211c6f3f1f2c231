"""Time a sweep of four runs: `python -m nst.run -m` with its report, against four plain loops in a row.

    python -m nst.bench sweep --size 256 --steps 100

Both include everything a user waits for: starting Python, reading weights and pictures, the runs, writing pictures
(and with nst the store and the report as well).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from nst.bench.case import Case, square_case
from nst.bench.options import new_parser, parse
from nst.bench.publish import Caption, Column, number, publish, spread
from nst.bench.rounds import PLAIN, Pair, in_turns
from nst.bench.timed_process import Timing

CONTENT_LAYERS = (1, 2, 3, 4)
"""One run for each; the style layers are conv_1-5."""
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("engine", lambda row: f"{row.engine} {row.precision}", is_text=True),
    Column("steps", lambda row: str(row.steps)),
    Column("seconds for four runs", lambda row: number(row.seconds_p50)),
    Column(
        "times faster than plain", lambda row: row.error or spread(row.ratio_to_plain, row.ratio_min, row.ratio_max)
    ),
)
CAPTION = (
    "A sweep of four runs (content_layers=conv_1,conv_2,conv_3,conv_4), wall time from the command to its end: "
    "`python -m nst.run -m` with its store and report against four plain-loop processes one after the other. Median "
    "of {rounds} rounds in turns, ratios within a round."
)


@dataclass(frozen=True)
class SweepRow:
    """One engine's sweep: median wall-clock seconds, and speed-up over the plain loops within a round."""

    engine: str
    precision: str
    size: int
    jobs: int
    steps: int
    seconds_p50: float | None = None
    ratio_to_plain: float | None = None
    ratio_min: float | None = None
    ratio_max: float | None = None
    rounds: int = 0
    error: str = ""


def nst_commands(case: Case, precision: str, runs: Path) -> list[list[str]]:
    """Return the single command of nst."""
    layers = ",".join(f"conv_{layer}" for layer in CONTENT_LAYERS)
    settings = {
        "content_layers": layers, "content": case.content_file, "style": case.style_file, "size": case.spec.size,
        "steps": case.spec.steps, "precision": precision, "device": case.device,
        "threads": case.spec.runtime.threads, "runs_dir": runs, "name": "bench",
    }  # fmt: skip
    return [[sys.executable, "-m", "nst.run", "-m", *(f"{key}={value}" for key, value in settings.items())]]


def plain_commands(case: Case, folder: Path) -> list[list[str]]:
    """Return the four commands of the plain loop."""
    settings = (case.content_file, case.style_file, case.spec.steps, case.device, case.spec.runtime.threads)
    command = [sys.executable, "-m", "nst.bench.tutorial", *map(str, settings)]
    return [[*command, str(layer), str(folder / f"{layer}.png")] for layer in CONTENT_LAYERS]


def run(arguments: Sequence[str]) -> int:
    """Measure, write the tables, and return the exit code."""
    options = _parsed(arguments)
    caption = Caption.of(options.device, options.threads)
    rows: list[SweepRow] = []
    shown, text = "", caption.text(CAPTION.format(rounds=options.rounds))
    for size in options.sizes:
        rows += _measure(size, options, caption)
        shown = publish(rows, SweepRow, COLUMNS, text, f"{caption.stem}-sweep", "bench-sweep", options)
    print(shown)
    return int(any(row.error for row in rows))


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = new_parser("python -m nst.bench sweep", __doc__, "256", "--size")
    parser.add_argument("--steps", type=int, default=100, help="evaluations per run, a multiple of 20 (%(default)s)")
    return parse(parser, arguments, counts=("steps",))


def _measure(size: int, options: argparse.Namespace, caption: Caption) -> list[SweepRow]:
    """Time all engines at one size, in turns."""
    settings = (size, "fp32", caption.device, caption.threads)
    with square_case(*settings, steps=options.steps) as case, tempfile.TemporaryDirectory() as folder:

        def commands(pair: Pair, number: int) -> list[list[str]]:
            place = Path(folder) / f"{'-'.join(pair)}-{number}"
            return plain_commands(case, place) if pair[0] == PLAIN else nst_commands(case, pair[1], place)

        pairs = [(PLAIN, "fp32"), *(("nst", precision) for precision in options.precisions)]
        return rows(pairs, size, options.steps, options.rounds, commands)


def rows(
    pairs: Sequence[Pair], size: int, steps: int, rounds: int, commands: Callable[[Pair, int], list[list[str]]]
) -> list[SweepRow]:
    """Run each engine's commands once per round; return one row per engine."""

    def timed(pair: Pair, number: int) -> Timing:
        given, began = commands(pair, number), time.perf_counter()
        error = _run_all(given)
        return Timing(time.perf_counter() - began, error=error)

    found = in_turns(pairs, rounds, size, timed, lambda timing: f"{timing.seconds:.1f} s")
    return [
        SweepRow(
            engine, precision, size, len(CONTENT_LAYERS), steps,
            seconds_p50=median(t.seconds for t in timings.good) if timings.good else None,
            **timings.ratios(), rounds=len(timings.good), error=timings.error,
        )
        for (engine, precision), timings in found.items()
    ]  # fmt: skip


def _run_all(commands: Sequence[Sequence[str]]) -> str:
    """Run commands in order; return the error of the first that fails, or an empty text."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    for command in commands:
        ended = subprocess.run(command, capture_output=True, text=True, env=environment)
        if ended.returncode:
            return (ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"])[-1][:200]
    return ""
