"""The content loss against numbers worked out on paper."""

import pytest
import torch
from objective.layers import evaluate, tensor

from nst.losses.mse import Loss


def test_it_is_the_mean_squared_difference() -> None:
    """Differences 1, -2, 0, 3: (1 + 4 + 0 + 9) / 4."""
    assert Loss(tensor([1, 3], [5, 4]), 1.0).value_of(tensor([2, 1], [5, 7])) == 3.5


def test_half_precision_is_summed_in_float32() -> None:
    """Differences 3/128 and 1: bfloat16 holds both squares, 9/16384 and 1, but not their mean."""
    feature = torch.tensor([[1 + 3 / 128, 2.0]]).bfloat16()[:, :, None, None]
    loss = Loss(torch.ones(1, 2, 1, 1, dtype=torch.bfloat16), 1.0)
    found = loss.value_of(feature)
    assert found.dtype == torch.float32 and found.item() == (9 / 16384 + 1) / 2
    assert evaluate(loss, feature, [slice(0, 1)])[0] == (9 / 16384 + 1) / 2


def test_value_and_gradient_by_hand() -> None:
    """Differences 1 and 2: (1 + 4) / 2, gradient 2 d / 2, times the weight 3."""
    ours = torch.tensor([2.0, 4.0]).view(1, 1, 1, 2)
    value, gradient = evaluate(Loss(torch.tensor([1.0, 2.0]).view(1, 1, 1, 2), 3.0), ours, [slice(0, 1)])
    assert value == 2.5 and gradient.flatten().tolist() == [3.0, 6.0]


def test_a_mask_weighs_by_its_share_of_the_mean() -> None:
    """Squares 1 and 4, mask 1 and 0, mean 1/2: the weights are 2 and 0, so (2 x 1 + 0 x 4) / 2."""
    mask = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    loss = Loss(torch.tensor([1.0, 2.0]).view(1, 1, 1, 2), 3.0, mask=mask)
    value, gradient = evaluate(loss, torch.tensor([2.0, 4.0]).view(1, 1, 1, 2), [slice(0, 1)])
    assert value == pytest.approx(1.0) and gradient.flatten().tolist() == pytest.approx([6.0, 0.0])
