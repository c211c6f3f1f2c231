"""Count the arithmetic of an evaluation, and time the machine's matrix products, to compare the rates."""

from collections.abc import Iterable
from functools import partial
from statistics import median

import torch

from nst.bench.clock import timed
from nst.networks.vgg19 import ARCHITECTURE

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
CPU_SIZES, GPU_SIZES = (1024, 2048), (4096, 8192)
"""Rows of the square matrices; the best size counts."""


def evaluation_flops(height: int, width: int, deepest: int = 5, grams: Iterable[int] = (1, 2, 3, 4, 5)) -> int:
    """Count floating point operations (2 for a multiply-add) in the matrix products of one loss and gradient.

    Convolutions up to number `deepest`, forward and the gradient of their input, the first one's included; and for the
    features in `grams` the Gram matrix and its gradient. ReLU, optimizer and all else are not counted.
    """
    return convolution_flops(height, width, deepest) + sum(gram_flops(height, width, number) for number in grams)


def convolution_flops(height: int, width: int, deepest: int) -> int:
    """Count the operations of 3x3 convolutions 1 to `deepest`, forward and backward."""
    return sum(
        2 * 2 * 9 * c.channels_in * c.channels_out * _positions(height, width, c.number)
        for c in ARCHITECTURE.convolutions[:deepest]
    )  # fmt: skip


def gram_flops(height: int, width: int, number: int) -> int:
    """Count the operations of the Gram matrix of feature `number` and of its gradient."""
    return 2 * 2 * _positions(height, width, number) * ARCHITECTURE.convolutions[number - 1].channels_out ** 2


def _positions(height: int, width: int, number: int) -> int:
    reduction = ARCHITECTURE.convolutions[number - 1].reduction
    return (height // reduction) * (width // reduction)


def matrix_rate(device: str, precision: str, repeats: int = 5) -> float:
    """Return the best FLOP/s of square matrix products, a median each; in fp32 by TF32 if convolutions use it."""
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
