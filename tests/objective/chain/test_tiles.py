"""The rule by a layer's shape: which convolutions are Winograd's, and in what blocks."""

import pytest

from nst.networks import architecture
from nst.objective.chain.tiles import Tiles, winograd_tiles


@pytest.mark.parametrize(
    ("channels_in", "channels_out", "side", "pay"),
    [
        (3, 64, 512, False),
        (64, 64, 128, True),
        (64, 64, 124, False),
        (64, 128, 124, False),
        (128, 128, 32, True),
        (128, 128, 28, False),
        (256, 512, 13, True),
        (512, 512, 12, False),
        (32, 512, 512, False),
    ],
)
def test_it_pays_from_a_number_of_tiles(channels_in: int, channels_out: int, side: int, pay: bool) -> None:
    """1024 tiles of 4 x 4 pixels are 128 x 128; 64 are 32 x 32; 16 are 16 x 16, and 13 x 13 has incomplete ones."""
    assert Tiles.of(channels_in, channels_out, side, side).pay is pay


def test_a_block_is_whole_rows_of_tiles() -> None:
    wide, deep, small = (Tiles.of(*shape) for shape in ((64, 64, 512, 770), (512, 512, 64, 64), (256, 256, 16, 16)))
    assert (wide.columns, wide.block_rows, wide.workspace_numel) == (193, 2, 36 * 386 * 64)
    assert (deep.columns, deep.block_rows, deep.workspace_numel) == (16, 16, 36 * 256 * 512)
    assert (small.columns, small.block_rows, small.kernel_numel) == (4, 4, 36 * 256 * 256)


def test_the_layers_of_a_network() -> None:
    """At 64 pixels 64 tiles of 128 channels and 16 of 256 are enough; 256 of 64 are not, nor 4 of 512."""
    assert sorted(winograd_tiles(architecture("vgg19"), 64, 64, 16)) == [4, 6, 7, 8]
    assert sorted(winograd_tiles(architecture("vgg19"), 512, 512, 13)) == list(range(2, 14))
    assert winograd_tiles(architecture("vgg19"), 512, 512, 1) == {}
