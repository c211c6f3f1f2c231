"""The walk through the network's features, against the network's own."""

import torch

from nst.metrics.ruler import activations, ruler
from nst.networks.base.network import Network


def test_features_are_those_of_the_bundled_network(bundled: Network) -> None:
    picture = torch.rand(1, 3, 40, 33, generator=torch.Generator().manual_seed(0))
    names = [f"{kind}_{number}" for number in range(1, 17) for kind in ("conv", "relu")]
    found, expected = dict(activations(picture)), bundled.features(picture, names)
    assert list(found) == names and ruler() is bundled
    for name in names:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-4)


def test_a_small_picture_has_fewer() -> None:
    assert list(activations(torch.rand(1, 3, 3, 9)))[-1][0] == "relu_4"  # 3, then 1: no second pooling
    assert [name for name, _ in activations(torch.rand(1, 3, 64, 64), 3)][-1] == "relu_3"
