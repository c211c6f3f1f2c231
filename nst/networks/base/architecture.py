"""The sixteen convolutions of VGG-19 (Simonyan and Zisserman 2015, configuration E), as a table without tensors."""

from dataclasses import dataclass

BLOCKS = {1: (2, 64), 2: (2, 128), 3: (4, 256), 4: (4, 512), 5: (4, 512)}
"""Block -> (convolutions in it, channels each puts out); a 2x2 pooling closes every block."""


@dataclass(frozen=True)
class Convolution:
    """One 3x3 convolution: `number` counts from 1 through the network, `index` from 1 within its `block`."""

    number: int
    block: int
    index: int
    channels_in: int
    channels_out: int

    @property
    def simonyan(self) -> str:
        """The authors' name, as in `conv4_2`."""
        return f"conv{self.block}_{self.index}"

    @property
    def reduction(self) -> int:
        """How many pixels of the picture one step of this layer's feature map spans: 1, 2, 4, 8 or 16."""
        return 1 << (self.block - 1)


def _build() -> tuple[Convolution, ...]:
    rows: list[Convolution] = []
    channels_in = 3
    for block, (count, channels) in BLOCKS.items():
        for index in range(1, count + 1):
            rows.append(Convolution(len(rows) + 1, block, index, channels_in, channels))
            channels_in = channels
    return tuple(rows)


CONVOLUTIONS = _build()


def pooled_before(number: int) -> bool:
    """Whether a 2x2 pooling stands between convolution `number` - 1 and convolution `number`."""
    return number > 1 and CONVOLUTIONS[number - 1].index == 1
