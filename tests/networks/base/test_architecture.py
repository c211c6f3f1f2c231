"""The tables against the paper: Simonyan and Zisserman 2015, table 1, configurations A, B, D and E."""

from dataclasses import replace

import pytest

from nst import networks
from nst.errors import UserError
from nst.networks.base.architecture import Architecture

VGG19 = networks.architecture("vgg19")
CHANNELS = [64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512, 512, 512]
DEPTHS = {"vgg11": 8, "vgg13": 10, "vgg16": 13, "vgg19": 16}
"""The paper's names count three fully connected layers, too: 8 convolutions make VGG-11."""


def test_sixteen_convolutions_in_a_chain() -> None:
    assert [c.number for c in VGG19.convolutions] == list(range(1, 17))
    assert [c.channels_out for c in VGG19.convolutions] == CHANNELS
    assert [c.channels_in for c in VGG19.convolutions] == [3, *CHANNELS[:-1]]


@pytest.mark.parametrize("name", DEPTHS)
def test_depths_and_titles(name: str) -> None:
    plain, normalised = networks.architecture(name), networks.architecture(f"{name}_bn")
    assert plain.depth == normalised.depth == DEPTHS[name]
    assert (plain.title, normalised.title) == (f"VGG-{name[3:]}", f"VGG-{name[3:]} bn")
    assert normalised.batch_norm and not normalised.bundled and plain.blocks == normalised.blocks
    assert [c.channels_out for c in plain.convolutions if c.index == 1] == [64, 128, 256, 512, 512]


@pytest.mark.parametrize("name", networks.names())
def test_each_is_called_as_its_module(name: str) -> None:
    assert networks.architecture(name).name == name


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
    convolution = VGG19.at(f"relu_{number}")
    assert (convolution.number, convolution.name, convolution.reduction) == (number, name, reduction)


def test_a_pooling_opens_every_block_but_the_first() -> None:
    assert [n for n in range(1, 17) if VGG19.pooled_before(n)] == [3, 5, 9, 13]


def test_a_network_without_a_version_is_signed_by_its_blocks() -> None:
    assert VGG19.signed is None and replace(VGG19, version=2).signed == "2"
    own = Architecture("own", ((1, 4),))
    others = (Architecture("own", ((2, 4),)), Architecture("own", ((1, 4),), batch_norm=True))
    assert len({one.signed for one in (own, *others)}) == 3
    assert own.signed == Architecture("another", ((1, 4),), torchvision="x.pth").signed


def test_shapes_lose_what_a_pooling_cuts_off() -> None:
    """13 x 10 pixels halve to 6 x 5, and to 3 x 2."""
    small = Architecture("small", ((1, 4), (1, 6), (1, 8)))
    assert small.shapes(13, 10, 3) == [(4, 13, 10), (6, 6, 5), (8, 3, 2)]


@pytest.mark.parametrize(
    ("name", "places"),
    [("vgg11", [0, 3, 6, 8, 11, 13, 16, 18]), ("vgg11_bn", [0, 4, 8, 11, 15, 18, 22, 25])],
)
def test_torchvisions_places(name: str, places: list[int]) -> None:
    """As in its models: a ReLU, or a normalisation and a ReLU, after each convolution; a pooling after each block."""
    assert networks.architecture(name).state_keys() == [f"features.{place}" for place in places]


def test_a_misspelt_network_is_told() -> None:
    with pytest.raises(UserError, match=r"^network=vgg15: unknown; did you mean 'vgg1"):
        networks.architecture("vgg15")
