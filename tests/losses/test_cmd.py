"""The central moment discrepancy against numbers worked out on paper, and against a plain implementation."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor

from nst.losses.cmd import Loss, Settings, central_moments


def test_the_worked_number() -> None:
    """0 and 1 against 1/2 and 1/2, without the sigmoid: variance 1/4, fourth central moment 1/16, all others equal."""
    loss = Loss(tensor([0.5, 0.5]), 1.0, settings=Settings(sigmoid=False))
    assert loss.value_of(tensor([0, 1])) == 0.3125


def test_moments_by_hand() -> None:
    """0, 0, 3: mean 1, then (1 + 1 + 4) / 3 and (-1 - 1 + 8) / 3; in two parts."""
    parts = [torch.tensor([[0.0], [0.0]]), torch.tensor([[3.0]])]
    assert central_moments(parts, 3).flatten().tolist() == [1, 2, 2]
    assert central_moments(parts, 1).flatten().tolist() == [1]


@pytest.mark.parametrize("sigmoid", [True, False])
@pytest.mark.parametrize("moments", [1, 2, 5])
def test_against_a_plain_implementation(moments: int, sigmoid: bool) -> None:
    ours, theirs = feature(7, 5).requires_grad_(True), feature(4, 6, seed=1)
    x, y = ((each.sigmoid() if sigmoid else each)[0].flatten(1) for each in (ours, theirs))
    expected = (x.mean(1) - y.mean(1)).norm()
    for k in range(2, moments + 1):
        a, b = (((z - z.mean(1, keepdim=True)) ** k).mean(1) for z in (x, y))
        expected = expected + (a - b).norm()
    (exact,) = torch.autograd.grad(3 * expected, ours)
    loss = Loss(theirs, 3.0, settings=Settings(moments, sigmoid))
    value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


def test_the_style_itself_is_no_loss_and_has_no_gradient() -> None:
    theirs = feature(4, 6, seed=1)
    value, gradient = evaluate(Loss(theirs, 1.0, settings=Settings()), theirs.clone(), [slice(0, 4)])
    assert value == 0 and gradient.abs().max() == 0


@pytest.mark.parametrize("moments", [0, 11])
def test_moments_out_of_range_are_refused(moments: int) -> None:
    with pytest.raises(ValueError, match=f"^moments={moments}: must be from 1 to 10$"):
        Settings(moments)
