"""The three ways of keeping L-BFGS in [0, 1]: one explodes where another converges."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import Diverged, optimise
from nst.spec.records import Lbfgs

from .problems import LOSS, Analytic, correlated, grey, least_inside, offered, quadratic, visited

NUMBERS = st.lists(st.floats(-1e4, 1e4), min_size=12, max_size=12)
UNIT = st.lists(st.floats(0, 1), min_size=12, max_size=12)


def test_the_tutorials_clamp_explodes_where_the_projected_one_arrives() -> None:
    """A convex quadratic of twelve numbers whose minimum is outside [0, 1]."""
    least = least_inside()
    with pytest.raises(Diverged, match="it has been more than 10 times its best") as diverged:
        optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="closure")), grey(), 200)
    assert diverged.value.run_state.best_loss > 1.5 * least
    run_state = optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="projected")), grey(), 200)
    assert least * (1 - 1e-9) <= run_state.best_loss <= run_state.trace[-1].total_loss < 1.001 * least


@pytest.mark.parametrize("seed", range(12))
def test_it_arrives_on_quadratics_with_bounds(seed: int) -> None:
    """Curvatures from 5 to 5000, minima half outside: at the end as low as SciPy's L-BFGS-B to a thousandth."""
    objective, least = quadratic(seed)
    run_state = optimise(objective, LbfgsOptimizer(Lbfgs(history=20)), grey(), 200)
    assert least * (1 - 1e-9) <= run_state.trace[-1].total_loss < 1.001 * least


def test_how_hard_a_pixel_is_held_at_its_bound_does_not_matter() -> None:
    """One number comes to 0 and is pushed below, from then on by 1 or by 1000."""
    seen = []
    for held in (1.0, 1000.0):
        picture, optimizer = grey(), LbfgsOptimizer(Lbfgs())
        picture.view(-1)[0] = 0.001
        for number in range(7):
            optimizer.step(picture, _with_first(offered(picture, number), held if number > 2 else 10.0), LOSS)
            assert number < 2 or picture.view(-1)[0] == 0
        seen.append(picture)
    assert torch.equal(*seen)


def _with_first(numbers: Tensor, first: float) -> Tensor:
    changed = numbers.clone()
    changed.view(-1)[0] = first
    return changed


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
        optimizer.step(picture, torch.tensor(gradient, dtype=dtype).view_as(picture), LOSS)
        assert 0 <= picture.min() and picture.max() <= 1
        made = picture - before
        assert made.square().mean().sqrt() <= 0.03 * (1 + 1e-5)
        assert torch.allclose(made, optimizer.picture_step, rtol=0, atol=1e-6)


def test_a_first_step_that_is_too_long_is_shortened() -> None:
    """Gradient 3 for twelve numbers: 1 / 36 of it is 1/12 each; times lr 6 that is 0.5, and 0.03 is the longest."""
    assert Lbfgs().max_step == 0.03
    picture, gradient = grey(), torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64)
    LbfgsOptimizer(Lbfgs(lr=6)).step(picture, gradient, LOSS)
    assert torch.allclose(picture, grey(0.47), rtol=0, atol=1e-15)
    free = grey()
    LbfgsOptimizer(Lbfgs(lr=6, clamp="none")).step(free, gradient, LOSS)
    assert torch.allclose(free, grey(0.0), rtol=0, atol=1e-15)


def test_a_step_that_is_short_enough_is_not() -> None:
    picture = grey()
    LbfgsOptimizer(Lbfgs(lr=0.24)).step(picture, torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64), LOSS)
    assert torch.allclose(picture, grey(0.48), rtol=0, atol=1e-15)


def test_the_displacement_actually_made_is_remembered() -> None:
    """0.01 has only 0.01 to go."""
    picture = grey()
    picture.view(-1)[0] = 0.01
    optimizer = LbfgsOptimizer(Lbfgs(lr=0.24))
    optimizer.step(picture, torch.full((1, 3, 2, 2), 3.0, dtype=torch.float64), LOSS)
    assert torch.allclose(
        optimizer.picture_step.view(-1)[:2], torch.tensor([-0.01, -0.02], dtype=torch.float64), rtol=0, atol=1e-15
    )
