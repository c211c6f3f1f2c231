"""The stages of the chain: one convolution each, with its losses, and what is kept of it for the way down."""

from dataclasses import dataclass, field

from torch import Tensor

from nst.network.table import pooled_before
from nst.network.vgg import Vgg19
from nst.objective.local import LocalLoss
from nst.objective.strips import cut


@dataclass
class Stage:
    """One convolution with what follows it: losses, ReLU, and the pooling before the next one where there is one."""

    number: int
    channels: int
    height: int
    width: int
    strips: tuple[slice, ...]
    pools: bool
    at_conv: list[LocalLoss] = field(default_factory=list)
    at_relu: list[LocalLoss] = field(default_factory=list)
    kept: list[Tensor] = field(default_factory=list)
    """Output of the convolution, before the ReLU, a tensor a strip."""

    @property
    def losses(self) -> list[LocalLoss]:
        """Before and after the ReLU."""
        return self.at_conv + self.at_relu


def stages(
    network: Vgg19, shape: tuple[int, int], losses: dict[str, list[LocalLoss]], limit: int | None
) -> list[Stage]:
    """As many as the deepest of `losses` (by layer name) needs, for pictures of `shape`, in strips of `limit` bytes."""
    (height, width), found = shape, []
    depth = max((int(name.split("_")[1]) for name in losses), default=0)
    for number in range(1, depth + 1):
        if pooled_before(number):
            height, width = height // 2, width // 2
        channels = network.layers[number - 1][0].shape[0]
        strips = cut(height, channels * width * network.dtype.itemsize, limit)
        found.append(Stage(number, channels, height, width, strips, number < depth and pooled_before(number + 1)))
    for name, those in losses.items():
        kind, number_ = name.split("_")
        stage = found[int(number_) - 1]
        (stage.at_conv if kind == "conv" else stage.at_relu).extend(those)
    return found
