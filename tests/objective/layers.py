"""Features and losses at one layer, without a network."""

import torch
from torch import Tensor

from nst.objective.layer_losses import LayerLoss


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
