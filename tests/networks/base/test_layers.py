"""Layers are made when they are first used, once, and read like a tuple."""

import pytest
import torch
from torch import Tensor

from nst.networks import architecture
from nst.networks.base.layers import Layers
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights


def test_each_is_made_once_when_it_is_used() -> None:
    asked: list[int] = []

    def make(number: int) -> tuple[Tensor, Tensor]:
        asked.append(number)
        return torch.full((1,), float(number)), torch.zeros(1)

    layers = Layers(4, make)
    assert len(layers) == 4 and asked == []
    third = layers[2]
    assert layers[2] is third and layers[-2] is third and asked == [2]
    assert layers[1:3] == (layers[1], third) and asked == [2, 1]
    assert [float(kernel) for kernel, _ in layers] == [0, 1, 2, 3] and asked == [2, 1, 0, 3]
    with pytest.raises(IndexError):
        layers[4]


def test_a_network_converts_no_more_than_its_features_need() -> None:
    vgg19 = architecture("vgg19")
    asked: list[int] = []

    def make(at: int) -> tuple[Tensor, Tensor]:
        asked.append(at)
        convolution = vgg19.convolutions[at]
        kernel = torch.zeros(convolution.channels_out, convolution.channels_in, 3, 3)
        return kernel, torch.zeros(convolution.channels_out)

    network = Network(vgg19, Weights(Layers(16, make), torch.zeros(1, 3, 1, 1)))
    assert asked == []
    found = network.features(torch.zeros(1, 3, 8, 8), ["relu_3"])
    assert found["relu_3"].shape == (1, 128, 4, 4) and asked == [0, 1, 2]
