"""Rules by a layer's shape for Winograd's convolution: if it is used, and how many tiles are computed at once.

They are fixed, not measured by each process: a run must give the same picture again, and after it is resumed.
"""

from dataclasses import dataclass
from typing import Self

from nst.networks.base.architecture import Architecture

PIXELS, PRODUCTS = 4, 36
"""Pixels per side of a tile's output, and the matrix products of a block of tiles."""
LEAST_TILES = ((256, 16), (128, 64), (64, 1024))
"""Fewest tiles from which Winograd's convolution is faster, by the fewer of the channels that go in and come out."""
BLOCK_TILES = ((128, 256), (0, 512))
"""Tiles per block, likewise: few stay in the cache, many use each kernel more often."""


@dataclass(frozen=True)
class Tiles:
    """The tiles of one convolution, of `channels_in` and `channels_out`: `rows` of `columns`."""

    channels_in: int
    channels_out: int
    rows: int
    columns: int

    @classmethod
    def of(cls, channels_in: int, channels_out: int, height: int, width: int) -> Self:
        """Return the tiles of a convolution whose output is `height` x `width`; incomplete ones count."""
        return cls(channels_in, channels_out, -(-height // PIXELS), -(-width // PIXELS))

    @property
    def pay(self) -> bool:
        """Return whether Winograd's convolution is the faster one."""
        fewer = min(self.channels_in, self.channels_out)
        least = next((tiles for channels, tiles in LEAST_TILES if fewer >= channels), None)
        return least is not None and self.rows * self.columns >= least

    @property
    def block_rows(self) -> int:
        """Rows of tiles that are computed at once."""
        fewer = min(self.channels_in, self.channels_out)
        most = next(tiles for channels, tiles in BLOCK_TILES if fewer >= channels)
        return max(1, min(self.rows, most // self.columns))

    @property
    def workspace_numel(self) -> int:
        """Numbers in each of the two buffers of a block."""
        return PRODUCTS * self.block_rows * self.columns * max(self.channels_in, self.channels_out)

    @property
    def kernel_numel(self) -> int:
        """Numbers in the transformed kernel."""
        return PRODUCTS * self.channels_in * self.channels_out


def winograd_tiles(architecture: Architecture, height: int, width: int, depth: int) -> dict[int, Tiles]:
    """Return the tiles of those of the first `depth` convolutions that are computed by Winograd's, by number."""
    shapes = architecture.shapes(height, width, depth)
    every = (
        (each.number, Tiles.of(each.channels_in, each.channels_out, *shape[1:]))
        for each, shape in zip(architecture.convolutions, shapes, strict=False)
    )
    return {number: tiles for number, tiles in every if tiles.pay}
