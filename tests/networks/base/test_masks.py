"""Masks at the layers of a network, against averages by hand and what a position really sees."""

from itertools import product

import numpy as np
import pytest
import torch
from conftest import TINY

from nst.networks.base.architecture import Architecture
from nst.networks.base.masks import propagate
from nst.networks.base.network import Network

LAYERS = ("conv_1", "conv_2", "relu_3", "conv_5")


def random_mask(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width))


@pytest.mark.parametrize("propagation", ["simple", "inside"])
@pytest.mark.parametrize("shape", [(8, 12), (11, 9), (13, 14)])
def test_a_mask_has_the_shape_of_the_feature(shape: tuple[int, int], propagation: str, tiny: Network) -> None:
    features = tiny.features(torch.zeros(1, 3, *shape, dtype=torch.float64), LAYERS)
    found = propagate(np.ones(shape), TINY, LAYERS, propagation)
    assert {layer: mask.shape for layer, mask in found.items()} == {
        layer: tuple(feature.shape[2:]) for layer, feature in features.items()
    }
    assert all((mask == 1).all() for mask in found.values())


def test_simple_is_the_average_of_pixels_that_are_pooled_together() -> None:
    """Odd last lines are pooled into nothing."""
    mask = np.array([[1, 0, 0.5, 9], [0, 0, 0.5, 9], [1, 1, 0, 9], [1, 1, 1, 9], [9, 9, 9, 9]])
    found = propagate(mask, TINY, ("conv_2", "conv_3"))
    assert (found["conv_2"] == mask).all()
    assert found["conv_3"][:, 0].tolist() == [0.25, 1.0]
    found = propagate(random_mask(9, 8), TINY, ("conv_5",))
    assert found["conv_5"][0, 1] == pytest.approx(random_mask(9, 8)[:4, 4:].mean(), rel=1e-14)


def sees(architecture: Architecture, shape: tuple[int, int], layer: str) -> np.ndarray:
    """Whether a position (first two axes) sees a pixel (last two): probed with a network that adds everything up."""
    weights = [(torch.ones(1, c, 3, 3).double(), torch.zeros(1).double()) for c in (3, 1, 1, 1, 1)]
    pooled = {n for n in range(2, 6) if architecture.pooled_before(n)}
    probes = []
    for y, x in product(range(shape[0]), range(shape[1])):
        feature = torch.zeros(1, 3, *shape, dtype=torch.float64)
        feature[:, :, y, x] = 1
        for number, (weight, bias) in enumerate(weights[: int(layer[-1])], 1):
            feature = torch.nn.functional.avg_pool2d(feature, 2) if number in pooled else feature
            feature = torch.nn.functional.conv2d(feature, weight, bias, padding=1)
        probes.append(feature[0, 0].numpy() > 0)
    return np.stack(probes, -1).reshape(*probes[0].shape, *shape)


@pytest.mark.parametrize("shape", [(12, 20), (13, 23)])
@pytest.mark.parametrize("layer", LAYERS)
def test_inside_is_the_least_that_a_position_sees(layer: str, shape: tuple[int, int]) -> None:
    mask, seen = random_mask(*shape), sees(TINY, shape, layer)
    expected = np.where(seen, mask, np.inf).min((2, 3))
    assert (propagate(mask, TINY, (layer,), "inside")[layer] == expected).all()
    assert seen.any((2, 3)).all() and not seen.all()
