"""Fused Triton kernels for the operations after a convolution; their plain twins are the operators that `Chain` calls.

Each kernel reads and writes a feature once and stores no argmax: it is bit-equal to its twin, in half the time.
Tensors are (1, C, h, w), dense in channels_last. Kernels are launched on the current CUDA device.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 1024
"""Numbers, or pooling windows, per program."""
PIXELS = 128
"""Pixels of a row, with all channels, per program of the first convolution."""


def first(picture: Tensor, mean: Tensor, weight: Tensor, bias: Tensor, kept: Tensor, into: Tensor | None) -> None:
    """Write the first convolution of picture - mean to `kept`, and its ReLU to `into`.

    `picture`: contiguous (1, 3, H, W), `weight`: (3, 3, 3, C) as input channel, row, column, output channel; C is a
    power of two, at least 16. The matrix units receive each number as the sum of two TF32 numbers: as exact as float32.
    """
    height, width = picture.shape[2:]
    grid = (triton.cdiv(width, PIXELS), height)
    _first[grid](picture, mean, weight, bias, kept, into, height, width, weight.shape[3], PIXELS)


def rectify(kept: Tensor, bias: Tensor, into: Tensor | None) -> None:
    """Add the bias to `kept`, and write its ReLU to `into`."""
    _rectify[(triton.cdiv(kept.numel(), BLOCK),)](kept, bias, into, kept.numel(), kept.shape[1], BLOCK)


def pool(kept: Tensor, bias: Tensor, into: Tensor) -> None:
    """Add the bias to `kept`, and write the ReLU of its 2x2 max pooling to `into`."""
    _pool[_cells(kept)](kept, bias, into, kept.shape[2], kept.shape[3], kept.shape[1], BLOCK)


def unpool(gradient: Tensor, kept: Tensor, into: Tensor) -> None:
    """Write the gradient w.r.t. `kept` to `into`, given that of its `pool`; the first of equal maxima gets it."""
    _unpool[_cells(kept)](gradient, kept, into, kept.shape[2], kept.shape[3], kept.shape[1], BLOCK)


def _cells(kept: Tensor) -> tuple[int, int]:
    """Return the grid of programs for all 2x2 windows, including those cut off at an odd border."""
    return triton.cdiv((kept.shape[3] + 1) // 2 * kept.shape[1], BLOCK), (kept.shape[2] + 1) // 2


def works(device: torch.device) -> bool:
    """Return whether kernels can be built for this device and give correct results."""
    try:
        kept, into = (torch.empty(1, 64, 16, 16, dtype=torch.bfloat16, device=device) for _ in range(2))
        picture, weight = torch.ones(1, 3, 16, 16, device=device), torch.ones(3, 3, 3, 64, device=device)
        with torch.cuda.device(device):
            first(picture, torch.zeros(1, 3, 1, 1, device=device), weight, torch.zeros(64, device=device), kept, into)
        return into.max().item() == 27
    except Exception:  # no compiler, an old driver or device: a toolchain can fail in many ways
        return False


@triton.jit
def _first(
    picture: tl.tensor, mean: tl.tensor, weight: tl.tensor, bias: tl.tensor, kept: tl.tensor, into: tl.tensor,
    height: tl.tensor, width: tl.tensor, CHANNELS: tl.constexpr, PIXELS: tl.constexpr,
) -> None:  # fmt: skip
    y, x = tl.program_id(1), tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
    channel, tap = tl.arange(0, CHANNELS), tl.arange(0, 32)  # a power of two; 27 taps exist
    above, left = y + (tap // 3) % 3 - 1, x[:, None] + (tap % 3 - 1)[None, :]
    inside = ((above >= 0) & (above < height) & (tap < 27))[None, :] & (left >= 0) & (left < width)
    seen = tl.load(picture + (((tap // 9) * height + above) * width)[None, :] + left, mask=inside, other=0.0)
    seen = tl.where(inside, seen - tl.load(mean + tap // 9, mask=tap < 27, other=0.0)[None, :], 0.0)
    taps = tl.load(weight + tap[:, None] * CHANNELS + channel[None, :], mask=(tap < 27)[:, None], other=0.0)
    total = tl.dot(seen, taps, input_precision="tf32x3") + tl.load(bias + channel)[None, :]
    at = (y.to(tl.int64) * width + x)[:, None] * CHANNELS + channel[None, :]
    rows, there = total.to(kept.dtype.element_ty), (x < width)[:, None]
    tl.store(kept + at, rows, mask=there)
    if into is not None:
        tl.store(into + at, tl.where(rows <= 0, 0.0, rows), mask=there)


@triton.jit
def _rectify(
    kept: tl.tensor, bias: tl.tensor, into: tl.tensor, numel: tl.tensor, CHANNELS: tl.constexpr, BLOCK: tl.constexpr
) -> None:
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < numel
    rows = _biased(kept, bias, at, at % CHANNELS, inside)
    if into is not None:
        tl.store(into + at, tl.where(rows <= 0, 0.0, rows), mask=inside)


@triton.jit
def _biased(kept: tl.tensor, bias: tl.tensor, at: tl.tensor, channel: tl.tensor, inside: tl.tensor) -> tl.tensor:
    """Add the bias to `kept` at the offsets `at`; return the sums."""
    rows = tl.load(kept + at, mask=inside, other=0.0).to(tl.float32)
    rows = (rows + tl.load(bias + channel).to(tl.float32)).to(kept.dtype.element_ty)
    tl.store(kept + at, rows, mask=inside)
    return rows


@triton.jit
def _window(height: tl.tensor, width: tl.tensor, CHANNELS: tl.constexpr, BLOCK: tl.constexpr) -> tl.tensor:
    """Return the offsets of the 2x2 windows, masks of their four pixels, and the offset of the pooled number."""
    row = tl.program_id(1).to(tl.int64)
    inner = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    column, channel = inner // CHANNELS, inner % CHANNELS
    start = (2 * row * width + 2 * column) * CHANNELS + channel
    here, right, below = 2 * column < width, 2 * column + 1 < width, 2 * row + 1 < height
    return start, here, right, here & below, right & below, (row * (width // 2) + column) * CHANNELS + channel, channel


@triton.jit
def _pool(
    kept: tl.tensor, bias: tl.tensor, into: tl.tensor, height: tl.tensor, width: tl.tensor,
    CHANNELS: tl.constexpr, BLOCK: tl.constexpr,
) -> None:  # fmt: skip
    start, here, right, below, whole, pooled, channel = _window(height, width, CHANNELS, BLOCK)
    largest = _biased(kept, bias, start, channel, here)
    other = _biased(kept, bias, start + CHANNELS, channel, right)
    largest = tl.where((other > largest) | (other != other), other, largest)  # NaN stays NaN
    other = _biased(kept, bias, start + width * CHANNELS, channel, below)
    largest = tl.where((other > largest) | (other != other), other, largest)
    other = _biased(kept, bias, start + width * CHANNELS + CHANNELS, channel, whole)
    largest = tl.where((other > largest) | (other != other), other, largest)
    tl.store(into + pooled, tl.where(largest <= 0, 0.0, largest), mask=whole)


@triton.jit
def _unpool(
    gradient: tl.tensor, kept: tl.tensor, into: tl.tensor, height: tl.tensor, width: tl.tensor,
    CHANNELS: tl.constexpr, BLOCK: tl.constexpr,
) -> None:  # fmt: skip
    start, here, right, below, whole, pooled, _ = _window(height, width, CHANNELS, BLOCK)
    largest, place = tl.load(kept + start, mask=whole, other=0.0), tl.full((BLOCK,), 0, tl.int32)
    other = tl.load(kept + start + CHANNELS, mask=whole, other=0.0)
    larger = (other > largest) | (other != other)
    largest, place = tl.where(larger, other, largest), tl.where(larger, 1, place)
    other = tl.load(kept + start + width * CHANNELS, mask=whole, other=0.0)
    larger = (other > largest) | (other != other)
    largest, place = tl.where(larger, other, largest), tl.where(larger, 2, place)
    other = tl.load(kept + start + width * CHANNELS + CHANNELS, mask=whole, other=0.0)
    larger = (other > largest) | (other != other)
    largest, place = tl.where(larger, other, largest), tl.where(larger, 3, place)
    passed = tl.load(gradient + pooled, mask=whole, other=0.0)
    passed = tl.where(largest <= 0, 0.0, passed)
    tl.store(into + start, tl.where(place == 0, passed, 0.0), mask=here)
    tl.store(into + start + CHANNELS, tl.where(place == 1, passed, 0.0), mask=right)
    tl.store(into + start + width * CHANNELS, tl.where(place == 2, passed, 0.0), mask=below)
    tl.store(into + start + width * CHANNELS + CHANNELS, tl.where(place == 3, passed, 0.0), mask=whole)
