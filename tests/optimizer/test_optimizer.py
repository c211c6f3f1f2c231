"""Adam: `torch.optim.Adam` inside [0, 1], and never outside."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor

from nst.optimizer.loop import optimise
from nst.optimizer.optimizer import AdamOptimizer
from nst.spec.records import Adam

from .problems import Analytic, grey


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
