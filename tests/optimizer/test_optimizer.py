"""Adam: `torch.optim.Adam` inside [0, 1], and never outside."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor

from nst.optimizer.loop import make_optimizer, optimise
from nst.optimizer.optimizer import AdamOptimizer
from nst.spec.records import Adam, Lbfgs

from .problems import LOSS, Analytic, grey


def bowl(picture: Tensor) -> Tensor:
    """Minimum at 0.3 to 0.7, steeper for later numbers, with a quartic part."""
    steepness = torch.linspace(0.01, 10, picture.numel(), dtype=picture.dtype)
    difference = picture.reshape(-1) - torch.linspace(0.3, 0.7, picture.numel(), dtype=picture.dtype)
    return (steepness * difference.square() + difference**4).sum()


@pytest.mark.parametrize("settings", [Adam(), Adam(lr=0.005, beta1=0.5, beta2=0.9)])
def test_it_is_torchs_adam_where_the_clamp_is_idle(settings: Adam) -> None:
    ours, theirs = grey(), grey().requires_grad_(True)
    seen: list[Tensor] = []
    optimise(Analytic(bowl), AdamOptimizer(settings), ours, 50, callback=lambda p: seen.append(p.picture.clone()))
    optimizer = torch.optim.Adam([theirs], lr=settings.lr, betas=(settings.beta1, settings.beta2))
    for picture in seen:
        assert 0 < picture.min() and picture.max() < 1
        assert torch.allclose(picture, theirs.detach(), rtol=0, atol=1e-12)
        optimizer.zero_grad()
        bowl(theirs).backward()
        optimizer.step()
    assert torch.allclose(ours, theirs.detach(), rtol=0, atol=1e-12)


def test_the_first_step_is_lr_against_the_sign() -> None:
    """mean / deviation is g / |g| once both are corrected for their start at 0."""
    picture = grey()
    gradient = torch.tensor([1e-3, -5, 40] * 4, dtype=torch.float64).view_as(picture)
    assert not AdamOptimizer(Adam(lr=0.1)).step(picture, gradient, torch.tensor(0.0))
    assert torch.allclose(picture, 0.5 - 0.1 * gradient.sign(), rtol=0, atol=2e-6)


def test_it_never_leaves_the_range() -> None:
    picture, optimizer = grey(0.05), AdamOptimizer(Adam(lr=0.3))
    for sign in (1, 1, 1, *[-1] * 30):
        optimizer.before_evaluation(picture)
        optimizer.step(picture, sign * torch.ones_like(picture), torch.tensor(0.0))
        assert 0 <= picture.min() and picture.max() <= 1
    assert torch.equal(picture, grey(1.0))


def test_the_average_worked_out() -> None:
    """Decay 1/2 on 0 (the start), 1 and 1: (0 / 4 + 1 / 2 + 1) / (1 / 4 + 1 / 2 + 1) = 6 / 7."""
    start, one = grey(0.0), grey(1.0)
    optimizer = AdamOptimizer(Adam(lr=1.0, average=0.5))
    picture = start.clone()
    optimizer.step(picture, -torch.ones_like(picture), LOSS)  # the first step is lr against the sign
    assert torch.allclose(picture, one, rtol=0, atol=1e-7)
    optimizer.step(picture, -torch.ones_like(picture), LOSS)
    found = optimizer.averaged(picture)
    assert found is not None and torch.allclose(found, grey(6 / 7), rtol=0, atol=1e-7)
    assert torch.allclose(picture, one, rtol=0, atol=1e-7)


@pytest.mark.parametrize("decay", [0.3, 0.9, 0.99])
def test_the_average_is_the_plain_one_of_all_points(decay: float) -> None:
    """Of the start, every point evaluated and the last; Adam itself moves as without."""
    picture, alone, optimizer = grey(), grey(), AdamOptimizer(Adam(average=decay))
    points: list[Tensor] = []
    optimise(Analytic(bowl), optimizer, picture, 30, callback=lambda p: points.append(p.picture.clone()))
    optimise(Analytic(bowl), AdamOptimizer(Adam()), alone, 30)
    points.append(picture)
    weights = [decay**age for age in reversed(range(len(points)))]
    expected = sum(w * point for w, point in zip(weights, points, strict=True)) / sum(weights)
    found = optimizer.averaged(picture)
    assert len(points) == 31 and torch.equal(points[0], grey()) and torch.equal(picture, alone)
    assert found is not None and torch.allclose(found, torch.as_tensor(expected), rtol=0, atol=1e-14)


def test_no_average_unless_asked_for() -> None:
    plain, lbfgs = AdamOptimizer(Adam()), make_optimizer(Lbfgs(), 3)
    for optimizer in (plain, lbfgs):
        optimise(Analytic(bowl), optimizer, picture := grey(), 3)
        assert optimizer.averaged(picture) is None
    assert plain.state_tensors().keys() == {"mean", "square", "shares"}


def test_the_average_goes_on_from_its_state_and_begins_anew_after_a_reset() -> None:
    whole, part = (AdamOptimizer(Adam(average=0.8)) for _ in range(2))
    picture, copy = grey(), grey()
    for number in range(5):
        whole.step(picture, picture - 0.1, LOSS)
        if number == 2:
            part.prepare(copy.copy_(picture))
            part.load_state(deepcopy(whole.state_tensors()))
    for _ in range(2):
        part.step(copy, copy - 0.1, LOSS)
    found = [optimizer.averaged(copy) for optimizer in (whole, part)]
    assert found[0] is not None and found[1] is not None and torch.equal(found[0], found[1])
    part.reset()
    assert torch.allclose(part.averaged(grey()) - grey(), torch.zeros(1).double(), rtol=0, atol=1e-15)  # type: ignore[operator]


def test_a_run_goes_on_from_its_state_bit_by_bit_and_begins_anew_after_a_reset() -> None:
    whole, part, picture, total = AdamOptimizer(Adam()), AdamOptimizer(Adam()), grey(), torch.tensor(0.0)
    seen: list[Tensor] = []
    for number in range(6):
        whole.step(picture, (picture - 0.1) * (number + 1), total)
        seen.append(picture.clone())
        if number == 2:
            state = deepcopy(whole.state_tensors())
    part.prepare(picture)
    part.load_state(state)
    copy = seen[2].clone()
    for number in range(3, 6):
        part.step(copy, (copy - 0.1) * (number + 1), total)
        assert torch.equal(copy, seen[number])
    part.reset()
    copy.copy_(grey())
    part.step(copy, copy - 0.1, total)
    assert torch.equal(copy, seen[0])


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e30])
def test_a_relative_epsilon_worked_out(unit: float) -> None:
    """The roots are |g| = 3, 4: their RMS is 3.5355; with half of it added, 3 / 4.7678 and 4 / 5.7678 of lr."""
    picture = grey()
    gradient = unit * torch.tensor([3.0, -4.0] * 6, dtype=torch.float64).view_as(picture)
    AdamOptimizer(Adam(lr=0.1, relative_epsilon=0.5)).step(picture, gradient, LOSS)
    expected = torch.tensor([0.5 - 0.1 * 3 / 4.767767, 0.5 + 0.1 * 4 / 5.767767] * 6, dtype=torch.float64)
    assert torch.allclose(picture.flatten(), expected, rtol=0, atol=1e-7)


def test_no_gradient_is_no_step_of_adam_either() -> None:
    picture, optimizer = grey(), AdamOptimizer(Adam(relative_epsilon=1e-8))
    for _ in range(2):
        optimizer.step(picture, torch.zeros_like(picture), LOSS)
    assert torch.equal(picture, grey())


def test_the_unit_of_the_first_gradient_is_kept_and_carried() -> None:
    """RMS 3 is below 4; later gradients and larger pictures change nothing, a reset does."""
    picture, optimizer, larger = (
        grey(),
        AdamOptimizer(Adam(relative_epsilon=1e-8)),
        AdamOptimizer(Adam(relative_epsilon=1e-8)),
    )
    for size in (3.0, 300.0):
        optimizer.step(picture, torch.full_like(picture, size), LOSS)
    larger.prepare(torch.zeros(1, 3, 4, 4, dtype=torch.float64))
    larger.carry(optimizer.carried_tensors())
    larger.step(torch.zeros(1, 3, 4, 4, dtype=torch.float64), torch.ones(1, 3, 4, 4, dtype=torch.float64), LOSS)
    assert (float(optimizer.unit), float(larger.unit)) == (4, 4)
    optimizer.reset()
    optimizer.step(picture, torch.full_like(picture, 300.0), LOSS)
    assert float(optimizer.unit) == 512
