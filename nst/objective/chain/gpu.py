"""The chain on a GPU: cuDNN's convolutions, with fused kernels between them; twin of the plain `Chain`."""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.chain.chain import Chain
from nst.objective.chain.conv_layers import ConvLayer
from nst.objective.chain.replicated import Replicated
from nst.objective.chain.winograd import WinogradChain
from nst.objective.layer_losses import LayerLoss
from nst.objective.strips import Padded

PADDED_CHANNELS = 8
"""Channels of the picture's gradient, of which three are used: the matrix units have no kernel for fewer."""


def make_chain(
    network: Network, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], pooling: str = "max"
) -> Chain:
    """Return the fastest chain for the network's device and type; arguments as for `Chain`."""
    if network.uses_winograd and network.mean.device.type == "cpu":
        return WinogradChain(network, shape, losses, pooling)
    first = network.layers[0][0].shape[0]
    fits = first >= 16 and first & (first - 1) == 0  # a block of the first convolution's kernel is a power of two
    known = network.dtype in (torch.float32, torch.bfloat16)
    fused = fits and known and has_fused_kernels(network.mean.device)
    return (FusedChain if fused else Chain)(network, shape, losses, pooling)


@cache
def has_fused_kernels(device: torch.device) -> bool:
    """Return whether this is a CUDA device with TF32 matrix units for which Triton can build kernels."""
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < (8, 0):
        return False
    try:
        from nst.objective.chain import fused
    except ImportError:
        return False
    return fused.works(device)


class FusedChain(Chain):
    """A `Chain` that reads and writes a feature once between two convolutions; features are whole, not in strips."""

    def __init__(
        self, network: Network, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], pooling: str = "max"
    ) -> None:
        from nst.objective.chain import fused

        super().__init__(network, shape, losses, pooling)
        self.fused = fused
        self.first_weight = network.layers[0][0].permute(1, 2, 3, 0).contiguous()
        to_eight = (0, 0, 0, 0, 0, 0, 0, PADDED_CHANNELS - 3)
        self.last_adjoint = F.pad(network.adjoint(1), to_eight).contiguous(memory_format=torch.channels_last)

    def _forward(self, picture: Tensor, keep: bool) -> None:
        with torch.cuda.device_of(self.like):  # type: ignore[no-untyped-call]  # kernels go to the current device
            super()._forward(picture, keep)

    def _backward(self, gradient: Tensor) -> None:
        with torch.cuda.device_of(self.like):  # type: ignore[no-untyped-call]
            super()._backward(gradient)

    def _normalise(self, picture: Tensor) -> Padded | None:
        """Do nothing: the kernel of the first convolution subtracts the mean. It supports zero padding only."""
        if self.network.replicates:
            return super()._normalise(picture)
        self.picture = picture.contiguous()
        return None

    def _convolve(self, layer: ConvLayer, feature: Padded | None, strip: slice, into: Tensor | None) -> Tensor:
        weight, bias = self.network.layers[layer.number - 1]
        if feature is None:
            return self._first(layer, bias, into)
        if isinstance(feature, Replicated) or (layer.pools and self.pooling != "max"):
            return super()._convolve(layer, feature, strip, into)
        rows = F.conv2d(feature.with_neighbours(strip), weight, padding=(0, 1))
        rows = rows.contiguous(memory_format=torch.channels_last)  # no copy: it already is
        if into is not None and layer.pools:
            self.fused.pool(rows, bias, into)
            self._scale(layer, into)
        else:
            self.fused.rectify(rows, bias, into)
        return rows

    def _first(self, layer: ConvLayer, bias: Tensor, into: Tensor | None) -> Tensor:
        shape = (1, layer.channels, layer.height, layer.width)
        rows = torch.empty(shape, dtype=self.like.dtype, device=self.like.device, memory_format=torch.channels_last)
        rectified = None if layer.pools else into
        self.fused.first(self.picture, self.network.mean, self.first_weight, bias, rows, rectified)
        if into is not None and layer.pools:
            self._rectify(layer, rows, into)
        return rows

    def _backward_relu(self, layer: ConvLayer, number: int, above: Padded, into: Tensor) -> None:
        if layer.pools and self.pooling == "max":
            pooled = self._upstream_pooled(layer, layer.strips[number], above)
            self.fused.unpool(pooled, layer.activations[number], into)
        else:
            super()._backward_relu(layer, number, above, into)

    def _conv_transpose(self, number: int, above: Padded, strip: slice) -> Tensor:
        if number > 1:
            return super()._conv_transpose(number, above, strip)
        return F.conv2d(above.with_neighbours(strip), self.last_adjoint, padding=(0, 1))[:, :3]
