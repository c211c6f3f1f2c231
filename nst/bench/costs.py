"""Break an evaluation down: its time by operator, and its FLOPs, to compare with the rate of matrix products."""

from functools import partial
from statistics import median

import torch
from torch.profiler import ProfilerActivity

from nst.bench.case import WARM_UP, square_case, timed
from nst.bench.engines import NstEngine
from nst.networks.base.architecture import Convolution
from nst.networks.vgg19 import ARCHITECTURE
from nst.objective.objective import DTYPES

CPU_SIZES, GPU_SIZES = (1024, 2048), (4096, 8192)
"""Sizes of the square matrices; the best one counts."""


def evaluation_flops(size: int) -> int:
    """Count floating point operations (2 for a multiply-add) in the matrix products of one loss and gradient.

    Counted are the 3x3 convolutions 1 to 5, forward and the gradient of their input, including the first one's, and the
    Gram matrix of each with its gradient. `size`: pixels of a side. ReLU, optimizer and all else are not counted.
    """
    return sum(convolution_flops(c, size) + gram_flops(c, size) for c in ARCHITECTURE.convolutions[:5])


def convolution_flops(convolution: Convolution, size: int) -> int:
    """Count the operations of one convolution, forward and backward."""
    channels = convolution.channels_in * convolution.channels_out
    return 2 * 2 * 9 * channels * (size // convolution.reduction) ** 2


def gram_flops(convolution: Convolution, size: int) -> int:
    """Count the operations of the Gram matrix of one feature, and of its gradient."""
    return 2 * 2 * (size // convolution.reduction) ** 2 * convolution.channels_out**2


def matrix_rate(device: str, precision: str, repeats: int = 5) -> float:
    """Return the best FLOP/s of square matrix products, the median of each size; fp32 uses TF32 if convolutions do."""
    sizes = GPU_SIZES if device.startswith("cuda") else CPU_SIZES
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32
    try:
        return max(_rate(size, device, DTYPES[precision], repeats) for size in sizes)
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


def _rate(size: int, device: str, dtype: torch.dtype, repeats: int) -> float:
    left, right = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))  # zeros would be faster
    out = torch.empty_like(left)
    product = partial(torch.mm, left, right, out=out)
    product()
    return float(2 * size**3 / median(timed(product, device) for _ in range(repeats)))


def profile(size: int, precision: str, evaluations: int, device: str, threads: int | str, rows: int = 15) -> str:
    """Profile evaluations with a full history; return a table of the `rows` operators that take longest themselves."""
    with square_case(size, precision, device, threads) as given:
        engine = NstEngine(given)
        engine.start(full=True)
        engine.evaluate(WARM_UP)
        on_gpu = given.device.startswith("cuda")
        activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
        with torch.profiler.profile(activities=activities, acc_events=True) as seen:
            engine.evaluate(evaluations)
    clock = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    spent = sorted(((getattr(event, clock), event) for event in seen.key_averages()), key=lambda row: -row[0])
    total = sum(time for time, _ in spent) or 1.0
    lines = [f"{100 * t / total:6.1f}%  {t / 1e3:9.2f}  {event.count:6}  {event.key[:90]}" for t, event in spent[:rows]]
    return "\n".join([f"{'share':>7}  {'ms':>9}  {'calls':>6}  operator", *lines])
