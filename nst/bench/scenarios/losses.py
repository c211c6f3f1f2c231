"""Time one evaluation of each style loss against the Gram loss, evaluation by evaluation in turns.

    python -m nst.bench losses --size 512 --rounds 9
    python -m nst.bench losses --losses gram,wasserstein,my_loss

All losses are in one process, and each round evaluates every one once, so that a machine whose speed drifts favours
none. Losses that search for patches are left out by default: an evaluation takes a minute. Memory is not measured.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from nst import losses
from nst.bench.case import CONTENT, timed
from nst.bench.options import names, new_parser, parse
from nst.bench.publish import Caption, Column, number, publish, spread
from nst.hardware.torch_settings import torch_settings
from nst.inputs import load_inputs, set_up
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.terms.balance import is_style_loss

BASE = "gram"
STYLE = "nocturne"
SEARCHING = frozenset({"patches", "remd"})
LAYERS = "conv_1-5"
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("style loss", lambda row: f"`{row.loss}`", is_text=True),
    Column("ms per evaluation", lambda row: number(row.ms_per_evaluation_p50)),
    Column(f"time against {BASE}", lambda row: spread(row.ratio, row.ratio_min, row.ratio_max)),
)
CAPTION = (
    "Loss and gradient of one evaluation, {content} + {style}, {layers} style and conv_4 content, {precision}. "
    "Median of {rounds} rounds of one evaluation each, in turns in one process; ratios to `gram` within a round, with "
    "the least and greatest."
)


@dataclass(frozen=True)
class LossRow:
    """One style loss: median milliseconds of loss and gradient, and the ratio to the Gram loss within a round."""

    loss: str
    size: int
    precision: str
    rounds: int
    ms_per_evaluation_p50: float
    ratio: float
    ratio_min: float
    ratio_max: float


def run(arguments: Sequence[str]) -> int:
    """Measure, write the tables, and return the exit code."""
    options = _parsed(arguments)
    caption = Caption.of(options.device, options.threads)
    precision = options.precisions[0]
    text = caption.text(
        CAPTION.format(content=CONTENT, style=STYLE, layers=LAYERS, precision=precision, rounds=options.rounds)
    )
    rows: list[LossRow] = []
    shown = ""
    for size in options.sizes:
        seconds = _measure(options.losses, size, precision, options.rounds, caption)
        rows += to_rows(seconds, size, precision)
        shown = publish(rows, LossRow, COLUMNS, text, f"{caption.stem}-losses", "bench-losses", options)
    print(shown)
    return 0


def to_rows(seconds: Mapping[str, Sequence[float]], size: int, precision: str) -> list[LossRow]:
    """Return a row per loss from its seconds in each round; the base must be among them."""
    rows = []
    for loss, times in seconds.items():
        ratios = [one / base for one, base in zip(times, seconds[BASE], strict=True)]
        rows.append(
            LossRow(
                loss, size, precision, len(times), median(times) * 1000, median(ratios), min(ratios), max(ratios)
            )
        )  # fmt: skip
    return rows


def in_turns(evaluations: Mapping[str, Callable[[], object]], rounds: int, device: str) -> dict[str, list[float]]:
    """Call each evaluation once to warm up and then once per round; return the seconds of the rounds."""
    for evaluate in evaluations.values():
        evaluate()
    seconds: dict[str, list[float]] = {name: [] for name in evaluations}
    for _ in range(rounds):
        for name, evaluate in evaluations.items():
            seconds[name].append(timed(evaluate, device))
    return seconds


def style_losses() -> list[str]:
    """Return the losses that measure a style, whether built in or the user's own."""
    return [name for name in losses.names() if is_style_loss(name)]


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    known = style_losses()
    parser = new_parser("python -m nst.bench losses", __doc__, "512", "--size")
    default = ",".join([BASE, *(name for name in known if name not in SEARCHING | {BASE})])
    parser.add_argument("--losses", default=default, metavar="LIST", help="(default: all that need no search)")
    options = parse(parser, arguments, counts=())
    options.losses = list(dict.fromkeys([BASE, *names(options.losses, known, "--losses")]))
    return options


def _measure(
    chosen: Sequence[str], size: int, precision: str, rounds: int, caption: Caption
) -> dict[str, list[float]]:  # fmt: skip
    specs = {
        name: resolve(
            Config(
                content=CONTENT, style=STYLE, style_loss=name, style_layers=LAYERS, size=size, precision=precision,
                device=caption.device, threads=caption.threads, optimizer={"name": "lbfgs"},
            )
        )
        for name in chosen
    }  # fmt: skip
    with torch_settings(specs[BASE].runtime):
        evaluations = {}
        for name, spec in specs.items():
            picture, objective = set_up(spec, load_inputs(spec))
            evaluations[name] = partial(objective.loss_and_gradient, picture)
        return in_turns(evaluations, rounds, caption.device)
