"""Time an evaluation, including the optimizer: nst against the plain loop, a tuned plain loop, and pastiche.

    python -m nst.bench --sizes 256,512 --evaluations 10 --engines nst,plain
    python -m nst.bench --profile --sizes 512 --precisions bf16      # where nst's time goes, by operator
    python -m nst.bench sweep --size 256 --steps 100                 # four runs: `nst.run -m` against four plain loops
    python -m nst.bench reach --size 512                             # time to reach the plain loop's final loss
    python -m nst.bench losses --size 512                            # each style loss against the Gram loss
    python -m nst.bench startup --size 512                           # from the command to the first evaluation
    python -m nst.bench winograd --size 512                          # fp32_winograd against fp32, layer by layer

Engines take turns, each turn in a fresh process with a full L-BFGS history. Writes `benchmarks/<device>.{csv,md}`.
"""
# ruff: noqa: E402

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from nst.signals import AGAIN, STOP

if __name__ == "__main__":
    STOP.begin(AGAIN)  # before the imports below, which take a while

from nst.errors import UserError
from nst.terminal import importing

with importing():
    from nst.bench.options import PRECISIONS as CHOICES
    from nst.bench.options import names, new_parser, parse
    from nst.bench.publish import Caption, Column, number, percent, publish, put_between, spread, to_markdown
    from nst.bench.rounds import Plan, Row, measure
    from nst.bench.timed_process import Launch, in_new_process

KINDS = {"sweep": "sweep", "reach": "time_to_loss", "losses": "losses", "startup": "startup", "winograd": "winograd"}
"""Modules of the benchmarks that begin with a name."""
PRECISIONS = {"nst": CHOICES, "plain": ("fp32",), "tuned": ("fp32", "bf16"), "pastiche": ("fp32",)}
"""Precisions of each engine."""
EVALUATIONS = {False: 10, True: 100}
"""Default number of evaluations timed per round, without and with CUDA."""
COLUMNS = (
    Column("px", lambda row: str(row.size)),
    Column("engine", lambda row: f"{row.engine} {row.precision}", is_text=True),
    Column("ms per evaluation", lambda row: number(row.ms_per_evaluation_p50)),
    Column("times faster than plain", lambda row: spread(row.ratio_to_plain, row.ratio_min, row.ratio_max)),
    Column("of the matrix rate", lambda row: percent(row.matrix_rate_share)),
    Column("peak MiB", lambda row: number(row.peak_memory_mib)),
    Column("MiB before set-up", lambda row: number(row.resident_before_mib)),
    Column("final loss, fp32", lambda row: row.error or number(row.total_loss_fp32, 4)),
)
CAPTION = (
    "One evaluation with its L-BFGS update, its history of 100 pairs full; built-in pictures, square, conv_1-5 style "
    "(1e6) and conv_4 content (1). Median of {rounds} rounds of {evaluations} evaluations, engines in turns, each turn "
    "in a fresh process; ratios within a round, with their least and greatest. Matrix rate: convolutions and Gram "
    "products, forward and backward, over a large matrix product in the same precision timed in the same turn. Peak: "
    "of the {memory}, set-up included. Loss: total after {losses} evaluations from the content picture, which then is "
    "clamped (pastiche never does)."
)
README_SIZE, README_ENGINES = 512, (("plain", "fp32"), ("nst", "fp32"), ("nst", "bf16"))
"""Rows of README's table."""
README_COLUMNS = COLUMNS[1:4]
README_CAPTION = (
    "One evaluation at {size} x {size} pixels with its L-BFGS update; `plain` is the PyTorch tutorial's loop. {where}"
)
TF32 = " Plain, tuned and pastiche keep PyTorch's defaults, TF32 in convolutions; nst's fp32 is full float32."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit with 2 and one line for a user error, with 1 if an engine failed."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    STOP.allow_interrupts()
    try:
        with importing():
            kind = import_module(f"nst.bench.scenarios.{KINDS[given[0]]}") if given[:1] and given[0] in KINDS else None
        code = kind.run(given[1:]) if kind else run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        print("\ninterrupted: finished sizes are written", file=sys.stderr)
        code = 130
    if code:
        raise SystemExit(code)


def run(arguments: Sequence[str], launch: Launch = in_new_process) -> int:
    """Measure, write the tables, and return the exit code."""
    options = _parsed(arguments)
    caption = Caption.of(options.device, options.threads)
    options.evaluations = options.evaluations or EVALUATIONS[caption.device.startswith("cuda")]
    if options.profile:
        return _profile(options)
    plan = Plan(
        tuple(pairs(options.engines, options.precisions)),
        options.evaluations, options.rounds, options.loss_evaluations or options.evaluations, caption.device,
        options.threads,
    )  # fmt: skip
    rows: list[Row] = []
    shown, text = "", caption.text(_caption(plan, caption.device))
    for size in options.sizes:  # written after each size: the next may take an hour
        rows += measure(plan, size, launch)
        shown = publish(rows, Row, COLUMNS, text, caption.stem, "bench", options)
    if options.readme and README_SIZE in options.sizes:
        put_between(options.readme, "bench", summary(rows, caption.where()))
    print(shown)
    return int(any(row.error for row in rows))


def pairs(engines: Sequence[str], precisions: Sequence[str]) -> list[tuple[str, str]]:
    """Pair each engine with the precisions that it supports, or with its first one, so that no baseline is left out."""
    return [
        (engine, precision)
        for engine in engines
        for precision in ([p for p in precisions if p in PRECISIONS[engine]] or PRECISIONS[engine][:1])
    ]


def summary(rows: Sequence[Row], where: str) -> str:
    """Return README's table: the plain loop and nst at one size."""
    kept = [row for row in rows if row.size == README_SIZE and (row.engine, row.precision) in README_ENGINES]
    return to_markdown(kept, README_COLUMNS, README_CAPTION.format(size=README_SIZE, where=where))


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = new_parser("python -m nst.bench", __doc__, "256,512,1024")
    parser.add_argument("--engines", default="plain,nst,tuned,pastiche", help="(%(default)s)")
    parser.add_argument("--evaluations", type=int, metavar="N", help="evaluations timed per round (10; on CUDA 100)")
    parser.add_argument(
        "--loss-evaluations", type=int, metavar="N", help="evaluations before the final loss (likewise)"
    )
    parser.add_argument("--readme", type=Path, metavar="FILE", help="write the rows at 512 pixels between its markers")
    parser.add_argument("--profile", action="store_true", help="print nst's time by operator, for the first size")
    options = parse(parser, arguments, counts=("evaluations", "loss_evaluations"))
    options.engines = names(options.engines, PRECISIONS, "--engines")
    return options


def _caption(plan: Plan, device: str) -> str:
    memory = "GPU's memory" if device.startswith("cuda") else "process's resident memory"
    text = CAPTION.format(
        rounds=plan.rounds, evaluations=plan.evaluations, losses=plan.loss_evaluations, memory=memory
    )  # fmt: skip
    return text + (TF32 if device.startswith("cuda") else "")


def _profile(options: argparse.Namespace) -> int:
    from nst.bench.costs import profile

    precision = options.precisions[-1]
    print(f"nst {precision}, {options.sizes[0]} px, {options.evaluations} evaluations:")
    print(profile(options.sizes[0], precision, options.evaluations, options.device, options.threads))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main()
    STOP.leave(0)
