"""The centred Gram loss against numbers worked out on paper."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor

from nst.losses.centred import Loss, covariance
from nst.losses.gram import Loss as Gram
from nst.objective.layer_losses import statistic


def test_a_covariance_by_hand() -> None:
    """1 and 3 have mean 2: the squares of -1 and 1 have mean 1. With 2, 0 beside it: -1 off the diagonal."""
    assert covariance(statistic(tensor([1, 3]))).tolist() == [[1.0]]
    assert covariance(statistic(tensor([1, 3], [2, 0]))).tolist() == [[1.0, -1.0], [-1.0, 1.0]]


def test_value_and_gradient_by_hand() -> None:
    """Covariance 1 against 0: loss 1, gradient (f - 2) 4 x 1 / 2 = -2 and 2, times the weight 3."""
    value, gradient = evaluate(Loss(statistic(tensor([5, 5])), 3.0), tensor([1, 3]), [slice(0, 1)])
    assert value == 1.0 and gradient.flatten().tolist() == [-6.0, 6.0]


def test_the_loss_is_over_the_squared_channels() -> None:
    """Covariance (1, -1; -1, 1) against zeros: four squares of 1/2, mean 1/4."""
    assert Loss(statistic(tensor([5], [5])), 1.0).value_of(tensor([1, 3], [2, 0])) == 0.25


def test_it_is_gram_of_features_less_their_mean() -> None:
    ours, theirs = feature(4, 5), feature(6, 3, seed=1) + 2
    expected = Gram(statistic(theirs - theirs.mean((2, 3), keepdim=True)), 1.0)
    found = Loss(statistic(theirs), 1.0).value_of(ours + 7)
    assert float(found) == pytest.approx(float(expected.value_of(ours - ours.mean((2, 3), keepdim=True))), rel=1e-10)


def test_a_sum_of_losses_is_not_the_loss_of_a_mixture() -> None:
    """Constant styles 0 and 2 have no variance; pooled, their mean second moment 2 less their squared mean 1 is 1."""
    assert not Loss.mixes
    zero, two = statistic(tensor([0.0])), statistic(tensor([2.0]))
    pooled = type(zero)((zero.mean + two.mean) / 2, (zero.moment + two.moment) / 2)
    ours = tensor([1, 3])
    assert [float(Loss(target, 1.0).value_of(ours)) for target in (zero, two, pooled)] == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_large_mean_leaves_little_rounding(dtype: torch.dtype) -> None:
    """64 and 66, mean 65, variance 1 of a second moment of 4226, all exact in bf16."""
    ours = tensor([64, 66]).to(dtype)
    value, gradient = evaluate(Loss(statistic(tensor([5, 5]).float()), 1.0), ours, [slice(0, 1)])
    assert value == pytest.approx(1.0, abs=1e-2) and gradient.isfinite().all()
