"""Distances to the content, layer by layer, against numbers worked out by hand."""

import pytest
import torch

from nst.metrics.features import DISTANCE, FIDELITY, PERCEPTUAL, ContentComparison, cosine, perceptual


def test_cosine_of_long_vectors() -> None:
    """(3, 4) and (4, 3): 24 / 25."""
    assert cosine(torch.tensor([3.0, 4.0]), torch.tensor([[4.0], [3.0]]).flatten()) == pytest.approx(0.96)
    assert cosine(torch.zeros(2), torch.ones(2)) is None


def test_perceptual_distance_of_directions() -> None:
    """At one position the same direction twice as long: 0; at the other a right angle: 2. Their mean is 1."""
    one = torch.tensor([[1.0, 1.0], [0.0, 0.0]]).view(1, 2, 1, 2)
    other = torch.tensor([[2.0, 0.0], [0.0, 5.0]]).view(1, 2, 1, 2)
    assert perceptual(one, other) == pytest.approx(1)
    assert perceptual(one, one) == 0
    assert perceptual(torch.zeros(1, 2, 1, 1), torch.ones(1, 2, 1, 1)) == pytest.approx(1)


def test_layers_are_averaged_or_summed() -> None:
    """CF is the mean of two cosines, 1 and 0; the perceptual distance sums five layers of 2."""
    comparison, east, north = ContentComparison(), torch.tensor([1.0, 0]).view(1, 2, 1, 1), None
    north = east.flip(1)
    comparison.add(FIDELITY[0], east, east)
    comparison.add(FIDELITY[1], east, north)
    comparison.add(DISTANCE, east, north)
    for layer in PERCEPTUAL:
        comparison.add(layer, east, north)
    assert comparison.values() == {
        "content_fidelity": 0.5,
        "vgg_perceptual_content": 10,
        "vgg_feature_distance_content": 1,
    }


def test_without_its_layers_a_measure_is_none() -> None:
    assert set(ContentComparison().values().values()) == {None}
