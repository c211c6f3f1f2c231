"""The table against the paper: Simonyan and Zisserman 2015, table 1, configuration E."""

import pytest

from nst.networks.base.architecture import CONVOLUTIONS, pooled_before

CHANNELS = [64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512, 512, 512]


def test_sixteen_convolutions_in_a_chain() -> None:
    assert [c.number for c in CONVOLUTIONS] == list(range(1, 17))
    assert [c.channels_out for c in CONVOLUTIONS] == CHANNELS
    assert [c.channels_in for c in CONVOLUTIONS] == [3, *CHANNELS[:-1]]


@pytest.mark.parametrize(
    ("number", "name", "reduction"),
    [
        (1, "conv1_1", 1),
        (2, "conv1_2", 1),
        (4, "conv2_2", 2),
        (5, "conv3_1", 4),
        (10, "conv4_2", 8),
        (16, "conv5_4", 16),
    ],
)
def test_names_and_reductions(number: int, name: str, reduction: int) -> None:
    convolution = CONVOLUTIONS[number - 1]
    assert (convolution.simonyan, convolution.reduction) == (name, reduction)


def test_a_pooling_opens_every_block_but_the_first() -> None:
    assert [n for n in range(1, 17) if pooled_before(n)] == [3, 5, 9, 13]
