"""The fused kernels against the operators they stand for: on a GPU, else in Triton's interpreter."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from .kernels import DEVICE, fused

aten = torch.ops.aten
SHAPES = [(64, 4, 6), (4, 5, 7), (3, 2, 3), (4, 1, 1), (6, 9, 2), (64, 2, 140)]
"""Channels, height, width: even and odd ones, of several programs and less than one."""
DTYPES = [torch.float32, *([torch.bfloat16] if DEVICE == "cuda" else [])]
"""The interpreter cuts numbers off where a GPU rounds them to bfloat16."""


def feature(channels: int, height: int, width: int, dtype: torch.dtype, seed: int = 0) -> Tensor:
    """A few different numbers, so that many maxima are equal, and many are 0 or less."""
    generator = torch.Generator().manual_seed(seed)
    found = torch.randint(-3, 3, (1, channels, height, width), generator=generator) / 4
    return found.to(DEVICE, dtype).contiguous(memory_format=torch.channels_last)


def poisoned(like: Tensor) -> Tensor:
    return torch.full_like(like, torch.nan, memory_format=torch.channels_last)


def biases(channels: int, dtype: torch.dtype) -> Tensor:
    return torch.linspace(-0.3, 0.3, channels, device=DEVICE).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_rectify(shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    rows, bias = feature(*shape, dtype), biases(shape[0], dtype)
    into, biased = poisoned(rows), rows + bias.view(1, -1, 1, 1)
    fused().rectify(rows, bias, into)
    assert torch.equal(rows, biased) and torch.equal(into, F.relu(biased))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_pool_and_unpool(shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    """Bit-equal, also where a row or a column is left over, and the first of equal maxima takes the gradient."""
    rows, bias = feature(*shape, dtype), biases(shape[0], dtype)
    biased = (rows + bias.view(1, -1, 1, 1)).contiguous(memory_format=torch.channels_last)
    pooled_shape = (1, shape[0], shape[1] // 2, shape[2] // 2)
    into = poisoned(rows.new_empty(pooled_shape))
    fused().pool(rows, bias, into)
    assert torch.equal(rows, biased)
    gradient, below = feature(*pooled_shape[1:], dtype, seed=1), poisoned(rows)
    fused().unpool(gradient, rows, below)
    if not into.numel():
        assert not below.any()
        return
    pooled, places = aten.max_pool2d_with_indices(biased, [2, 2])
    assert torch.equal(into, F.relu(pooled))
    up = aten.max_pool2d_with_indices_backward(gradient, biased, [2, 2], [2, 2], [0, 0], [1, 1], False, places)
    assert torch.equal(below, aten.threshold_backward(up, biased, 0))


def test_what_is_no_number_is_pooled() -> None:
    for place in range(4):
        rows = torch.ones(1, 4, 2, 2, device=DEVICE).contiguous(memory_format=torch.channels_last)
        rows[:, :, place // 2, place % 2] = torch.nan
        into = torch.zeros(1, 4, 1, 1, device=DEVICE)
        fused().pool(rows, torch.zeros(4, device=DEVICE), into)
        assert into.isnan().all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(16, 5, 7), (64, 2, 140), (16, 1, 1)])
def test_first(shape: tuple[int, int, int], dtype: torch.dtype) -> None:
    """In float32 to its last places before one rounding, at the borders of the picture, too."""
    generator = torch.Generator().manual_seed(0)
    channels, height, width = shape
    picture, weight, bias, mean = (
        torch.rand(*size, generator=generator).to(DEVICE)
        for size in ((1, 3, height, width), (channels, 3, 3, 3), (channels,), (1, 3, 1, 1))
    )
    weight, bias = weight - 0.5, bias - 0.5
    exact = F.conv2d((picture - mean).double(), weight.double(), bias.double(), padding=1)
    kept = poisoned(torch.empty(1, *shape, dtype=dtype, device=DEVICE))
    into = poisoned(kept)
    fused().first(picture, mean, weight.permute(1, 2, 3, 0).contiguous(), bias, kept, into)
    tolerance = 1e-5 if dtype == torch.float32 else 2**-8
    assert torch.allclose(kept.double(), exact, rtol=tolerance, atol=1e-5)
    assert torch.equal(into, F.relu(kept))
    again = poisoned(kept)
    fused().first(picture, mean, weight.permute(1, 2, 3, 0).contiguous(), bias, again, None)
    assert torch.equal(again, kept)


def test_kernels_work_on_a_gpu_and_nowhere_else() -> None:
    assert fused().works(torch.device(DEVICE)) is (DEVICE == "cuda")
    assert not fused().works(torch.device("meta"))
