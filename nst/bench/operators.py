"""Break nst's time down by PyTorch operator: `python -m nst.bench --profile`."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.profiler import ProfilerActivity

from nst.bench.case import square_case
from nst.bench.engines import NstEngine
from nst.bench.timed_process import WARM_UP


@dataclass(frozen=True)
class Operator:
    """Time of one operator, without the operators that it calls."""

    name: str
    calls: int
    milliseconds: float
    share: float


def profile(size: int, precision: str, evaluations: int, device: str, threads: int | str) -> list[Operator]:
    """Profile evaluations with a full history; return operators with their shares of the time, largest first."""
    with square_case(size, precision, device, threads) as given:
        engine = NstEngine(given)
        engine.start(full=True)
        engine.evaluate(WARM_UP)
        on_gpu = given.device.startswith("cuda")
        activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
        with torch.profiler.profile(activities=activities, acc_events=True) as seen:
            engine.evaluate(evaluations)
    events = seen.key_averages()
    spent = [(e.key, e.count, e.self_device_time_total if on_gpu else e.self_cpu_time_total) for e in events]
    total = sum(time for _, _, time in spent) or 1.0
    found = [Operator(name, calls, time / 1e3, time / total) for name, calls, time in spent]
    return sorted(found, key=lambda operator: -operator.milliseconds)


def table(operators: Sequence[Operator], rows: int = 15) -> str:
    """Format the first `rows` as lines of text."""
    lines = [f"{'share':>7}  {'ms':>9}  {'calls':>6}  operator"]
    lines += [f"{100 * o.share:6.1f}%  {o.milliseconds:9.2f}  {o.calls:6}  {o.name[:90]}" for o in operators[:rows]]
    return "\n".join(lines)
