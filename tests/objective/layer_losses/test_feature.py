"""Losses that compare position by position, in strips, against autograd of the whole feature."""

import pytest
import torch
from torch import Tensor

from nst.losses.mse import Loss as Mse
from nst.objective.layer_losses import FeatureLoss
from objective.layers import MASK, STRIPS, against_autograd, feature


class Cubes(FeatureLoss):
    def pointwise(self, found: Tensor, target: Tensor) -> Tensor:
        return (found - target).abs().pow(3)


@pytest.mark.parametrize("mask", [None, MASK], ids=["plain", "masked"])
@pytest.mark.parametrize("strips", STRIPS)
def test_against_autograd_in_strips(strips: list[slice], mask: Tensor | None) -> None:
    against_autograd(Cubes(feature(7, 5, seed=1), 2.0, mask=mask), feature(7, 5), strips)


def test_gradients_are_added_to_what_is_there() -> None:
    loss, ours = Mse(torch.zeros(1, 1, 1, 1), 1.0), torch.ones(1, 1, 1, 1)
    into = torch.full((1, 1, 1, 1), 5.0)
    loss.reset(ours)
    loss.backward(into, ours, slice(0, 1))
    assert into.item() == 7.0
