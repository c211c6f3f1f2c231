"""L-BFGS whose first step has a length in pixel values: nothing depends on the unit of the loss."""

import pytest
import torch
from torch import Tensor

from nst.optimizer.history import two_loop
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import optimise
from nst.spec.records import Lbfgs, Preconditioner

from .problems import LOSS, Analytic, correlated, free_gradient, grey

FIRST = Lbfgs(first_step=0.02)
FREE = Lbfgs(first_step=0.02, clamp="none")


def by_hand(settings: Lbfgs, objective: Analytic, picture: Tensor, steps: int) -> list[Tensor]:
    """The pictures of projected L-BFGS by the recursion; the inverse Hessian starts from first_step / RMS(gradient)."""
    pairs: list[tuple[Tensor, Tensor]] = []
    last, step, seen = torch.zeros(12, dtype=torch.float64), torch.zeros(12, dtype=torch.float64), []
    for number in range(steps):
        seen.append(picture.clone())
        free = free_gradient(objective, picture)
        change, last = free - last, free
        if number and change.dot(step) > 1e-8 * change.norm() * step.norm():
            pairs = [*pairs, (step, change)][-settings.history :]
        if number == 0:
            step = -free * settings.first_step / free.square().mean().sqrt()
        else:
            step = settings.lr * two_loop(free, pairs).masked_fill(free == 0, 0)
            step = step * min(1.0, settings.max_step / float(step.square().mean().sqrt()))
        moved = (picture.flatten() + step).clamp(0, 1)
        step = moved - picture.flatten()
        picture = moved.view(1, 3, 2, 2)
    return seen


def visited(settings: Lbfgs, objective: Analytic, picture: Tensor, steps: int) -> list[Tensor]:
    seen: list[Tensor] = []
    optimise(objective, LbfgsOptimizer(settings), picture, steps, callback=lambda p: seen.append(p.picture.clone()))
    return seen


def test_it_is_the_recursion() -> None:
    ours, theirs = (run(FIRST, Analytic(correlated), grey(), 15) for run in (visited, by_hand))
    assert max(float((a - b).abs().max()) for a, b in zip(ours, theirs, strict=True)) < 1e-9
    assert float((ours[-1] - ours[0]).abs().max()) > 0.1


@pytest.mark.parametrize("clamp", ["projected", "closure", "none"])
@pytest.mark.parametrize("preconditioner", [None, Preconditioner("fourier", 1.0)])
def test_the_first_step_has_its_length(clamp: str, preconditioner: Preconditioner | None) -> None:
    """0.02, whatever the gradient's size."""
    for size in (1e-20, 1.0, 1e20):
        picture = grey()
        gradient = size * torch.arange(-5.5, 6.5, dtype=torch.float64).view(1, 3, 2, 2)
        settings = Lbfgs(first_step=0.02, clamp=clamp, preconditioner=preconditioner)
        LbfgsOptimizer(settings).step(picture, gradient, LOSS)
        assert float((picture - 0.5).square().mean().sqrt()) == pytest.approx(0.02, rel=1e-6)


def test_lr_scales_it_too() -> None:
    """Half of 0.02 against a gradient that is the same everywhere."""
    picture = grey()
    LbfgsOptimizer(Lbfgs(first_step=0.02, lr=0.5)).step(picture, torch.full_like(picture, 7.0), LOSS)
    assert torch.allclose(picture, grey(0.49), rtol=0, atol=1e-15)


def test_the_cap_holds_for_it_too() -> None:
    """0.02 is above 0.01; without projection there is no cap."""
    for settings, moved in ((Lbfgs(first_step=0.02, max_step=0.01), 0.01), (FREE, 0.02)):
        picture = grey()
        LbfgsOptimizer(settings).step(picture, torch.full_like(picture, 7.0), LOSS)
        assert torch.allclose(picture, grey(0.5 - moved), rtol=0, atol=1e-15)


def test_until_there_is_a_pair_steps_keep_that_scale() -> None:
    """The gradient 4 goes with 0.02; the step falls, the gradient rises to 6, the pair is refused: 6 goes with 0.03."""
    picture, optimizer = grey(), LbfgsOptimizer(FREE)
    optimizer.step(picture, torch.full_like(picture, 4.0), LOSS)
    optimizer.step(picture, torch.full_like(picture, 6.0), LOSS)
    assert torch.allclose(picture, grey(0.5 - 0.02 - 0.03), rtol=0, atol=1e-12)
    assert not optimizer.history.curvatures.any()


@pytest.mark.parametrize("unit", [1e-30, 1e-9, 1e9])
def test_a_pair_of_little_curvature_counts(unit: float) -> None:
    """A slope of 1e-30 per pixel value is a curvature far below torch's least one, 1e-10."""
    picture, optimizer = grey(), LbfgsOptimizer(FREE)
    for _ in range(2):
        optimizer.step(picture, unit * (picture - 0.1), LOSS)
    assert int((optimizer.history.curvatures > 0).sum()) == 1
    assert torch.allclose(picture, grey(0.1), rtol=0, atol=1e-9)  # after a pair, a parabola takes one step


def test_no_gradient_is_no_step() -> None:
    picture, optimizer = grey(), LbfgsOptimizer(FIRST)
    for _ in range(3):
        optimizer.step(picture, torch.zeros_like(picture), LOSS)
    assert torch.equal(picture, grey())


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("tolerance", [{"tolerance_grad": 1e-3}, {"tolerance_change": 1e-3}])
def test_tolerances_are_relative(unit: float, tolerance: dict[str, float]) -> None:
    """The same number of evaluations in every unit."""
    settings = Lbfgs(first_step=0.02, **tolerance)
    objective = Analytic(lambda p: unit * (1 + correlated(p)))
    run_state = optimise(objective, LbfgsOptimizer(settings), grey(), 100)
    assert run_state.stopped == "converged" and 3 < run_state.evaluations < 40
    plain = optimise(Analytic(lambda p: 1 + correlated(p)), LbfgsOptimizer(settings), grey(), 100)
    assert run_state.evaluations == plain.evaluations
