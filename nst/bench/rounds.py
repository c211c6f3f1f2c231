"""Time the engines in turns; each gets a row of times, ratios to the plain loop, memory and final loss."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from nst.bench.timed_process import Launch, Task, Timing

PLAIN = "plain"


@dataclass(frozen=True)
class Row:
    """One engine at one size, medians over rounds; numbers that were not measured are None.

    `ratio_to_plain`: times faster than the plain loop, with the least and the greatest value of a round.
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

    engines: tuple[tuple[str, str], ...]
    evaluations: int
    rounds: int
    loss_evaluations: int
    device: str = "auto"
    threads: int | str = "auto"


@dataclass
class Found:
    """Timings of one engine at one size, one a round, until one fails."""

    timings: list[Timing] = field(default_factory=list)

    @property
    def error(self) -> str:
        """Error of the last timing, if it failed."""
        return self.timings[-1].error if self.timings else ""

    @property
    def good(self) -> list[Timing]:
        """Timings that did not fail."""
        return [timing for timing in self.timings if not timing.error]


def measure(plan: Plan, size: int, launch: Launch, say: Callable[[str], None] = print) -> list[Row]:
    """Time every engine once a round, so that other load affects all alike; leave out engines that failed."""
    found = {pair: Found() for pair in plan.engines}
    for number in range(plan.rounds):
        for (engine, precision), so_far in found.items():
            if so_far.error:
                continue
            losses = plan.loss_evaluations if number == 0 else 0
            task = Task(engine, precision, size, plan.evaluations, losses, plan.device, plan.threads)
            so_far.timings.append(launch(task))
            outcome = so_far.error or f"{1e3 * so_far.timings[-1].seconds:.1f} ms per evaluation"
            say(f"{size} px, round {number + 1} of {plan.rounds}, {engine} {precision}: {outcome}")
    return rows(found, size, plan.evaluations)


def rows(found: dict[tuple[str, str], Found], size: int, evaluations: int) -> list[Row]:
    """Return a row for each engine."""
    plain = next((timed.good for (engine, _), timed in found.items() if engine == PLAIN), [])
    return [_row(*pair, size, evaluations, timed, plain) for pair, timed in found.items()]


def _row(engine: str, precision: str, size: int, evaluations: int, found: Found, plain: Sequence[Timing]) -> Row:
    from nst.bench.roofline import evaluation_flops

    good = found.good
    if not good:
        return Row(engine, precision, size, error=found.error or "nothing was timed")
    ratios = [base.seconds / timing.seconds for base, timing in zip(plain, good, strict=False)]
    flops = evaluation_flops(size, size)
    return Row(
        engine=engine,
        precision=precision,
        size=size,
        ms_per_evaluation_p50=1e3 * median(timing.seconds for timing in good),
        ratio_to_plain=median(ratios) if ratios else None,
        ratio_min=min(ratios, default=None),
        ratio_max=max(ratios, default=None),
        peak_memory_mib=max(timing.peak_memory_mib for timing in good),
        resident_before_mib=median(timing.resident_before_mib for timing in good),
        matrix_rate_share=median(flops / timing.seconds / timing.matrix_rate for timing in good),
        matrix_rate_tflops=median(timing.matrix_rate for timing in good) / 1e12,
        total_loss_fp32=finite(good[0].total_loss_fp32),
        evaluations=evaluations,
        rounds=len(good),
        error=found.error,
    )


def finite(value: float | None) -> float | None:
    """Return the value if it is finite, else None."""
    return value if value is not None and math.isfinite(value) else None
