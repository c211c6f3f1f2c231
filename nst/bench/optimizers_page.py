"""`docs/optimizers.md` from the runs of `nst.bench.optimizers`."""

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

from nst.bench.lbfgs_variants import DTYPE_VARIANTS, VARIANTS, Run

MARKS = (50, 100, 200, 300, 600, 1000, 2000)
NOTHING = "Not measured yet."


def page(runs: Sequence[Run]) -> str:
    """The page, with its tables filled in."""
    template = Path(__file__).with_name("optimizers.md").read_text()
    compared = [run for run in runs if run.variant in VARIANTS]
    for name, text in (
        ("variants", _variants()),
        ("devices", ", ".join(dict.fromkeys(run.device for run in runs)) or "nothing yet"),
        ("summary", _summary(compared)),
        ("runs", _by_case(compared)),
        ("dtypes", _dtypes([run for run in runs if run.variant in DTYPE_VARIANTS])),
    ):
        template = template.replace(f"{{{{{name}}}}}", text)
    return template


def _variants() -> str:
    return "\n".join([_line("variant", "what it does"), _line("---", "---")] + [
        _line(name, variant.meaning) for name, variant in VARIANTS.items()
    ])  # fmt: skip


def _summary(runs: Sequence[Run]) -> str:
    """Each variant over all cases: explosions, the worst rise, and its losses in terms of those of `capped`.

    These are geometric means over the cases in which both came so far.
    """
    if not runs:
        return NOTHING
    lines = [_line("variant", "runs", "exploded", "worst rise", *MARKS), _line("---", *["---:"] * (3 + len(MARKS)))]
    base = {_place(run): run for run in runs if run.variant == "capped"}
    for name in VARIANTS:
        mine = [run for run in runs if run.variant == name]
        if mine:
            means = [_ratio([(r.losses[i], base[_place(r)].losses[i]) for r in mine if _place(r) in base])
                     for i in range(len(MARKS))]  # fmt: skip
            worst = max(run.worst_ratio for run in mine)
            lines.append(_line(name, len(mine), sum(run.exploded for run in mine), f"{worst:.3g}", *means))
    return "\n".join(lines)


def _ratio(pairs: Sequence[tuple[float, float]]) -> str:
    logs = [math.log(mine / other) for mine, other in pairs if math.isfinite(mine) and math.isfinite(other)]
    return f"{math.exp(fmean(logs)):.3f}" if logs else ""


def _by_case(runs: Sequence[Run]) -> str:
    """A table of total losses for every pair and start."""
    tables = []
    for pair, start, size in dict.fromkeys((run.pair, run.start, run.size) for run in runs):
        lines = [f"### {pair.replace('+', ' + ')}, from {start}, {size} pixels", ""]
        lines += [_line("variant", *MARKS, "worst rise", ""), _line("---", *["---:"] * (1 + len(MARKS)), "---")]
        for run in runs:
            if (run.pair, run.start, run.size) == (pair, start, size):
                end = "exploded" if run.exploded else ""
                lines.append(_line(run.variant, *map(_loss, run.losses), f"{run.worst_ratio:.3g}", end))
        tables.append("\n".join(lines))
    return "\n\n".join(tables) or NOTHING


def _dtypes(runs: Sequence[Run]) -> str:
    """Mean and standard deviation of the losses over seeds, one line a type."""
    if not runs:
        return NOTHING
    lines = [_line("variant", "seeds", *MARKS), _line("---", *["---:"] * (1 + len(MARKS)))]
    for name in DTYPE_VARIANTS:
        mine = [run for run in runs if run.variant == name]
        if mine:
            lines.append(_line(name, len(mine), *(_spread([run.losses[i] for run in mine]) for i in range(len(MARKS)))))
    return "\n".join(lines)


def _spread(losses: Sequence[float]) -> str:
    found = [loss for loss in losses if math.isfinite(loss)]
    if len(found) < 2:
        return _loss(found[0]) if found else ""
    return f"{_loss(fmean(found))} ± {stdev(found):.2g}"


def _loss(loss: float) -> str:
    return f"{loss:.4g}" if math.isfinite(loss) else ""


def _place(run: Run) -> tuple[str, str, int, int, int]:
    return run.pair, run.start, run.seed, run.size, run.steps


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
