"""The engines of the bench in turns, and a row for each: times, ratios to the plain loop, memory, the final loss."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from nst.bench.timed_process import Launch, Task, Turn

PLAIN = "plain"


@dataclass(frozen=True)
class Row:
    """One engine at one size. Medians over rounds; `ratio_to_plain` is how many times faster than the plain loop,
    with its least and greatest value in a round; numbers that were not measured are None."""

    engine: str
    precision: str
    size: int
    ms_per_evaluation_p50: float | None = None
    ratio_to_plain: float | None = None
    ratio_min: float | None = None
    ratio_max: float | None = None
    peak_memory_mib: float | None = None
    resident_before_mib: float | None = None
    matrix_rate_share: float | None = None
    matrix_rate_tflops: float | None = None
    total_loss_fp32: float | None = None
    evaluations: int = 0
    rounds: int = 0
    error: str = ""


@dataclass(frozen=True)
class Plan:
    """What to measure at each size: (engine, precision) pairs, in the order of their turns."""

    engines: tuple[tuple[str, str], ...]
    evaluations: int
    rounds: int
    loss_evaluations: int
    device: str = "auto"
    threads: int | str = "auto"


@dataclass
class Found:
    """Turns of one engine at one size, one a round, until one fails."""

    turns: list[Turn] = field(default_factory=list)

    @property
    def error(self) -> str:
        """Why the last turn failed, if it did."""
        return self.turns[-1].error if self.turns else ""

    @property
    def good(self) -> list[Turn]:
        """Those that did not."""
        return [turn for turn in self.turns if not turn.error]


def measure(plan: Plan, size: int, launch: Launch, say: Callable[[str], None] = print) -> list[Row]:
    """Every engine once a round, so that a busy spell of the machine meets all; one that failed is left out."""
    found = {pair: Found() for pair in plan.engines}
    for number in range(plan.rounds):
        for (engine, precision), turns in found.items():
            if turns.error:
                continue
            losses = plan.loss_evaluations if number == 0 else 0
            task = Task(engine, precision, size, plan.evaluations, losses, plan.device, plan.threads)
            turns.turns.append(launch(task))
            outcome = turns.error or f"{1e3 * turns.turns[-1].seconds:.1f} ms per evaluation"
            say(f"{size} px, round {number + 1} of {plan.rounds}, {engine} {precision}: {outcome}")
    return rows(found, size, plan.evaluations)


def rows(found: dict[tuple[str, str], Found], size: int, evaluations: int) -> list[Row]:
    """Turns made into rows."""
    plain = next((turns.good for (engine, _), turns in found.items() if engine == PLAIN), [])
    return [_row(*pair, size, evaluations, turns, plain) for pair, turns in found.items()]


def _row(engine: str, precision: str, size: int, evaluations: int, found: Found, plain: Sequence[Turn]) -> Row:
    from nst.bench.roofline import evaluation_flops

    good = found.good
    if not good:
        return Row(engine, precision, size, error=found.error or "no turn was made")
    ratios = [base.seconds / turn.seconds for base, turn in zip(plain, good, strict=False)]
    flops = evaluation_flops(size, size)
    return Row(
        engine=engine,
        precision=precision,
        size=size,
        ms_per_evaluation_p50=1e3 * median(turn.seconds for turn in good),
        ratio_to_plain=median(ratios) if ratios else None,
        ratio_min=min(ratios, default=None),
        ratio_max=max(ratios, default=None),
        peak_memory_mib=max(turn.peak_memory_mib for turn in good),
        resident_before_mib=median(turn.resident_before_mib for turn in good),
        matrix_rate_share=median(flops / turn.seconds / turn.matrix_rate for turn in good),
        matrix_rate_tflops=median(turn.matrix_rate for turn in good) / 1e12,
        total_loss_fp32=finite(good[0].total_loss_fp32),
        evaluations=evaluations,
        rounds=len(good),
        error=found.error,
    )


def finite(value: float | None) -> float | None:
    """None for what is not a number that JSON knows."""
    return value if value is not None and math.isfinite(value) else None
