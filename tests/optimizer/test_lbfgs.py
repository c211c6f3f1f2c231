"""L-BFGS makes the iterates of `torch.optim.LBFGS`, exactly in float64 and closely in float32."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from nst.bench import tutorial
from nst.inputs import load_inputs, set_up
from nst.networks.base.torchvision import Weights
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import make_optimizer, optimise
from nst.pictures.tensors import to_tensor
from nst.spec.records import Lbfgs, Spec

from .problems import LOSS, Analytic, correlated, grey, visited

if TYPE_CHECKING:
    from conftest import TutorialRun


def visited_by_torch(steps: int, lr: float, history: int) -> list[Tensor]:
    picture, seen = grey().requires_grad_(True), []
    optimizer = torch.optim.LBFGS(
        [picture], lr=lr, max_iter=1, history_size=history, tolerance_grad=0, tolerance_change=0
    )

    def closure() -> Tensor:
        seen.append(picture.detach().clone())
        optimizer.zero_grad()
        loss = correlated(picture)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return seen


def test_the_tutorials_clamp_visits_the_pictures_of_torch(
    tutorial_spec: Spec, tutorial_run: "TutorialRun", double_weights: Weights
) -> None:
    """The real network and pictures, 64 pixels, 40 evaluations, float64, against a plain closure: equal to 1e-9."""
    inputs = load_inputs(tutorial_spec)
    start, _ = set_up(tutorial_spec, inputs)
    content, style = (to_tensor(inputs.pictures[name]).double() for name in ("content", "style"))
    style_grams = [tutorial.gram(feature) for feature in tutorial.features(style, double_weights, 5)]
    content_target = tutorial.features(content, double_weights, 4)[3]
    picture, seen = start.clone().contiguous().requires_grad_(True), []
    optimizer = torch.optim.LBFGS([picture], max_iter=1, tolerance_grad=0, tolerance_change=0)

    def closure() -> Tensor:
        with torch.no_grad():
            picture.clamp_(0, 1)
        seen.append(picture.detach().clone())
        optimizer.zero_grad()
        found = tutorial.features(picture, double_weights, 5)
        style_loss = sum((tutorial.gram(f) - g).square().mean() for f, g in zip(found, style_grams, strict=True))
        loss = 1e6 * style_loss + (found[3] - content_target).square().mean()
        loss.backward()
        return loss

    for _ in range(40):
        optimizer.step(closure)
    assert len(seen) == len(tutorial_run.pictures) == 40
    errors = [float((a - b).abs().max()) for a, b in zip(seen, tutorial_run.pictures, strict=True)]
    assert max(errors) < 1e-9
    assert (seen[-1] - seen[0]).abs().max() > 0.1


@pytest.mark.parametrize("history", [1, 3, 100])
@pytest.mark.parametrize("lr", [1.0, 0.3])
def test_without_a_clamp_it_is_torchs_algorithm(history: int, lr: float) -> None:
    """12 evaluations: later ones are at the minimum, where both divide rounding errors by each other."""
    ours = visited(Lbfgs(clamp="none", lr=lr, history=history), 12)
    theirs = visited_by_torch(12, lr, history)
    assert all(torch.allclose(a, b, rtol=0, atol=1e-9) for a, b in zip(ours, theirs, strict=True))
    assert not torch.allclose(ours[-1], ours[0], rtol=0, atol=0.1)


@dataclass(frozen=True)
class Recorded:
    """What a run visited: pictures and gradients, (1, 3, H, W) float32, evaluation by evaluation."""

    pictures: list[Tensor]
    gradients: list[Tensor]


@pytest.fixture(scope="module")
def recorded(make_spec: Callable[..., Spec]) -> Recorded:
    """The real network at 32 pixels from noise, for so long that a history of 100 forgets its oldest pairs."""
    spec = make_spec(size=32, init="uniform", steps=125, optimizer=Lbfgs(clamp="none"))
    picture, objective = set_up(spec, load_inputs(spec))
    optimizer, found = make_optimizer(spec.optimizer), Recorded([], [])
    for _ in range(spec.steps):
        losses, gradient = objective.loss_and_gradient(picture)
        found.pictures.append(picture.clone())
        found.gradients.append(gradient.clone())
        optimizer.step(picture, gradient, losses.total)
    return found


def replayed_by_torch(gradients: list[Tensor], history: int) -> list[Tensor]:
    """The steps of `torch.optim.LBFGS` for gradients that do not depend on them."""
    variable = torch.zeros_like(gradients[0]).requires_grad_(True)
    optimizer = torch.optim.LBFGS([variable], max_iter=1, history_size=history, tolerance_grad=0, tolerance_change=0)
    steps: list[Tensor] = []
    for gradient in gradients:
        variable.grad = gradient.clone()
        optimizer.step(lambda: LOSS)
        state = optimizer.state[variable]
        steps.append((state["d"] * state["t"]).double())
    return steps


@pytest.mark.parametrize("turned", [False, True])
def test_in_float32_it_makes_the_steps_of_torch_on_the_gradients_of_a_real_run(
    recorded: Recorded, turned: bool
) -> None:
    """To 1e-4, or, where some gradients are turned round so that pairs are rejected, as close as torch is itself."""
    gradients = [-g if turned and n % 7 == 3 else g for n, g in enumerate(recorded.gradients)]
    optimizer, picture, steps = LbfgsOptimizer(Lbfgs(clamp="none")), torch.zeros_like(gradients[0]), []
    for gradient in gradients:
        optimizer.step(picture, gradient, LOSS)
        steps.append(optimizer.picture_step.flatten().double())
    exact = replayed_by_torch([gradient.double() for gradient in gradients], 100)
    theirs = replayed_by_torch(gradients, 100)
    kept = int((optimizer.history.curvatures > 0).sum())
    assert kept == 100
    apart, off, theirs_off = relative(steps, theirs), relative(steps, exact), relative(theirs, exact)
    assert off < max(1e-5, 3 * theirs_off)
    assert apart < (5e-3 if turned else 1e-4)


def relative(found: list[Tensor], expected: list[Tensor]) -> float:
    """The largest relative distance of two lists of vectors."""
    return max(float((a - b).norm() / b.norm()) for a, b in zip(found, expected, strict=True))


def test_a_transposed_memory_layout_makes_the_same_step() -> None:
    picture = torch.rand(1, 3, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    other, optimizer, last = picture.clone(memory_format=torch.channels_last), LbfgsOptimizer(Lbfgs()), grey()
    twin = LbfgsOptimizer(Lbfgs())
    for number in range(1, 4):
        last = (picture - 0.3) * number
        optimizer.step(picture, last, LOSS)
        twin.step(other, last.clone(memory_format=torch.channels_last), LOSS)
    assert torch.equal(other, picture)


def test_a_small_gradient_is_not_enlarged_in_the_first_step() -> None:
    """min(1, 1 / |g|_1): twelve times 0.01 is below 1, so the step is the gradient itself."""
    picture = grey()
    LbfgsOptimizer(Lbfgs()).step(picture, torch.full((1, 3, 2, 2), 0.01, dtype=torch.float64), LOSS)
    assert torch.allclose(picture, grey(0.49), rtol=0, atol=1e-15)


@pytest.mark.parametrize("settings", [Lbfgs(tolerance_grad=1e-6), Lbfgs(tolerance_change=1e-9)])
def test_a_tolerance_stops_at_the_minimum(settings: Lbfgs) -> None:
    run_state = optimise(Analytic(lambda p: (p - 0.3).square().sum()), LbfgsOptimizer(settings), grey(), 100)
    assert run_state.stopped == "converged" and len(run_state.durations) < 10
    assert run_state.best_picture is not None and torch.allclose(run_state.best_picture, grey(0.3), rtol=0, atol=1e-6)


def test_tolerances_are_off_by_default() -> None:
    """Even at the minimum, where the gradient is 0."""
    run_state = optimise(Analytic(lambda p: (p - 0.5).square().sum()), LbfgsOptimizer(Lbfgs()), grey(), 7)
    assert run_state.stopped == "steps" and len(run_state.durations) == 7 and run_state.best_loss == 0
