"""Compute features by a network's convolutions, a plain chain."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks import architecture
from nst.networks.base.architecture import Architecture, layer_number
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile, load

POOLINGS: dict[str, Callable[[Tensor, int], Tensor]] = {"max": F.max_pool2d, "avg": F.avg_pool2d}


class Network:
    """The chain conv, ReLU, conv, ReLU, pooling, ... of an architecture, on one device in one precision.

    In bfloat16 the first convolution stays in float32 and its output is rounded: a picture rounded to bfloat16 (steps
    of 1/256 near white) is where half precision loses its accuracy. Every later convolution has bfloat16 inputs.
    """

    def __init__(
        self,
        architecture: Architecture,
        weights: Weights,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        self.architecture = architecture
        self.dtype = dtype
        first = torch.float32 if dtype == torch.bfloat16 else dtype
        types = (first, *[dtype] * (len(weights.layers) - 1))
        self.mean = weights.mean.to(device, first)
        self.layers = tuple(
            (weight.to(device, each).contiguous(memory_format=torch.channels_last), bias.to(device, each))
            for (weight, bias), each in zip(weights.layers, types, strict=True)
        )
        self._adjoints: dict[int, Tensor] = {}

    def adjoint(self, number: int) -> Tensor:
        """Return the kernel of the convolution (padding 1) that carries a gradient back through convolution `number`.

        Input and output channels exchanged, both axes reversed; in the network's type, also for the first one.
        """
        if number not in self._adjoints:
            kernel = self.layers[number - 1][0].to(self.dtype).transpose(0, 1).flip(2, 3)
            self._adjoints[number] = kernel.contiguous(memory_format=torch.channels_last)
        return self._adjoints[number]

    def features(self, picture: Tensor, layers: Iterable[str], pooling: str = "max") -> dict[str, Tensor]:
        """Return the features at `layers` (`conv_4`: before the ReLU, `relu_4`: after it), each (1, C, h, w).

        `picture`: (1, 3, H, W), RGB in [0, 1]. The chain stops at the deepest layer asked for.
        """
        wanted = set(layers)
        deepest = max((layer_number(name) for name in wanted), default=0)
        found: dict[str, Tensor] = {}
        h = (picture - self.mean).contiguous(memory_format=torch.channels_last)
        for number, (weight, bias) in enumerate(self.layers[:deepest], start=1):
            if self.architecture.pooled_before(number):
                h = POOLINGS[pooling](h, 2)
            h = F.conv2d(h, weight, bias, padding=1).to(self.dtype)
            if f"conv_{number}" in wanted:
                found[f"conv_{number}"] = h
            h = F.relu(h)
            if f"relu_{number}" in wanted:
                found[f"relu_{number}"] = h
        return found


@lru_cache(maxsize=4)
def network(name: str, file: WeightsFile, dtype: torch.dtype = torch.float32, device: str = "cpu") -> Network:
    """Return the network called `name` with the weights of a file, built once per process."""
    return Network(architecture(name), load(architecture(name), file), dtype, device)
