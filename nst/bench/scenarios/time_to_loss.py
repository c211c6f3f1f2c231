"""Time how long `nst` takes to reach the loss of the tutorial's loop after 300 evaluations.

    python -m nst.bench reach --size 512 --picture-dir DIR      # DIR holds the write-up's pictures

Both losses are those of the clamped picture in float32. There are three pairs, each from the content and from the same
uniform noise; pairs whose pictures are not found are left out. From noise, nst also runs from coarse to fine: it begins
with noise of a quarter of the size, and makes 50 evaluations there and 50 at half the size. Set-up, warm-up and loss
checks are not timed.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path

from nst.bench.case import Case, square_case
from nst.bench.engines import LoopEngine
from nst.bench.options import new_parser, parse
from nst.bench.publish import Caption, Column, number, publish
from nst.engine import transfer
from nst.errors import UserError
from nst.inputs import load_inputs, set_up
from nst.optimizer.schedule import Progress

PAIRS = (("dancing", "starry_night"), ("wally", "picasso"), ("chelsea", "ihc"))
COARSE_TO_FINE = {"scales.from": 0.25, "scales.factor": 2, "scales.steps": 50}
STARTS: dict[str, tuple[dict[str, float], ...]] = {"content": ({},), "uniform": ({}, COARSE_TO_FINE)}
"""The starts of the plain loop, and with which further keys nst runs from each."""
LEAST_COARSE_TO_FINE = 64
"""Pixels of which a quarter is enough for a picture."""
PATIENCE = 4
"""A run gives up after this many times the plain loop's evaluations."""
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("pair", lambda row: row.pair, is_text=True),
    Column("start", lambda row: "content" if row.start == "content" else "noise", is_text=True),
    Column("plain loop's loss", lambda row: number(row.loss, 4)),
    Column("plain, s", lambda row: number(row.plain_seconds)),
    Column("nst", lambda row: row.precision, is_text=True),
    Column("its sizes", lambda row: row.sizes, is_text=True),
    Column("evaluations to it", lambda row: str(row.evaluations or "never")),
    Column("s", lambda row: number(row.seconds)),
    Column("times faster", lambda row: number(row.ratio)),
)
CAPTION = (
    "Time until nst's picture has the least float32 loss that the plain loop meets in {evaluations} evaluations, over "
    "the time of those (conv_1-5 style, conv_4 content, weights 1e6 and 1), optimizer included, set-up and warm-up "
    "apart; one run each. Evaluations are those at all sizes."
)


@dataclass(frozen=True)
class Reached:
    """One start of one pair: the plain loop's loss, and nst's time to reach it (None: never).

    `sizes`: from coarse to fine; `evaluations`: those at all sizes.
    """

    size: int
    pair: str
    start: str
    loss: float
    plain_seconds: float
    precision: str
    sizes: str
    evaluations: int | None
    seconds: float | None
    ratio: float | None

    @property
    def is_coarse_to_fine(self) -> bool:
        """Return whether nst ran at several sizes."""
        return "," in self.sizes


class _ReachedLoss(Exception):
    """Raised when the loss is reached; `args`: evaluations and seconds."""


def run(arguments: Sequence[str]) -> int:
    """Measure, write the tables, and return the exit code."""
    options = _parsed(arguments)
    caption = Caption.of(options.device, options.threads)
    rows: list[Reached] = []
    for size, pair, start in product(options.sizes, PAIRS, STARTS):
        rows += _measure(size, pair, start, options, caption.device)
        if rows:
            _publish(rows, caption, options)
    print(_publish(rows, caption, options))
    return 0


def _publish(rows: list[Reached], caption: Caption, options: argparse.Namespace) -> str:
    text = CAPTION.format(evaluations=options.evaluations) + "".join(
        f" Geometric mean, {precision}{what}: {mean:.1f} times faster."
        for precision in options.precisions
        for what, coarse_to_fine in (("", False), (", from coarse to fine from noise", True))
        if (mean := geometric_mean(rows, precision, coarse_to_fine))
    )
    return publish(rows, Reached, COLUMNS, caption.text(text), f"{caption.stem}-reach", "bench-reach", options)


def geometric_mean(rows: Sequence[Reached], precision: str, coarse_to_fine: bool = False) -> float | None:
    """Return the geometric mean of the ratios; None if there are none, or if a run never reached its loss.

    The mean is over one run for each start of a pair: that at one size, or, if `coarse_to_fine`, that from coarse to
    fine where there is one.
    """
    ours = [row for row in rows if row.precision == precision]
    chosen = {_start(row): row for row in ours if not row.is_coarse_to_fine}
    if coarse_to_fine:
        chosen |= {_start(row): row for row in ours if row.is_coarse_to_fine}
    found = [row.ratio for row in chosen.values() if row.ratio is not None]
    return prod(found) ** (1 / len(found)) if found and len(found) == len(chosen) else None


def _start(row: Reached) -> tuple[int, str, str]:
    return row.size, row.pair, row.start


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = new_parser("python -m nst.bench reach", __doc__, "512", "--size")
    parser.add_argument("--evaluations", type=int, default=300, help="evaluations of the plain loop (%(default)s)")
    parser.add_argument(
        "--picture-dir", type=Path, action="append", default=[], help="where the pictures are; repeatable"
    )
    return parse(parser, arguments, counts=("evaluations",))


def _measure(size: int, pair: tuple[str, str], start: str, options: argparse.Namespace, device: str) -> list[Reached]:
    """Run the plain loop once, then nst in every way to its loss; return no rows if a picture is missing."""
    settings = {"pair": pair, "picture_dirs": options.picture_dir, "init": start}
    most = PATIENCE * options.evaluations
    try:
        with square_case(size, "fp32", device, options.threads, **settings) as given:
            loss, seconds = run_plain(given, options.evaluations)
    except UserError as error:
        print(f"left out: {error}")
        return []
    rows = []
    ways = STARTS[start] if size >= LEAST_COARSE_TO_FINE else STARTS[start][:1]
    for precision, keys in product(options.precisions, ways):
        with square_case(size, precision, device, options.threads, **settings, steps=most, keys=keys) as given:
            sizes = ", ".join(str(scale.size) for scale in given.spec.scales)
            evaluations, ours = reach(given, loss)
        ratio = seconds / ours if ours else None
        rows.append(Reached(size, " + ".join(pair), start, loss, seconds, precision, sizes, evaluations, ours, ratio))
    return rows


def run_plain(given: Case, evaluations: int) -> tuple[float, float]:
    """Return the least loss of the plain loop, in float32, and the seconds of all its evaluations.

    The least, not the last: with the tutorial's clamp, single losses jump by a factor of a hundred, and runs explode.
    """
    begin, _ = set_up(given.spec, load_inputs(given.spec))
    engine = LoopEngine(given)
    engine.start_at(begin)
    engine.evaluate(2)
    engine.start_at(begin)
    least, best, seconds = float("inf"), begin, 0.0
    for _ in range(evaluations):
        evaluated = engine.picture()
        seconds += sum(engine.evaluate(1))
        if float(engine.loss) < least:
            least, best = float(engine.loss), evaluated
    return given.total_loss(best), seconds


def reach(given: Case, loss: float) -> tuple[int | None, float | None]:
    """Return the evaluations and seconds until the evaluated picture, at the last size, has at most `loss` in float32.

    Both count all sizes.
    """
    spec = replace(given.spec, runtime=replace(given.spec.runtime, trace_every=1, frames_every=1))

    def callback(progress: Progress) -> None:
        is_last_size = not progress.later.evaluations
        if is_last_size and progress.losses.total <= 1.01 * loss and given.total_loss(progress.picture) <= loss:
            raise _ReachedLoss(progress.evaluation, progress.seconds)

    try:
        transfer(spec, callback=callback)
    except _ReachedLoss as found:
        evaluations, seconds = found.args
        return evaluations, seconds
    return None, None
