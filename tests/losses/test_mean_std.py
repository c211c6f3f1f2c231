"""The loss of means and standard deviations against numbers worked out on paper."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor
from torch import Tensor

from nst.losses.mean_std import Loss, Settings
from nst.objective.layer_losses import statistic

TINY = Settings(eps=1e-14)


def plain(ours: Tensor, theirs: Tensor, eps: float = 1e-5) -> Tensor:
    """From the features themselves."""
    sigma, other = ((each.var((2, 3), correction=0) + eps).sqrt() for each in (ours, theirs))
    return ((ours.mean((2, 3)) - theirs.mean((2, 3))) ** 2 + (sigma - other) ** 2).mean()


def test_one_that_gram_cannot_tell_apart() -> None:
    """0, sqrt2 against 1, 1: means 1/sqrt2 and 1, deviations 1/sqrt2 and 0: (1 - 1/sqrt2)^2 + 1/2 = 2 - sqrt2."""
    loss = Loss(statistic(tensor([1, 1])), 1.0, settings=TINY)
    assert float(loss.value_of(tensor([0, 2**0.5]))) == pytest.approx(2 - 2**0.5, abs=1e-6)
    assert float(Loss(statistic(tensor([1, 1])), 1.0).value_of(tensor([0, 2**0.5]))) == pytest.approx(0.5813, abs=1e-4)


def test_value_and_gradient_by_hand() -> None:
    """1, 3 against 0, 6: means 2 and 3, deviations 1 and 3: 1 + 4; gradients -1 + (f - 2) (1 - 3): 1 and -3."""
    loss = Loss(statistic(tensor([0, 6])), 2.0, settings=TINY)
    value, gradient = evaluate(loss, tensor([1, 3]), [slice(0, 1)])
    assert value == pytest.approx(5) and gradient.flatten().tolist() == pytest.approx([2.0, -6.0])


@pytest.mark.parametrize("strips", [[slice(0, 6)], [slice(0, 2), slice(2, 6)]])
def test_against_autograd_on_the_features(strips: list[slice]) -> None:
    ours, theirs = feature(6, 5).requires_grad_(True), feature(4, 4, seed=1) * 3 + 1
    (exact,) = torch.autograd.grad(2 * plain(ours, theirs), ours)
    value, gradient = evaluate(Loss(statistic(theirs), 2.0), ours.detach(), strips)
    assert value == pytest.approx(float(plain(ours, theirs).detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("constant", [0.0, 0.3, 300.0])
def test_a_flat_channel_has_a_finite_gradient(constant: float, dtype: torch.dtype) -> None:
    """Rounding makes the variance of 0.3 and 300 a little negative or positive."""
    ours = torch.full((1, 2, 3, 5), constant).to(dtype)
    loss = Loss(statistic(feature(4, 4, channels=2)), 1.0)
    value, gradient = evaluate(loss, ours, [slice(0, 3)])
    assert value == value and gradient.isfinite().all()
    variable = ours.clone().requires_grad_(True)
    (exact,) = torch.autograd.grad(loss.value_of(variable), variable)
    assert exact.isfinite().all()


def test_a_single_position_is_finite() -> None:
    value, gradient = evaluate(Loss(statistic(feature(4, 4)), 1.0), feature(1, 1, seed=2), [slice(0, 1)])
    assert value > 0 and gradient.isfinite().all()


def test_equal_features_are_no_distance() -> None:
    value, gradient = evaluate(Loss(statistic(feature(5, 5)), 1.0), feature(5, 5), [slice(0, 5)])
    assert value < 1e-25 and gradient.norm() < 1e-12


def test_eps_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"^eps=0: must be above 0$"):
        Settings(eps=0)
