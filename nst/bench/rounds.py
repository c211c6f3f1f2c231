"""Time the engines in turns; each gets a row of times, ratios to the plain loop, memory and final loss."""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from nst.bench.timed_process import Launch, Task, Timing

PLAIN = "plain"
Pair = tuple[str, str]
"""An engine and its precision."""


@dataclass(frozen=True)
class Row:
    """One engine at one size, medians over rounds; numbers that were not measured are None.

    `ratio_to_plain`: speed-up over the plain loop, with the least and the greatest value of a round.
    """

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
    """The measurements at each size: (engine, precision) pairs in the order in which they run."""

    engines: tuple[Pair, ...]
    evaluations: int
    rounds: int
    loss_evaluations: int
    device: str = "auto"
    threads: int | str = "auto"


@dataclass(frozen=True)
class Timings:
    """Timings of one engine, one per round until one fails, and the plain loop's in the same rounds."""

    good: list[Timing]
    plain: list[Timing]
    error: str = ""

    def ratios(self) -> dict[str, float | None]:
        """Return columns: speed-up over the plain loop, with the least and the greatest value of a round."""
        found = [base.seconds / own.seconds for base, own in zip(self.plain, self.good, strict=False)]
        return {
            "ratio_to_plain": median(found) if found else None,
            "ratio_min": min(found, default=None),
            "ratio_max": max(found, default=None),
        }


def in_turns(
    pairs: Sequence[Pair], rounds: int, size: int, time: Callable[[Pair, int], Timing], shown: Callable[[Timing], str]
) -> dict[Pair, Timings]:  # fmt: skip
    """Time every engine once per round, so that other load affects all equally; leave out engines that failed."""
    found: dict[Pair, list[Timing]] = {pair: [] for pair in pairs}
    for number in range(rounds):
        for pair, so_far in found.items():
            if not so_far or not so_far[-1].error:
                so_far.append(time(pair, number))
                outcome = so_far[-1].error or shown(so_far[-1])
                print(f"{size} px, round {number + 1} of {rounds}, {' '.join(pair)}: {outcome}", file=sys.stderr)
    good = {pair: [timing for timing in timings if not timing.error] for pair, timings in found.items()}
    plain = next((timings for (engine, _), timings in good.items() if engine == PLAIN), [])
    return {pair: Timings(good[pair], plain, timings[-1].error) for pair, timings in found.items()}


def measure(plan: Plan, size: int, launch: Launch) -> list[Row]:
    """Return a row for each engine at one size."""

    def time(pair: Pair, number: int) -> Timing:
        losses = plan.loss_evaluations if number == 0 else 0
        return launch(Task(*pair, size, plan.evaluations, losses, plan.device, plan.threads))

    def shown(timing: Timing) -> str:
        return f"{1e3 * timing.seconds:.1f} ms per evaluation"

    found = in_turns(plan.engines, plan.rounds, size, time, shown)
    return [_row(*pair, size, plan.evaluations, timings) for pair, timings in found.items()]


def _row(engine: str, precision: str, size: int, evaluations: int, found: Timings) -> Row:
    from nst.bench.costs import evaluation_flops

    good, flops = found.good, evaluation_flops(size)
    if not good:
        return Row(engine, precision, size, error=found.error)
    return Row(
        engine, precision, size, **found.ratios(), evaluations=evaluations, rounds=len(good), error=found.error,
        ms_per_evaluation_p50=1e3 * median(timing.seconds for timing in good),
        peak_memory_mib=max(timing.peak_memory_mib for timing in good),
        resident_before_mib=median(timing.resident_before_mib for timing in good),
        matrix_rate_share=median(flops / timing.seconds / timing.matrix_rate for timing in good),
        matrix_rate_tflops=median(timing.matrix_rate for timing in good) / 1e12,
        total_loss_fp32=finite(good[0].total_loss_fp32),
    )  # fmt: skip


def finite(value: float | None) -> float | None:
    """Return the value if it is finite, else None."""
    return value if value is not None and math.isfinite(value) else None
