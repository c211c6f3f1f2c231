"""The loss of channel means against numbers worked out on paper."""

import torch
from objective.layers import evaluate, tensor

from nst.losses.mean import Loss
from nst.objective.layer_losses import statistic


def test_value_and_gradient_by_hand() -> None:
    """Means 2 and 1 against 1 and 4: (1 + 9) / 2; gradients 2 (1, -3) / (2 x 2), the same on both positions."""
    value, gradient = evaluate(Loss(statistic(tensor([1], [4])), 3.0), tensor([1, 3], [2, 0]), [slice(0, 1)])
    assert value == 5.0 and gradient.flatten().tolist() == [1.5, 1.5, -4.5, -4.5]


def test_a_mask_weighs_by_its_square() -> None:
    """Weights 1 and 1/4: mean (1 + 6/4) / (5/4) = 2 against 1, so 1; gradients 2 w / (5/4) = 1.6 and 0.4."""
    mask = torch.tensor([1.0, 0.5], dtype=torch.float64).view(1, 1, 1, 2)
    value, gradient = evaluate(Loss(statistic(tensor([1])), 1.0, mask=mask), tensor([1, 6]), [slice(0, 1)])
    assert value == 1.0 and gradient.flatten().tolist() == [1.6, 0.4]


def test_no_products_of_channels_are_summed() -> None:
    loss = Loss(statistic(tensor([1])), 1.0)
    evaluate(loss, tensor([1, 3]), [slice(0, 1)])
    assert loss.products is None and loss.square_sums is None
