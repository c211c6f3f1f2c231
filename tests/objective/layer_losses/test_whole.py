"""Losses of a whole feature, which the chain computes in strips."""

import pytest
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from objective.layers import STRIPS, against_autograd, feature


class Sorted(WholeLoss):
    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        return (found.flatten(2).sort().values - target.flatten(2).sort().values).square().mean()


@pytest.mark.parametrize("strips", STRIPS)
def test_it_sees_all_strips_at_once(strips: list[slice]) -> None:
    against_autograd(Sorted(feature(7, 5, seed=1), 0.5), feature(7, 5), strips)
