"""The gradient by autograd: of a scalar only."""

import pytest
from torch import Tensor

from nst.errors import UserError
from nst.objective.layer_losses import Statistic, StatisticLoss, statistic
from objective.layers import evaluate, tensor


def test_a_loss_that_is_no_scalar_is_named() -> None:
    class Vector(StatisticLoss):
        def distance(self, found: Statistic, target: Statistic) -> Tensor:
            return (found.mean - target.mean).square()

    with pytest.raises(UserError, match=rf"^{__name__}: a loss must be a scalar, not of shape \(2,\)$"):
        evaluate(Vector(statistic(tensor([1, 1], [2, 2])), 1.0), tensor([1, 3], [2, 1]), [slice(0, 1)])
