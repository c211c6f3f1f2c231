"""Time one engine in a fresh process: set up, fill the history, time some evaluations, measure memory.

In separate processes, memory, threads, allocator and TF32 settings of one engine cannot affect another, and an engine
that is killed for lack of memory does not end the benchmark.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Task:
    """One engine at one size and precision; with `loss_evaluations` 0 the final loss is not computed."""

    engine: str
    precision: str
    size: int
    evaluations: int
    loss_evaluations: int = 0
    device: str = "auto"
    threads: int | str = "auto"


@dataclass(frozen=True)
class Timing:
    """Measurements of a task: median seconds of an evaluation, memory, FLOP/s of a matrix product, final fp32 loss.

    Memory is in MiB, on CUDA that of the GPU: the peak over set-up and evaluations, and the usage before set-up.
    """

    seconds: float = float("nan")
    peak_memory_mib: float = float("nan")
    resident_before_mib: float = float("nan")
    matrix_rate: float = float("nan")
    total_loss_fp32: float | None = None
    error: str = ""


Launch = Callable[[Task], Timing]


def time_task(task: Task) -> Timing:
    """Time an engine in this process."""
    from nst.bench.case import WARM_UP, square_case
    from nst.bench.costs import matrix_rate
    from nst.bench.engines import ENGINES
    from nst.memory.peak import peak_mib, reset_peak

    with square_case(task.size, task.precision, task.device, task.threads) as given:
        reset_peak(given.device)
        before = peak_mib(given.device)
        engine = ENGINES[task.engine](given)
        engine.start(full=True)
        engine.evaluate(WARM_UP)
        seconds = median(engine.evaluate(task.evaluations))
        peak = peak_mib(given.device)
        rate = matrix_rate(given.device, task.precision)
        loss = None
        if task.loss_evaluations:
            engine.start(full=False)
            engine.evaluate(task.loss_evaluations)
            loss = given.total_loss(engine.picture())
    return Timing(seconds, peak, before, rate, loss)


def in_new_process(task: Task) -> Timing:
    """Time an engine in a fresh process; return a `Timing` even if the process fails."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    command = [sys.executable, "-m", "nst.bench.timed_process", json.dumps(asdict(task))]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ended.returncode < 0:
        return Timing(error=f"killed by signal {-ended.returncode}, as happens when memory runs out")
    try:
        return Timing(**json.loads(ended.stdout.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        return Timing(error=(ended.stderr.strip().splitlines() or ["ended without a message"])[-1])


def main() -> None:
    """Run the process of `in_new_process`: the argument is a task in JSON, the last line printed a timing in JSON."""
    try:
        timing = time_task(Task(**json.loads(sys.argv[1])))
    except Exception as error:  # a failed engine is a row of the table, not the end of the benchmark
        timing = Timing(error=" ".join(f"{type(error).__name__}: {error}".split())[:200])
    print(json.dumps(asdict(timing)))


if __name__ == "__main__":
    main()
