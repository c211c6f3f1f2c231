"""Time how long `nst` takes to reach the loss of the tutorial's loop after 300 evaluations.

    python -m nst.bench reach --size 512 --picture-dir DIR      # DIR holds the write-up's pictures

Both losses are those of the clamped picture in float32. There are three pairs, each from the content and from the same
uniform noise; pairs whose pictures are not found are left out. Set-up, warm-up and loss checks are not timed.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

from nst.bench.case import Case, square_case
from nst.bench.engines import LoopEngine
from nst.bench.options import new_parser, parse
from nst.bench.publish import Caption, Column, number, publish
from nst.errors import UserError
from nst.inputs import load_inputs, set_up
from nst.optimizer.loop import make_optimizer, optimise
from nst.optimizer.schedule import Progress
from nst.torch_settings import apply_settings

PAIRS = (("dancing", "starry_night"), ("wally", "picasso"), ("chelsea", "ihc"))
STARTS = ("content", "uniform")
PATIENCE = 4
"""A run gives up after this many times the plain loop's evaluations."""
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("pair", lambda row: row.pair, is_text=True),
    Column("start", lambda row: "content" if row.start == "content" else "noise", is_text=True),
    Column("plain loop's loss", lambda row: number(row.loss, 4)),
    Column("plain, s", lambda row: number(row.plain_seconds)),
    Column("nst", lambda row: row.precision, is_text=True),
    Column("evaluations to it", lambda row: str(row.evaluations or "never")),
    Column("s", lambda row: number(row.seconds)),
    Column("times faster", lambda row: number(row.ratio)),
)
CAPTION = (
    "Time until nst's picture has the least float32 loss that the plain loop meets in {evaluations} evaluations, over "
    "the time of those (conv_1-5 style, conv_4 content, weights 1e6 and 1), optimizer included, set-up and warm-up "
    "apart; one run each."
)


@dataclass(frozen=True)
class Reached:
    """One start of one pair: the plain loop's loss, and nst's time to reach it (None: never)."""

    size: int
    pair: str
    start: str
    loss: float
    plain_seconds: float
    precision: str
    evaluations: int | None
    seconds: float | None
    ratio: float | None


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
        f" Geometric mean, {precision}: {mean:.1f} times faster."
        for precision in options.precisions
        if (mean := geometric_mean(rows, precision))
    )
    return publish(rows, Reached, COLUMNS, caption.text(text), f"{caption.stem}-reach", "bench-reach", options)


def geometric_mean(rows: Sequence[Reached], precision: str) -> float | None:
    """Return the geometric mean of the ratios; None if there are none, or if a run never reached its loss."""
    ours = [row for row in rows if row.precision == precision]
    found = [row.ratio for row in ours if row.ratio is not None]
    return prod(found) ** (1 / len(found)) if found and len(found) == len(ours) else None


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = new_parser("python -m nst.bench reach", __doc__, "512", "--size")
    parser.add_argument("--evaluations", type=int, default=300, help="evaluations of the plain loop (%(default)s)")
    parser.add_argument(
        "--picture-dir", type=Path, action="append", default=[], help="where the pictures are; repeatable"
    )
    return parse(parser, arguments, counts=("evaluations",))


def _measure(size: int, pair: tuple[str, str], start: str, options: argparse.Namespace, device: str) -> list[Reached]:
    """Run the plain loop once, then nst in each precision to its loss; return no rows if a picture is missing."""
    settings = {"pair": pair, "picture_dirs": options.picture_dir, "init": start}
    most = PATIENCE * options.evaluations
    try:
        with square_case(size, "fp32", device, options.threads, **settings) as given:
            loss, seconds = run_plain(given, options.evaluations)
    except UserError as error:
        print(f"left out: {error}")
        return []
    rows = []
    for precision in options.precisions:
        with square_case(size, precision, device, options.threads, **settings, steps=most) as given:
            evaluations, ours = reach(given, loss)
        ratio = seconds / ours if ours else None
        rows.append(Reached(size, " + ".join(pair), start, loss, seconds, precision, evaluations, ours, ratio))
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
    """Return the evaluations and seconds until the evaluated picture has at most `loss` in float32."""
    apply_settings(given.spec.runtime)
    picture, objective = set_up(given.spec, load_inputs(given.spec))
    objective.loss_and_gradient(picture)

    def callback(progress: Progress) -> None:
        if progress.losses.total <= 1.01 * loss and given.total_loss(progress.picture) <= loss:
            raise _ReachedLoss(progress.evaluation, progress.seconds)

    optimizer = make_optimizer(given.spec.optimizer, given.spec.steps)
    try:
        optimise(objective, optimizer, picture, given.spec.steps, exact_every=(1,), callback=callback)
    except _ReachedLoss as found:
        evaluations, seconds = found.args
        return evaluations, seconds
    return None, None
