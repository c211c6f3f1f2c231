"""The kind of loss that sums no products: against the same loss of the whole statistic, by autograd."""

import pytest
import torch
from torch import Tensor

from nst.losses.mean import Loss as Mean
from nst.losses.mean_std import Loss as MeanStd
from nst.objective.layer_losses import ChannelLoss, Statistic, StatisticLoss, statistic
from objective.layers import MASK, STRIPS, against_autograd, evaluate, feature


class Diagonal(ChannelLoss):
    """A loss without a closed form."""

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return (found.moment.diagonal() * found.mean - target.moment.diagonal()).pow(4).sum()


@pytest.mark.parametrize("mask", [None, MASK], ids=["plain", "masked"])
@pytest.mark.parametrize("strips", STRIPS)
@pytest.mark.parametrize("kind", [Mean, MeanStd, Diagonal])
def test_against_autograd_in_strips(kind: type[ChannelLoss], strips: list[slice], mask: Tensor | None) -> None:
    against_autograd(kind(statistic(feature(7, 5, seed=1) * 2 + 1), 2.0, mask=mask), feature(7, 5), strips)


def test_the_statistic_has_the_diagonal_of_the_moment() -> None:
    ours, loss = feature(7, 5), MeanStd(statistic(feature(7, 5)), 1.0)
    evaluate(loss, ours, [slice(0, 7)])
    found, exact = loss.found(), statistic(ours)
    assert torch.allclose(found.mean, exact.mean) and torch.allclose(found.moment, exact.moment.diagonal().diag())


@pytest.mark.parametrize("kind", [Mean, MeanStd])
def test_bf16_is_summed_in_float32(kind: type[StatisticLoss]) -> None:
    """65536 ones against zeros: means 1 apart, no variance; a sum of ones in bf16 stops at 256."""
    zeros = statistic(torch.zeros(1, 1, 1, 1))
    value, gradient = evaluate(kind(zeros, 1.0), torch.ones(1, 1, 256, 256, dtype=torch.bfloat16), [slice(0, 256)])
    assert value == 1.0 and gradient.dtype == torch.bfloat16
