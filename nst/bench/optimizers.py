"""Ways to keep L-BFGS in [0, 1], in runs long enough to explode: total losses along the way, on several pairs.

    python -m nst.bench.optimizers --device cuda                        # minutes on a GPU
    python -m nst.bench.optimizers --size 64 --evaluations 300 --pairs chelsea+ihc

Keeps every run in `benchmarks/optimizers.csv` and makes only those that are missing; then writes `docs/optimizers.md`.
"""

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields, replace
from pathlib import Path

from nst.bench.lbfgs_variants import DTYPE_VARIANTS, VARIANTS, Run, Variant
from nst.bench.optimizers_page import MARKS, page
from nst.device import device_name
from nst.engine import load_inputs, prepare_device, set_up
from nst.errors import UserError
from nst.optimizer.loop import Diverged, RunState, optimise
from nst.spec.records import Spec
from nst.spec.resolve import resolve
from nst.spec.schema import Config
from nst.store.atomic import write_text

PAIRS = ("chelsea+ihc", "astronaut+ihc", "coffee+retina", "rocket+hubble_deep_field")
PICTURED = ("wally+picasso", "dancing+starry_night")
"""Pairs of the reference write-up, measured where `--picture-dir` has them."""
STARTS = ("content", "noise")
SEEDS = range(5)
"""Of noise, for the comparison of history types; everything else has the first one."""

SETTLED = 50
"""Early jumps are normal: ratios of losses to the best one so far are taken after this evaluation."""
RESULTS = Path("benchmarks/optimizers.csv")
PAGE = Path("docs/optimizers.md")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m nst.bench.optimizers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--size", type=int, default=128, help="pixels of the shorter side")
    parser.add_argument("--evaluations", type=int, default=2000)
    parser.add_argument("--pairs", default=",".join(PAIRS), help="content+style, separated by commas")
    parser.add_argument("--variants", default=",".join(VARIANTS), help=f"of {', '.join(VARIANTS)}")
    parser.add_argument("--picture-dir", type=Path, help=f"a folder that may hold {' and '.join(PICTURED)}")
    parser.add_argument("--page-only", action="store_true", help="write the page from what was measured before")
    options = parser.parse_args(arguments)
    rows = read_rows(RESULTS)
    if not options.page_only:
        folders = [str(options.picture_dir)] if options.picture_dir else []
        base = Config(
            size=options.size, steps=options.evaluations, device=options.device, precision="fp32",
            picture_dirs=folders, optimizer={"name": "lbfgs"},
        )  # fmt: skip
        pairs = [*options.pairs.split(","), *(PICTURED if folders else ())]
        rows = measure(rows, base, pairs, options.variants.split(","))
    write_text(PAGE, page(rows))
    print(f"{RESULTS}: {len(rows)} runs; {PAGE} written")


def measure(rows: list[Run], base: Config, pairs: Sequence[str], variants: Sequence[str]) -> list[Run]:
    """Make the runs that `rows` lacks, keeping each as soon as it is there. Raises `UserError`."""
    unknown = [name for name in variants if name not in VARIANTS]
    if unknown:
        raise UserError(f"no variant is called {unknown[0]!r}: {', '.join(VARIANTS)}")
    for case in _cases(pairs, variants):
        if not any(row.case == case and (row.size, row.steps) == (base.size, base.steps) for row in rows):
            rows = rows + [run(base, *case)]
            write_text(RESULTS, as_csv(rows))
            print(_line(rows[-1]), flush=True)
    return rows


def run(base: Config, pair: str, start: str, seed: int, variant: str) -> Run:
    """One run from its start to its end, or to where it diverges."""
    spec = spec_of(base, pair, start, seed)
    run_state, exploded = course_of(spec, {**VARIANTS, **DTYPE_VARIANTS}[variant])
    losses = [row.total_loss for row in run_state.trace]
    marks = tuple(losses[mark - 1] if mark <= len(losses) else float("nan") for mark in MARKS)
    return Run(
        pair, start, seed, variant, spec.size, spec.steps, exploded, worst_ratio(losses), min(losses),
        device_name(spec.runtime.device), marks,
    )  # fmt: skip


def spec_of(base: Config, pair: str, start: str, seed: int) -> Spec:
    """The default transfer of a pair, every evaluation in the trace. Raises `UserError` where no picture is found."""
    content, style = pair.split("+")
    return resolve(replace(base, content=content, style=style, init=start, seed=seed))


def course_of(spec: Spec, variant: Variant) -> tuple[RunState, bool]:
    """How a run goes, and whether it diverges."""
    prepare_device(spec)
    picture, objective = set_up(spec, load_inputs(spec))
    try:
        return optimise(objective, variant.make(spec.steps), picture, spec.steps, trace_every=1), False
    except Diverged as diverged:
        return diverged.run_state, True


def worst_ratio(losses: Sequence[float]) -> float:
    """The largest loss in terms of the best one before it, after `SETTLED` evaluations; 1 for no rise at all."""
    best, worst = float("inf"), 1.0
    for evaluation, loss in enumerate(losses, start=1):
        best = min(best, loss)
        if evaluation > SETTLED:
            worst = max(worst, loss / best)
    return worst


def read_rows(path: Path) -> list[Run]:
    """What was measured before."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            Run(
                r["pair"], r["start"], int(r["seed"]), r["variant"], int(r["size"]), int(r["steps"]),
                r["exploded"] == "yes", float(r["worst_ratio"]), float(r["best_loss"]), r["device"],
                tuple(float(r[f"loss_{mark}"] or "nan") for mark in MARKS),
            )
            for r in csv.DictReader(file)
        ]  # fmt: skip


def as_csv(rows: Sequence[Run]) -> str:
    """Runs as CSV; an empty cell is an evaluation that a run did not reach."""
    names = [f.name for f in fields(Run) if f.name != "losses"] + [f"loss_{mark}" for mark in MARKS]
    return "\n".join([",".join(names), *(_line(row) for row in rows)]) + "\n"


def _line(row: Run) -> str:
    *values, losses = astuple(row)
    return ",".join([_cell(value) for value in values] + [_cell(loss) for loss in losses])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return str(value)


def _cases(pairs: Sequence[str], variants: Sequence[str]) -> Iterator[tuple[str, str, int, str]]:
    """All variants on all pairs and starts; then both history types from several noises, for the first pair."""
    for pair in pairs:
        for start in STARTS:
            for variant in variants:
                yield pair, start, 0, variant
    for seed in SEEDS:
        for variant in DTYPE_VARIANTS:
            yield pairs[0], "noise", seed, variant


if __name__ == "__main__":
    main()
