"""The stages of the chain: one convolution each, with its losses, and what is kept of it for the way down."""

from dataclasses import dataclass, field

from torch import Tensor

from nst.networks.base.architecture import pooled_before
from nst.networks.base.network import Vgg19
from nst.objective.layer_losses import LayerLoss
from nst.objective.strips import cut


@dataclass
class ConvLayer:
    """One convolution with what follows it: losses, ReLU, and the pooling before the next one where there is one."""

    number: int
    channels: int
    height: int
    width: int
    strips: tuple[slice, ...]
    pools: bool
    pre_relu: list[LayerLoss] = field(default_factory=list)
    post_relu: list[LayerLoss] = field(default_factory=list)
    activations: list[Tensor] = field(default_factory=list)
    """Output of the convolution, before the ReLU, a tensor a strip."""

    @property
    def losses(self) -> list[LayerLoss]:
        """Before and after the ReLU."""
        return self.pre_relu + self.post_relu


def stages(
    network: Vgg19, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], limit: int | None
) -> list[ConvLayer]:
    """As many as the deepest of `losses` (by layer name) needs, for pictures of `shape`, in strips of `limit` bytes."""
    (height, width), found = shape, []
    depth = max((int(name.split("_")[1]) for name in losses), default=0)
    for number in range(1, depth + 1):
        if pooled_before(number):
            height, width = height // 2, width // 2
        channels = network.layers[number - 1][0].shape[0]
        strips = cut(height, channels * width * network.dtype.itemsize, limit)
        found.append(ConvLayer(number, channels, height, width, strips, number < depth and pooled_before(number + 1)))
    for name, those in losses.items():
        kind, number_ = name.split("_")
        stage = found[int(number_) - 1]
        (stage.pre_relu if kind == "conv" else stage.post_relu).extend(those)
    return found
