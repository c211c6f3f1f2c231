"""Compute features by a network's convolutions, a plain chain."""

from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks import architecture
from nst.networks.base.architecture import Architecture, layer_number
from nst.networks.base.layers import Layer, Layers
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile, load
from nst.networks.base.winograd import transformed


def _l2_pool2d(feature: Tensor, side: int) -> Tensor:
    """Return the root of the sum of squares of each window x; its gradient is x / root, and 0 at a root of 0."""
    wide = feature.float() if feature.dtype == torch.bfloat16 else feature
    return F.lp_pool2d(wide, 2.0, side).to(feature.dtype)


POOLINGS: dict[str, Callable[[Tensor, int], Tensor]] = {
    "max": F.max_pool2d,
    "avg": F.avg_pool2d,
    "l2": _l2_pool2d,
}


class Network:
    """The chain conv, ReLU, conv, ReLU, pooling, ... of an architecture, on one device in one precision.

    In bfloat16 the first convolution stays in float32 and its output is rounded: a picture rounded to bfloat16 (steps
    of 1/256 near white) is where half precision loses its accuracy. Every later convolution has bfloat16 inputs.
    `pooling_scale`: a factor on the output of each pooling. `replicates`: the first convolution sees the picture's edge
    pixels repeated beyond its border, not the mean colour. `uses_winograd`: the chain may use Winograd's convolutions.
    """

    pooling_scale: float | None = None
    replicates = False
    uses_winograd = False

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

        def layer(at: int) -> Layer:
            weight, bias = weights.layers[at]
            own = weight.to(device, types[at]).contiguous(memory_format=torch.channels_last)
            return own, bias.to(device, types[at])

        self.layers = Layers(len(weights.layers), layer)
        self._adjoints: dict[int, Tensor] = {}
        self._winograd: dict[int, Tensor] = {}

    def adjoint(self, number: int) -> Tensor:
        """Return the kernel of the convolution (padding 1) that carries a gradient back through convolution `number`.

        Input and output channels exchanged, both axes reversed; in the network's type, also for the first one.
        """
        if number not in self._adjoints:
            kernel = self.layers[number - 1][0].to(self.dtype).transpose(0, 1).flip(2, 3)
            self._adjoints[number] = kernel.contiguous(memory_format=torch.channels_last)
        return self._adjoints[number]

    def winograd(self, number: int) -> Tensor:
        """Return the kernel of convolution `number` for Winograd's, (36, in, out), see `nst.networks.base.winograd`."""
        if number not in self._winograd:
            self._winograd[number] = transformed(self.layers[number - 1][0])
        return self._winograd[number]

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
                h = h if self.pooling_scale is None else h * self.pooling_scale
            if number == 1 and self.replicates:
                h = F.conv2d(F.pad(h, (1, 1, 1, 1), mode="replicate"), weight, bias).to(self.dtype)
            else:
                h = F.conv2d(h, weight, bias, padding=1).to(self.dtype)
            if f"conv_{number}" in wanted:
                found[f"conv_{number}"] = h
            h = F.relu(h)
            if f"relu_{number}" in wanted:
                found[f"relu_{number}"] = h
        return found

    def with_borders(self, padding: str | None = None, pooling_scale: float | None = None) -> "Network":
        """Return the network with another padding (`replicate`, None for zeros) and scale; it shares all tensors."""
        if (padding, pooling_scale) == (None, None):
            return self
        other = copy(self)
        other.replicates, other.pooling_scale = padding == "replicate", pooling_scale
        return other

    def with_winograd(self) -> "Network":
        """Return the network for a chain that may use Winograd's convolutions; it shares all tensors."""
        other = copy(self)
        other.uses_winograd = True
        return other


@lru_cache(maxsize=4)
def network(name: str, file: WeightsFile, dtype: torch.dtype = torch.float32, device: str = "cpu") -> Network:
    """Return the network called `name` with the weights of a file, built once per process."""
    return Network(architecture(name), load(architecture(name), file), dtype, device)
