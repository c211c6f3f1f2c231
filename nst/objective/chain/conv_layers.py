"""The layers of the chain: one convolution each, with its losses and the activations that the backward pass needs."""

from dataclasses import dataclass, field

import torch.nn.functional as F
from torch import Tensor

from nst.networks.base.architecture import layer_number
from nst.networks.base.network import Network
from nst.objective.layer_losses import LayerLoss
from nst.objective.strips import cut


@dataclass
class ConvLayer:
    """One convolution with its losses, its ReLU and, if there is one, the pooling before the next convolution."""

    number: int
    channels: int
    height: int
    width: int
    strips: tuple[slice, ...]
    pools: bool
    pre_relu: list[LayerLoss] = field(default_factory=list)
    post_relu: list[LayerLoss] = field(default_factory=list)
    activations: list[Tensor] = field(default_factory=list)
    """Output of the convolution before the ReLU, one tensor per strip."""

    @property
    def losses(self) -> list[LayerLoss]:
        """All losses, before and after the ReLU."""
        return self.pre_relu + self.post_relu

    def update_losses(self, rows: Tensor, strip: slice) -> None:
        """Update the losses with a strip of the convolution's output."""
        for loss in self.pre_relu:
            loss.update(rows, strip)
        for loss in self.post_relu:
            loss.update(F.relu(rows), strip)

    def finish_losses(self) -> None:
        """Prepare the losses for the backward pass, after the last strip."""
        for loss in self.pre_relu:
            loss.finish(self.activations)
        rectified = [F.relu(rows) for rows in self.activations] if any(loss.whole for loss in self.post_relu) else []
        for loss in self.post_relu:
            loss.finish(rectified)


def conv_layers(
    network: Network, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], limit: int | None
) -> list[ConvLayer]:
    """Return the layers that `losses` (by layer name) need; `limit`: bytes per strip, None for whole features."""
    architecture = network.architecture
    depth = max((layer_number(name) for name in losses), default=0)
    found = []
    for number, (channels, height, width) in enumerate(architecture.shapes(*shape, depth), start=1):
        strips = cut(height, channels * width * network.dtype.itemsize, limit)
        pools = number < depth and architecture.pooled_before(number + 1)
        found.append(ConvLayer(number, channels, height, width, strips, pools))
    for name, those in losses.items():
        layer = found[layer_number(name) - 1]
        (layer.pre_relu if name.startswith("conv") else layer.post_relu).extend(those)
    return found
