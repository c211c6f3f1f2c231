"""Make the noise that a run starts from; the kind of noise shows in the result, so it has a name and a seed."""

import torch
from torch import Tensor

from nst.errors import UserError, did_you_mean

NOISES = ("uniform", "gaussian")


def noise(kind: str, height: int, width: int, seed: int) -> Tensor:
    """Return noise (1, 3, height, width) float32 in [0, 1], on the CPU.

    `uniform`: every value equally likely. `gaussian`: mean 0, deviation 1, clamped to [0, 1], so that half of all
    values are 0 and 16 % are 1; the `torch.randn` start of the PyTorch tutorial "Neural Transfer Using PyTorch",
    which clamps it at the first evaluation. It has its own CPU generator: one seed gives the same noise on every
    device. Raises `UserError` for another kind.
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    shape = (1, 3, height, width)
    if kind == "uniform":
        return torch.rand(shape, generator=generator, dtype=torch.float32, device="cpu")
    if kind == "gaussian":
        return torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu").clamp(0, 1)
    raise UserError(f"no noise named {kind!r}{did_you_mean(kind, NOISES)}")
