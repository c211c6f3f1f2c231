"""Losses of statistics: numbers by hand, and in strips against autograd of the whole statistic."""

import pytest
import torch
from torch import Tensor

from nst.losses.gram import Loss as Gram
from nst.objective.layer_losses import Statistic, StatisticLoss, statistic
from objective.layers import MASK, STRIPS, against_autograd, evaluate, feature, tensor


class MeanOnly(StatisticLoss):
    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return (found.mean - target.mean).square().mean()


class Both(StatisticLoss):
    """Uses mean and moment in a way that is not symmetric."""

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        ranks = torch.arange(len(found.mean), dtype=found.mean.dtype)
        return (found.moment @ ranks - target.mean).pow(4).sum() + (found.mean * ranks).sum()


def test_a_statistic_by_hand() -> None:
    """Rows (1, 3), (2, -1): mean (1.5, 1); moment (1 + 4, 3 - 2; 3 - 2, 9 + 1) / 2."""
    found = statistic(tensor([1, 2], [3, -1]))
    assert found.mean.tolist() == [1.5, 1.0]
    assert found.moment.tolist() == [[2.5, 0.5], [0.5, 5.0]]


def test_the_gradient_of_a_mean_by_hand() -> None:
    """Means 2 and 1 of two positions: loss 1, gradient 2 (2 - 1) / 2 each, times the weight 3."""
    value, gradient = evaluate(MeanOnly(statistic(tensor([1, 1])), 3.0), tensor([1, 3]), [slice(0, 1)])
    assert value == 1.0 and gradient.flatten().tolist() == [3.0, 3.0]


def test_statistics_of_bf16_are_summed_in_float32() -> None:
    """65536 ones and a weight of 1: sums in bfloat16 would stick at 256."""
    ours = torch.ones(1, 1, 256, 256, dtype=torch.bfloat16)
    value, gradient = evaluate(
        MeanOnly(statistic(torch.zeros(1, 1, 1, 1)), 1.0), ours, [slice(0, 128), slice(128, 256)]
    )
    assert value == 1.0 and gradient.dtype == torch.bfloat16


def test_a_masked_statistic_by_hand() -> None:
    """Squared masks 1, 1, 1/4, 1/4 of 1 to 4: (1 + 4 + 9/4 + 4) / 2.5 = 4.5; of the first half alone (1 + 4) / 2."""
    ours = tensor([1, 2, 3, 4])
    for mask, expected in ((tensor([1, 1, 0.5, 0.5]), 4.5), (tensor([1, 1, 0, 0]), 2.5)):
        assert statistic(ours, mask).moment.item() == expected
        value, gradient = evaluate(Gram(statistic(tensor([0.0])), 1.0, mask=mask), ours, [slice(0, 1)])
        assert value == expected**2
        assert torch.equal(gradient == 0, mask == 0)


@pytest.mark.parametrize("mask", [None, MASK], ids=["plain", "masked"])
@pytest.mark.parametrize("strips", STRIPS)
@pytest.mark.parametrize("kind", [MeanOnly, Both])
def test_against_autograd_in_strips(kind: type[StatisticLoss], strips: list[slice], mask: Tensor | None) -> None:
    against_autograd(kind(statistic(feature(7, 5, seed=1)), 2.0, mask=mask), feature(7, 5), strips)


@pytest.mark.parametrize("strips", STRIPS)
@pytest.mark.parametrize("kind", [MeanOnly, Both])
def test_only_the_rectangle_of_a_mask_is_computed(kind: type[StatisticLoss], strips: list[slice]) -> None:
    """With black lines and columns around it, and a strip that is black."""
    mask = MASK.clone()
    mask[:, :, :2] = mask[:, :, -1:] = mask[..., :1] = mask[..., -2:] = 0
    loss = kind(statistic(feature(7, 5, seed=1)), 2.0, mask=mask)
    gradient = against_autograd(loss, feature(7, 5), strips)
    assert (gradient[(mask == 0).expand_as(gradient)] == 0).all()
