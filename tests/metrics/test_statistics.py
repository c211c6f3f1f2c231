"""Distances of means and moments, against numbers worked out by hand."""

import pytest
import torch
from torch import Tensor

from nst.metrics.statistics import COSINE_LAYERS, DEEPEST, FRECHET_LAYER, GRAM_LAYERS, compared, frechet, statistics
from nst.objective.layer_losses import statistic


def rows(*values: tuple[float, ...]) -> Tensor:
    """A feature (1, C, N, 1) of these rows."""
    return torch.tensor(values).T[None, :, :, None]


def test_frechet_of_two_spikes_and_a_constant() -> None:
    """{0, sqrt 2}: mean .7071, variance .5; {1, 1}: 1 and 0. (.2929)^2 + .5 = 2 - sqrt 2 = .5858."""
    spread, constant = rows((0.0,), (2**0.5,)), rows((1.0,), (1.0,))
    assert frechet(statistic(spread), statistic(constant)) == pytest.approx(2 - 2**0.5, abs=1e-6)
    assert frechet(statistic(constant), statistic(spread)) == pytest.approx(2 - 2**0.5, abs=1e-6)


def test_frechet_of_two_axes_is_what_it_costs_to_turn() -> None:
    """Variances (1, 0) and (0, 1) share nothing: tr S + tr S' = 2; equal ones cost 0."""
    across, down = rows((1.0, 0.0), (-1.0, 0.0)), rows((0.0, 1.0), (0.0, -1.0))
    assert frechet(statistic(across), statistic(down)) == pytest.approx(2)
    assert frechet(statistic(across), statistic(across)) == 0


def test_frechet_of_a_shift_is_its_squared_length() -> None:
    feature = torch.randn(1, 4, 5, 6, generator=torch.Generator().manual_seed(0))
    moved = feature + torch.tensor([3.0, 0.0, 4.0, 0.0]).view(1, 4, 1, 1)
    assert frechet(statistic(feature), statistic(moved)) == pytest.approx(25, rel=1e-5)


def test_equal_features_are_as_near_as_can_be() -> None:
    layers = [(layer, torch.rand(1, 3, 4, 5)) for layer in (*GRAM_LAYERS, *COSINE_LAYERS)]
    found = compared(statistics(layers), statistics(layers))
    assert found == {
        "vgg_gram_distance_style": 0,
        "global_effects_grams": pytest.approx(1),
        "vgg_frechet_style": pytest.approx(0, abs=1e-12),
    }


def test_distance_and_cosine_of_grams() -> None:
    """One channel of ones against twos: Grams 1 and 4, a difference of 9 at each of five layers; the cosine is 1."""
    ones, twos = (
        [(layer, torch.full((1, 1, 2, 2), v)) for layer in (*GRAM_LAYERS, *COSINE_LAYERS)] for v in (1.0, 2.0)
    )
    found = compared(statistics(ones), statistics(twos))
    assert found["vgg_gram_distance_style"] == 45 and found["global_effects_grams"] == pytest.approx(1)
    assert found["vgg_frechet_style"] == pytest.approx(1)


def test_grams_of_channels_that_never_meet_are_at_right_angles() -> None:
    one, other = ([(layer, rows(row)) for layer in COSINE_LAYERS] for row in ((1.0, 0.0), (0.0, 1.0)))
    assert compared(statistics(one), statistics(other))["global_effects_grams"] == 0


def test_what_a_small_picture_does_not_have_is_none() -> None:
    layers = [(FRECHET_LAYER, torch.rand(1, 3, 4, 5))]
    found = compared(statistics(layers), statistics(layers))
    assert [name for name, value in found.items() if value is None] == [
        "vgg_gram_distance_style",
        "global_effects_grams",
    ]


def test_the_deepest_layer_is_that_of_the_walk() -> None:
    assert max(int(layer.split("_")[1]) for layer in (*GRAM_LAYERS, *COSINE_LAYERS, FRECHET_LAYER)) == DEEPEST
