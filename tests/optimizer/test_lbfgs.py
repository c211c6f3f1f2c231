"""L-BFGS: the iterates of `torch.optim.LBFGS`, and a clamp that does not explode where the tutorial's does."""

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nst.bench import plain
from nst.network.weights import Weights
from nst.optimizer.lbfgs import LONGEST_STEP, LbfgsOptimizer
from nst.optimizer.loop import Diverged, optimise
from nst.spec.parts import Lbfgs
from nst.spec.spec import Spec
from nst.transfer import load_inputs, set_up

from .problems import Analytic, correlated, grey, least_inside

if TYPE_CHECKING:
    from conftest import TutorialRun

NUMBERS = st.lists(st.floats(-1e4, 1e4), min_size=12, max_size=12)
UNIT = st.lists(st.floats(0, 1), min_size=12, max_size=12)


def visited(settings: Lbfgs, steps: int, picture: Tensor | None = None) -> list[Tensor]:
    """The pictures at which our loop evaluates `correlated`."""
    seen: list[Tensor] = []
    start = grey() if picture is None else picture
    objective = Analytic(correlated)
    optimise(objective, LbfgsOptimizer(settings), start, steps, watch=lambda p: seen.append(p.picture.clone()))
    return seen


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
    start, objective = set_up(tutorial_spec, load_inputs(tutorial_spec))
    style_grams = list(objective.style_targets.values())
    content_target = objective.content_targets["conv_4"]
    picture, seen = start.clone().contiguous().requires_grad_(True), []
    optimizer = torch.optim.LBFGS([picture], max_iter=1, tolerance_grad=0, tolerance_change=0)

    def closure() -> Tensor:
        with torch.no_grad():
            picture.clamp_(0, 1)
        seen.append(picture.detach().clone())
        optimizer.zero_grad()
        found = plain.features(picture, double_weights, 5)
        style = sum((plain.gram(f) - g).square().mean() for f, g in zip(found, style_grams, strict=True))
        loss = 1e6 * style + (found[3] - content_target).square().mean()
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


def test_no_more_pairs_than_history_are_kept_and_the_last_ones() -> None:
    kept, all_of_them = (LbfgsOptimizer(Lbfgs(clamp="none", history=n)) for n in (3, 100))
    picture, other = grey(), grey()
    for i in range(8):
        gradient = (picture - 0.1) * torch.linspace(1, 5 + i, 12, dtype=torch.float64).view(1, 3, 2, 2)
        kept.step(picture, gradient, 0)
        all_of_them.step(other, gradient, 0)
        stored = [len(part) for part in (kept.displacements, kept.gradient_changes, kept.curvatures)]
        assert len(set(stored)) == 1 and stored[0] <= 3
    assert stored[0] == 3 and len(all_of_them.displacements) > 3
    assert torch.equal(kept.gradient_changes[-1], all_of_them.gradient_changes[-1])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_history_in_bf16_takes_half_the_memory_and_still_goes_down(dtype: torch.dtype) -> None:
    optimizer = LbfgsOptimizer(Lbfgs(history_dtype="bf16"))
    picture = grey(dtype=dtype)
    course = optimise(Analytic(correlated), optimizer, picture, 30)
    stored = (*optimizer.displacements, *optimizer.gradient_changes)
    assert {vector.dtype for vector in stored} == {torch.bfloat16} and picture.dtype == dtype
    assert course.best_loss < course.trace[0].total_loss / 10


def test_pairs_without_curvature_are_not_remembered() -> None:
    """A constant gradient changes by 0 along the step."""
    optimizer = LbfgsOptimizer(Lbfgs())
    picture = grey()
    for _ in range(3):
        optimizer.step(picture, torch.ones_like(picture), 0)
    assert optimizer.displacements == [] and optimizer.scale == 1


def test_the_tutorials_clamp_explodes_where_the_projected_one_arrives() -> None:
    """A convex quadratic of twelve numbers whose minimum is outside [0, 1]."""
    least = least_inside()
    with pytest.raises(Diverged, match="it has been more than 10 times its best") as diverged:
        optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="closure")), grey(), 200)
    assert diverged.value.course.best_loss > 1.5 * least
    course = optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="projected")), grey(), 200)
    assert least <= course.best_loss <= course.trace[-1].total_loss < 1.05 * least


def test_without_a_clamp_it_leaves_the_range() -> None:
    assert visited(Lbfgs(clamp="none"), 40)[-1].max() == pytest.approx(1.2, abs=1e-4)


def test_the_tutorials_clamp_comes_before_the_evaluation() -> None:
    seen = visited(Lbfgs(clamp="closure"), 15)
    assert all(0 <= picture.min() and picture.max() <= 1 for picture in seen)
    assert any((picture == 1).any() for picture in seen)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(start=UNIT, gradients=st.lists(NUMBERS, min_size=1, max_size=6))
def test_projected_pictures_never_leave_the_range(
    dtype: torch.dtype, start: list[float], gradients: list[list[float]]
) -> None:
    optimizer, picture = LbfgsOptimizer(Lbfgs()), torch.tensor(start, dtype=dtype).view(1, 3, 2, 2)
    for gradient in gradients:
        before = picture.clone()
        optimizer.step(picture, torch.tensor(gradient, dtype=dtype).view_as(picture), 0)
        assert 0 <= picture.min() and picture.max() <= 1
        made = picture - before
        assert made.square().mean().sqrt() <= LONGEST_STEP * (1 + 1e-5)
        assert optimizer.last_displacement is not None
        assert torch.allclose(made.view(-1), optimizer.last_displacement, rtol=0, atol=1e-6)


def test_a_first_step_that_is_too_long_is_shortened() -> None:
    """Gradient 3 for twelve numbers: 1 / 36 of it is 1/12 each; times lr 6 that is 0.5, and 0.03 is the longest."""
    assert LONGEST_STEP == 0.03
    picture, gradient = grey(), torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64)
    LbfgsOptimizer(Lbfgs(lr=6)).step(picture, gradient, 0)
    assert torch.allclose(picture, grey(0.47), rtol=0, atol=1e-15)
    free = grey()
    LbfgsOptimizer(Lbfgs(lr=6, clamp="none")).step(free, gradient, 0)
    assert torch.allclose(free, grey(0.0), rtol=0, atol=1e-15)


def test_a_step_that_is_short_enough_is_not() -> None:
    picture = grey()
    LbfgsOptimizer(Lbfgs(lr=0.24)).step(picture, torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64), 0)
    assert torch.allclose(picture, grey(0.48), rtol=0, atol=1e-15)


def test_the_displacement_actually_made_is_remembered() -> None:
    """0.01 has only 0.01 to go."""
    picture = grey()
    picture.view(-1)[0] = 0.01
    optimizer = LbfgsOptimizer(Lbfgs(lr=0.24))
    optimizer.step(picture, torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64), 0)
    assert optimizer.last_displacement is not None
    assert torch.allclose(
        optimizer.last_displacement[:2], torch.tensor([-0.01, -0.02], dtype=torch.float64), rtol=0, atol=1e-15
    )


def test_a_small_gradient_is_not_enlarged_in_the_first_step() -> None:
    """min(1, 1 / |g|_1): twelve times 0.01 is below 1, so the step is the gradient itself."""
    picture = grey()
    LbfgsOptimizer(Lbfgs()).step(picture, torch.full((1, 3, 2, 2), 0.01, dtype=torch.float64), 0)
    assert torch.allclose(picture, grey(0.49), rtol=0, atol=1e-15)


@pytest.mark.parametrize("settings", [Lbfgs(tolerance_grad=1e-6), Lbfgs(tolerance_change=1e-9)])
def test_a_tolerance_stops_at_the_minimum(settings: Lbfgs) -> None:
    course = optimise(Analytic(lambda p: (p - 0.3).square().sum()), LbfgsOptimizer(settings), grey(), 100)
    assert course.stopped == "converged" and len(course.durations) < 10
    assert course.best_picture is not None and torch.allclose(course.best_picture, grey(0.3), rtol=0, atol=1e-6)


def test_tolerances_are_off_by_default() -> None:
    """Even at the minimum, where the gradient is 0."""
    course = optimise(Analytic(lambda p: (p - 0.5).square().sum()), LbfgsOptimizer(Lbfgs()), grey(), 7)
    assert course.stopped == "steps" and len(course.durations) == 7 and course.best_loss == 0
