"""Milliseconds per evaluation, optimizer included: nst against the tutorial's plain loop, in turns.

    python -m nst.bench --sizes 256,512 --evaluations 10

Built-in pictures, the tutorial's layers, fp32 and bf16. Writes `benchmarks/<device>.md`.
"""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import torch

from nst.bench.plain import plain_loop
from nst.device import device_name
from nst.network.weights import load
from nst.optimizer.loop import make_optimizer, optimise
from nst.pictures.tensors import to_tensor
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.spec.spec import Spec
from nst.store.atomic import write_text
from nst.transfer import load_inputs, prepare_device, set_up


@dataclass(frozen=True)
class Row:
    """Median milliseconds per evaluation of one engine at one size, and its median ratio to the plain loop."""

    engine: str
    size: int
    ms_per_evaluation: float
    times_faster: float


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m nst.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="256,512", help="pixels of the shorter side")
    parser.add_argument("--evaluations", type=int, default=8, help="per engine and round")
    parser.add_argument("--rounds", type=int, default=3, help="each engine once a round")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="folder of the table")
    options = parser.parse_args(arguments)
    rows = [row for size in options.sizes.split(",") for row in bench(int(size), options.evaluations, options.rounds)]
    spec = spec_of(int(options.sizes.split(",")[0]), "fp32")
    name = device_name(spec.device)
    target = options.out / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.md"
    write_text(target, table(rows, f"{name}, {spec.threads} threads, torch {torch.__version__}"))
    print(target.read_text() + f"\n{target}")


def bench(size: int, evaluations: int, rounds: int) -> list[Row]:
    """All engines at one size, in turns; ratios are taken within a round."""
    engines: dict[str, Callable[[Spec, int], float]] = {
        "plain loop": _plain,
        "nst fp32": partial(_nst, "fp32"),
        "nst bf16": partial(_nst, "bf16"),
    }
    spec = spec_of(size, "fp32")
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, run in engines.items():
            seconds[name].append(run(spec, evaluations))
    plain = seconds["plain loop"]
    return [
        Row(name, size, 1e3 * median(found), median(p / s for p, s in zip(plain, found, strict=True)))
        for name, found in seconds.items()
    ]


def spec_of(size: int, precision: str) -> Spec:
    """The default transfer on built-in pictures."""
    return resolve(Config(size=size, precision=precision, optimizer={"name": "lbfgs"}))


def table(rows: Sequence[Row], caption: str) -> str:
    """A Markdown table of rows."""
    lines = [f"{caption}; one evaluation with its L-BFGS update, transfer conv_1-5 + conv_4.", ""]
    lines += ["| size | engine | ms per evaluation | times faster than the plain loop |", "|--:|---|--:|--:|"]
    lines += [f"| {r.size} | {r.engine} | {r.ms_per_evaluation:.0f} | {r.times_faster:.2f} |" for r in rows]
    return "\n".join(lines) + "\n"


def _plain(spec: Spec, evaluations: int) -> float:
    """Median seconds of an evaluation; the first is warm-up."""
    inputs = load_inputs(spec)
    assert inputs.content is not None and inputs.style is not None
    content, style = to_tensor(inputs.content), to_tensor(inputs.style)
    marks: list[float] = []
    plain_loop(
        load(spec.weights), content, style, content, evaluations + 1,
        watch=lambda evaluation, content_loss, style_loss, seconds: marks.append(seconds),
    )  # fmt: skip
    return median(after - before for before, after in zip(marks, marks[1:], strict=False))


def _nst(precision: str, spec: Spec, evaluations: int) -> float:
    """The same with nst in one precision; the first evaluation, apart, is warm-up."""
    spec = spec_of(spec.size, precision)
    prepare_device(spec)
    picture, objective = set_up(spec, load_inputs(spec))
    objective.loss_and_gradient(picture)[0].values()
    return median(optimise(objective, make_optimizer(spec.optimizer), picture, evaluations).durations)


if __name__ == "__main__":
    main()
