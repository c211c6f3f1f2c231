"""Time a sweep of four runs: `python -m nst.run -m` with its report, against four plain loops in a row.

    python -m nst.bench sweep --size 256 --steps 100

Both pay for everything a user waits for: starting Python, reading weights and pictures, the runs, writing pictures
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

from nst.bench.options import at_least_one, common, new_parser, parse, sizes
from nst.bench.publish import Caption, publish
from nst.bench.table import Column, number, spread

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
    """One engine's sweep: median wall seconds, and times faster than the plain loops within a round."""

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


@dataclass(frozen=True)
class Sweep:
    """The runs of both engines, on two picture files."""

    content: Path
    style: Path
    size: int
    steps: int
    device: str
    threads: int

    def nst(self, precision: str, runs: Path) -> list[list[str]]:
        """Return its one command."""
        layers = ",".join(f"conv_{layer}" for layer in CONTENT_LAYERS)
        settings = {
            "content_layers": layers, "content": self.content, "style": self.style, "size": self.size,
            "steps": self.steps, "precision": precision, "device": self.device, "threads": self.threads,
            "runs_dir": runs, "name": "bench",
        }  # fmt: skip
        return [[sys.executable, "-m", "nst.run", "-m", *(f"{key}={value}" for key, value in settings.items())]]

    def plain(self, folder: Path) -> list[list[str]]:
        """Return its four commands."""
        shared = [str(self.content), str(self.style), str(self.steps), self.device, str(self.threads)]
        command = [sys.executable, "-m", "nst.bench.tutorial_run"]
        return [[*command, *shared, str(layer), str(folder / f"{layer}.png")] for layer in CONTENT_LAYERS]


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
    parser = new_parser("python -m nst.bench sweep", __doc__)
    parser.add_argument("--size", "--sizes", dest="sizes", default="256", help="pixels of a side (%(default)s)")
    parser.add_argument("--steps", type=int, default=100, help="evaluations of each run, in twenties (%(default)s)")
    common(parser)
    options = parse(parser, arguments)
    options.sizes = sizes(options.sizes)
    options.steps = at_least_one(options.steps, "--steps")
    return options


def _measure(size: int, options: argparse.Namespace, caption: Caption) -> list[SweepRow]:
    """Time all engines at one size, in turns."""
    from nst.bench.case import square_case

    with square_case(size, "fp32", caption.device, caption.threads) as given, tempfile.TemporaryDirectory() as folder:
        sweep = Sweep(given.content_file, given.style_file, size, options.steps, caption.device, caption.threads)

        def commands(engine: str, precision: str, turn: int) -> list[list[str]]:
            place = Path(folder) / f"{engine}-{precision}-{turn}"
            return sweep.plain(place) if engine == "plain" else sweep.nst(precision, place)

        pairs = [("plain", "fp32"), *(("nst", precision) for precision in options.precisions)]
        return in_turns(pairs, size, options.steps, options.rounds, commands)


def in_turns(
    pairs: Sequence[tuple[str, str]], size: int, steps: int, rounds: int,
    commands: Callable[[str, str, int], list[list[str]]],
) -> list[SweepRow]:  # fmt: skip
    """Run each engine once a round; leave out engines that failed."""
    seconds: dict[tuple[str, str], list[float]] = {pair: [] for pair in pairs}
    errors: dict[tuple[str, str], str] = {}
    for turn in range(rounds):
        for pair in pairs:
            if not errors.get(pair):
                began = time.perf_counter()
                errors[pair] = _run_all(commands(*pair, turn))
                seconds[pair] += [time.perf_counter() - began] * (not errors[pair])
                outcome = errors[pair] or f"{seconds[pair][-1]:.1f} s"
                print(f"{size} px, round {turn + 1} of {rounds}, {' '.join(pair)}: {outcome}", file=sys.stderr)
    return [_row(pair, size, steps, found, seconds[pairs[0]], errors.get(pair, "")) for pair, found in seconds.items()]


def _run_all(commands: Sequence[Sequence[str]]) -> str:
    """Run commands in order; return the error of the first that fails, or an empty text."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    for command in commands:
        ended = subprocess.run(command, capture_output=True, text=True, env=environment)
        if ended.returncode:
            return (ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"])[-1][:200]
    return ""


def _row(
    pair: tuple[str, str], size: int, steps: int, found: Sequence[float], plain: Sequence[float], error: str
) -> SweepRow:
    ratios = [base / own for base, own in zip(plain, found, strict=False)]
    return SweepRow(
        *pair, size, len(CONTENT_LAYERS), steps,
        seconds_p50=median(found) if found else None, ratio_to_plain=median(ratios) if ratios else None,
        ratio_min=min(ratios, default=None), ratio_max=max(ratios, default=None), rounds=len(found), error=error,
    )  # fmt: skip
