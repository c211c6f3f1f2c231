"""The Gram loss of shifted features against numbers worked out on paper."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor

from nst import losses
from nst.losses.gram import Loss as Gram
from nst.losses.shifted import Loss, Settings
from nst.objective.layer_losses import statistic


def test_value_and_gradient_by_hand() -> None:
    """1 and 3 less 1: (0 + 4) / 2 = 2 against (1 - 1)^2 = 0: loss 4, gradient (f - 1) 4 x 2 / 2 = 0 and 8."""
    value, gradient = evaluate(Loss(statistic(tensor([1, 1])), 1.0), tensor([1, 3]), [slice(0, 1)])
    assert value == 4.0 and gradient.flatten().tolist() == [0.0, 8.0]


@pytest.mark.parametrize("shift", [-1.0, 0.0, 2.5])
def test_it_is_gram_of_shifted_features(shift: float) -> None:
    ours, theirs = feature(4, 5), feature(6, 3, seed=1)
    strips, both = [slice(0, 2), slice(2, 4)], []
    for loss, of in (
        (Loss(statistic(theirs), 2.0, settings=Settings(shift)), ours),
        (Gram(statistic(theirs + shift), 2.0), ours + shift),
    ):
        both.append(evaluate(loss, of, strips))
    (value, gradient), (expected, exact) = both
    assert value == pytest.approx(expected, rel=1e-12) and torch.allclose(gradient, exact, rtol=1e-11)


def test_the_shift_is_minus_1_unless_set() -> None:
    assert losses.settings(Loss, {}, "losses.x.settings") == (("shift", -1.0),)
    assert losses.settings(Loss, {"shift": 2}, "losses.x.settings") == (("shift", 2.0),)
