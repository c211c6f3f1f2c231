"""The centred content loss against numbers worked out on paper, and against a plain implementation."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor

from nst.losses.centred_mse import Loss


def test_value_and_gradient_by_hand() -> None:
    """Differences 1 and 3, less their mean -1 and 1: (1 + 1) / 2, gradient 2 d / 2, times 3."""
    value, gradient = evaluate(Loss(tensor([1, 1]), 3.0), tensor([2, 4]), [slice(0, 1)])
    assert value == 1 and gradient.flatten().tolist() == [-3, 3]


def test_a_channel_that_is_moved_is_no_loss() -> None:
    theirs = feature(6, 5, seed=1)
    shift = torch.arange(theirs.shape[1], dtype=torch.float64).view(1, -1, 1, 1)
    assert Loss(theirs, 1.0).value_of(theirs + shift).item() < 1e-28


def test_a_large_shift_leaves_no_error() -> None:
    """In float32 a difference of sums of squares of 1e4 would be wrong by 10."""
    theirs = torch.tensor([0.0, 1.0, 2.0, 3.0]).view(1, 1, 4, 1)
    value, _ = evaluate(Loss(theirs, 1.0), theirs * 2 + 1e4, [slice(0, 2), slice(2, 4)])
    assert value == pytest.approx(1.25)


def test_against_a_plain_implementation() -> None:
    ours, theirs = feature(7, 5).requires_grad_(True), feature(7, 5, seed=1)
    x, y = (each[0].flatten(1) for each in (ours, theirs))
    expected = ((x - y).var(1, unbiased=False)).mean()
    (exact,) = torch.autograd.grad(3 * expected, ours)
    value, gradient = evaluate(Loss(theirs, 3.0), ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10
