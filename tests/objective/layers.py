"""Features and losses at one layer, without a network."""

import pytest
import torch
from torch import Tensor

from nst.objective.layer_losses import LayerLoss

STRIPS = [[slice(0, 7)], [slice(0, 2), slice(2, 7)], [slice(0, 4), slice(4, 6), slice(6, 7)]]
MASK = torch.rand(1, 1, 7, 5, generator=torch.Generator().manual_seed(3)).double()
"""Of a feature of 7 x 5 positions, as the strips."""


def feature(height: int, width: int, channels: int = 4, dtype: torch.dtype = torch.float64, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(1, channels, height, width, generator=generator, dtype=torch.float64)
    return drawn.to(dtype).contiguous(memory_format=torch.channels_last)


def tensor(*rows: list[float]) -> Tensor:
    """One channel a row, (1, C, 1, W), float64."""
    return torch.tensor(rows, dtype=torch.float64)[None, :, None, :]


def evaluate(loss: LayerLoss, of: Tensor, strips: list[slice]) -> tuple[float, Tensor]:
    """Value and gradient as the chain gets them: reset, update by strips, finish, compute, backward by strips."""
    of = of.contiguous(memory_format=torch.channels_last)
    loss.reset(of)
    for strip in strips:
        loss.update(of[:, :, strip], strip)
    loss.finish([of[:, :, strip] for strip in strips])
    value = loss.compute()
    gradient = torch.zeros_like(of)
    for strip in strips:
        loss.backward(gradient[:, :, strip], of[:, :, strip], strip)
    return float(value), gradient


def against_autograd(loss: LayerLoss, of: Tensor, strips: list[slice]) -> Tensor:
    """Compare value and gradient in strips with autograd of the whole feature; return the gradient."""
    whole = of.detach().requires_grad_(True)
    expected = loss.value_of(whole)
    (exact,) = torch.autograd.grad(loss.weight * expected, whole)
    value, gradient = evaluate(loss, of, strips)
    assert value == pytest.approx(float(expected.detach()), rel=1e-12)
    assert torch.allclose(gradient, exact, rtol=1e-11, atol=1e-14)
    return gradient
