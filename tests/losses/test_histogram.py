"""The histogram loss against numbers worked out on paper, and against a plain implementation."""

import pytest
import torch
from objective.layers import evaluate, feature, tensor

from nst.losses.histogram import Loss

ROOT = 2**0.5


def test_the_worked_number() -> None:
    """0 and root 2 against 1 and 1: (1 + (root 2 - 1)^2) / 2 = .5858; the Gram matrices are equal."""
    assert Loss(tensor([1, 1]), 1.0).value_of(tensor([0, ROOT])).item() == pytest.approx(2 - ROOT, rel=1e-12)


def test_value_and_gradient_by_hand() -> None:
    """5, 1 against 2, 4: sorted 1, 5 against 2, 4: differences 1 at the 5, -1 at the 1; 2 d / 2, times 3."""
    value, gradient = evaluate(Loss(tensor([4, 2]), 3.0), tensor([5, 1]), [slice(0, 1)])
    assert value == pytest.approx(1) and gradient.flatten().tolist() == [3, -3]


def test_a_permuted_style_is_no_loss() -> None:
    """Each channel may be permuted by itself: this loss does not see which numbers stand together."""
    theirs = feature(6, 5, seed=1)
    ours = torch.stack([channel.flatten()[torch.randperm(30)].view(6, 5) for channel in theirs[0]])[None]
    assert Loss(theirs, 1.0).value_of(ours) == 0


def test_a_style_of_twice_the_size_has_the_same_quantiles() -> None:
    """Every number twice, against itself once: at (i + 1/2) / 2 stands the mean of two equal numbers."""
    theirs = feature(4, 3, seed=1)
    assert Loss(theirs.repeat(1, 1, 1, 2), 1.0).value_of(theirs) == pytest.approx(0, abs=1e-30)


@pytest.mark.parametrize(("height", "width"), [(5, 4), (3, 3), (11, 7)])
def test_the_target_stays_in_the_range_of_the_style(height: int, width: int) -> None:
    """One step against the gradient of n / 2 times the loss puts every number at its R."""
    ours, theirs = 5 * feature(5, 4), feature(height, width, seed=1)
    _, gradient = evaluate(Loss(theirs, ours.numel() / 2), ours, [slice(0, 5)])
    moved = (ours - gradient)[0].flatten(1)
    span = theirs[0].flatten(1)
    for channel in range(len(span)):
        assert (
            span[channel].min() - 1e-12 <= moved[channel].min() <= moved[channel].max() <= span[channel].max() + 1e-12
        )


def test_against_a_plain_implementation() -> None:
    """Each channel by itself, R from NumPy's linear quantiles, held constant."""
    import numpy as np

    ours, theirs = feature(7, 5).requires_grad_(True), feature(4, 6, seed=1)
    expected = torch.zeros((), dtype=torch.float64)
    for channel in range(ours.shape[1]):
        style, numbers = np.sort(theirs[0, channel].flatten().numpy()), ours[0, channel].flatten()
        at = (np.argsort(np.argsort(numbers.detach().numpy())) + 0.5) / 35
        held = np.interp(at, (np.arange(24) + 0.5) / 24, style)
        expected = expected + (numbers - torch.from_numpy(held)).square().sum()
    expected = expected / ours.numel()
    (exact,) = torch.autograd.grad(3 * expected, ours)
    loss = Loss(theirs, 3.0)
    value, gradient = evaluate(loss, ours.detach(), [slice(0, 2), slice(2, 7)])
    assert value == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10
    assert float(loss.value_of(ours.detach())) == pytest.approx(value, rel=1e-12)


def test_float32_by_the_packed_sort_is_as_exact_as_float32_is() -> None:
    ours, theirs = feature(7, 5), feature(4, 6, seed=1)
    exact = evaluate(Loss(theirs, 3.0), ours, [slice(0, 7)])
    found = evaluate(Loss(theirs.float(), 3.0), ours.float(), [slice(0, 7)])
    assert found[0] == pytest.approx(exact[0], rel=1e-5)
    assert (found[1] - exact[1]).norm() / exact[1].norm() < 1e-6
