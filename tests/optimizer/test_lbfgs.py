"""L-BFGS: the iterates of `torch.optim.LBFGS`, and a clamp that does not explode where the tutorial's does."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from nst.bench import plain
from nst.network.weights import Weights
from nst.optimizer.lbfgs import LONGEST_STEP, LbfgsOptimizer
from nst.optimizer.loop import Diverged, make_optimizer, optimise
from nst.pictures.tensors import to_tensor
from nst.spec.parts import Lbfgs
from nst.spec.spec import Spec
from nst.transfer import load_inputs, set_up

from .problems import Analytic, correlated, grey, least_inside, quadratic

if TYPE_CHECKING:
    from conftest import TutorialRun

NUMBERS = st.lists(st.floats(-1e4, 1e4), min_size=12, max_size=12)
LOSS = torch.tensor(0.0)
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
    inputs = load_inputs(tutorial_spec)
    assert inputs.content is not None and inputs.style is not None
    start, _ = set_up(tutorial_spec, inputs)
    content, style = (to_tensor(image).double() for image in (inputs.content, inputs.style))
    style_grams = [plain.gram(feature) for feature in plain.features(style, double_weights, 5)]
    content_target = plain.features(content, double_weights, 4)[3]
    picture, seen = start.clone().contiguous().requires_grad_(True), []
    optimizer = torch.optim.LBFGS([picture], max_iter=1, tolerance_grad=0, tolerance_change=0)

    def closure() -> Tensor:
        with torch.no_grad():
            picture.clamp_(0, 1)
        seen.append(picture.detach().clone())
        optimizer.zero_grad()
        found = plain.features(picture, double_weights, 5)
        style_loss = sum((plain.gram(f) - g).square().mean() for f, g in zip(found, style_grams, strict=True))
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


def offered(picture: Tensor, number: int) -> Tensor:
    """A gradient at `picture`: that of a quadratic, another one for each number."""
    return (picture - 0.1) * torch.linspace(1, 5 + number, 12, dtype=picture.dtype).view(1, 3, 2, 2)


def test_no_more_pairs_than_history_are_kept_and_the_last_ones() -> None:
    kept, all_of_them = (LbfgsOptimizer(Lbfgs(clamp="none", history=n)) for n in (3, 100))
    picture, other = grey(), grey()
    for number in range(8):
        gradient = offered(picture, number)
        kept.step(picture, gradient, LOSS)
        all_of_them.step(other, gradient, LOSS)
        assert int((kept.history.curvatures > 0).sum()) == min(number, 3)
        assert int((all_of_them.history.curvatures > 0).sum()) == number
    few, many = (optimizer.history.stack.vectors[optimizer.history.order[-2]] for optimizer in (kept, all_of_them))
    assert torch.equal(few[1], many[1])


@pytest.mark.parametrize(("steps", "pairs"), [(None, 20), (50, 20), (20, 19), (2, 1), (1, 1)])
def test_a_short_run_has_room_for_no_more_pairs_than_it_can_make(steps: int | None, pairs: int) -> None:
    optimizer = LbfgsOptimizer(Lbfgs(history=20), steps)
    optimizer.prepare(grey())
    assert optimizer.history.stack.vectors.shape == (pairs + 1, 2, 1024)


def test_a_history_with_room_for_its_run_is_as_good_as_a_larger_one() -> None:
    exact, large = (LbfgsOptimizer(Lbfgs(), steps) for steps in (12, None))
    picture, other = grey(), grey()
    for number in range(12):
        exact.step(picture, offered(picture, number), LOSS)
        large.step(other, offered(other, number), LOSS)
    assert torch.allclose(picture, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_history_in_bf16_takes_half_the_memory_and_still_goes_down(dtype: torch.dtype) -> None:
    optimizer = LbfgsOptimizer(Lbfgs(history_dtype="bf16"))
    picture = grey(dtype=dtype)
    course = optimise(Analytic(correlated), optimizer, picture, 30)
    assert optimizer.history.stack.vectors.dtype == torch.bfloat16 and picture.dtype == dtype
    assert course.best_loss < course.trace[0].total_loss / 10


def test_pairs_without_curvature_are_not_remembered() -> None:
    """A constant gradient changes by 0 along the step."""
    optimizer = LbfgsOptimizer(Lbfgs())
    picture = grey()
    for _ in range(3):
        optimizer.step(picture, torch.ones_like(picture), LOSS)
    assert not optimizer.history.curvatures.any() and optimizer.history.scale == 1


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
        steps.append(optimizer.made.flatten().double())
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


@pytest.mark.parametrize("settings", [Lbfgs(), Lbfgs(history_dtype="bf16"), Lbfgs(clamp="closure", history=3)])
def test_a_run_goes_on_from_its_state_bit_by_bit(settings: Lbfgs) -> None:
    whole, part, picture = LbfgsOptimizer(settings), LbfgsOptimizer(settings), grey(dtype=torch.float32)
    for number in range(9):
        whole.step(picture, offered(picture, number), LOSS)
    copy, state = picture.clone(), whole.state()
    part.prepare(copy)
    part.load_state(state)
    for number in range(9, 15):
        whole.step(picture, offered(picture, number), LOSS)
        part.step(copy, offered(copy, number), LOSS)
        assert torch.equal(copy, picture)


def test_a_state_is_a_copy_and_that_of_no_step_is_a_fresh_start() -> None:
    optimizer, picture = LbfgsOptimizer(Lbfgs()), grey()
    assert optimizer.state() == {}
    optimizer.prepare(picture)
    state = optimizer.state()
    optimizer.step(picture, offered(picture, 0), LOSS)
    first = picture.clone()
    assert not state["gradient"].any()
    picture.copy_(grey())
    optimizer.load_state(state)
    optimizer.step(picture, offered(picture, 0), LOSS)
    assert torch.equal(picture, first)


def test_a_reset_optimizer_is_a_fresh_one_in_the_same_memory() -> None:
    optimizer, seen = LbfgsOptimizer(Lbfgs(history=3)), []
    optimizer.reset()
    for _ in range(2):
        picture = grey()
        for number in range(6):
            optimizer.step(picture, offered(picture, number), LOSS)
        seen.append((picture, optimizer.history.stack.vectors.data_ptr()))
        optimizer.reset()
    assert torch.equal(seen[0][0], seen[1][0]) and seen[0][1] == seen[1][1]


class Listed(TorchDispatchMode):
    """Lists the operations that run."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "settings",
    [Lbfgs(), Lbfgs(clamp="closure"), Lbfgs(history_dtype="bf16"), Lbfgs(tolerance_grad=1e-7, tolerance_change=1e-9)],
)
def test_every_step_is_the_same_operations_in_the_same_memory_and_asks_for_no_number(settings: Lbfgs) -> None:
    """So that a CUDA graph of one step is good for all: the first, one with a rejected pair, one with a full history."""
    optimizer, picture = LbfgsOptimizer(Lbfgs(**{**asdict(settings), "history": 2})), grey(dtype=torch.float32)
    optimizer.prepare(picture)
    parts, steps = optimizer._parts(), []
    for sign in (1, 1, -3, 1, 1, 1):
        gradient = sign * offered(picture, 1)
        before = {name: part.data_ptr() for name, part in parts.items()}
        with Listed() as listed:
            optimizer.step(picture, gradient, LOSS)
        steps.append(listed.names)
        assert before == {name: part.data_ptr() for name, part in optimizer._parts().items()}
    assert all(names == steps[0] for names in steps)
    assert not {name for name in steps[0] if "local_scalar" in name or "nonzero" in name or "item" in name}


@pytest.mark.gpu
@pytest.mark.parametrize("history_dtype", ["fp32", "bf16"])
def test_a_recorded_step_is_the_step_on_a_gpu(history_dtype: str) -> None:
    """12 replays of a graph of one step, on gradients of a quadratic, beside 12 calls and beside the CPU."""
    seen = []
    for device, recorded in (("cpu", False), ("cuda", False), ("cuda", True)):
        picture = torch.rand(1, 3, 40, 50, generator=torch.Generator().manual_seed(0)).to(device)
        start, weights = picture.clone(), torch.linspace(1, 5, picture.numel(), device=device).view_as(picture)
        optimizer, total = LbfgsOptimizer(Lbfgs(history=5, history_dtype=history_dtype)), LOSS.to(device)
        gradient = torch.empty_like(picture)
        optimizer.prepare(picture)

        def step() -> None:
            torch.mul(picture - 0.4, weights, out=gradient)
            optimizer.step(picture, gradient, total)

        step()
        run = _recorded(step) if recorded else step
        optimizer.reset()
        picture.copy_(start)
        for _ in range(12):
            run()
        seen.append(picture.cpu())
    assert torch.equal(seen[1], seen[2])
    assert torch.allclose(seen[0], seen[1], rtol=0, atol=1e-4 if history_dtype == "fp32" else 1e-2)


def _recorded(step: Callable[[], None]) -> Callable[[], None]:
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def test_what_is_no_number_neither_raises_nor_stays_after_a_reset() -> None:
    optimizer, picture = LbfgsOptimizer(Lbfgs()), grey()
    for factor in (1.0, float("nan"), 1.0):
        converged = optimizer.step(picture, offered(picture, 1) * factor, LOSS * factor)
    assert converged.dtype == torch.bool and not converged and picture.isnan().all()
    optimizer.reset()
    picture.copy_(grey())
    optimizer.step(picture, offered(picture, 1), LOSS)
    assert picture.isfinite().all()


def test_a_transposed_memory_layout_makes_the_same_step() -> None:
    picture = torch.rand(1, 3, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    other, optimizer, last = picture.clone(memory_format=torch.channels_last), LbfgsOptimizer(Lbfgs()), grey()
    twin = LbfgsOptimizer(Lbfgs())
    for number in range(1, 4):
        last = (picture - 0.3) * number
        optimizer.step(picture, last, LOSS)
        twin.step(other, last.clone(memory_format=torch.channels_last), LOSS)
    assert torch.equal(other, picture)


def test_the_tutorials_clamp_explodes_where_the_projected_one_arrives() -> None:
    """A convex quadratic of twelve numbers whose minimum is outside [0, 1]."""
    least = least_inside()
    with pytest.raises(Diverged, match="it has been more than 10 times its best") as diverged:
        optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="closure")), grey(), 200)
    assert diverged.value.course.best_loss > 1.5 * least
    course = optimise(Analytic(correlated), LbfgsOptimizer(Lbfgs(clamp="projected")), grey(), 200)
    assert least <= course.best_loss <= course.trace[-1].total_loss < 1.001 * least


@pytest.mark.parametrize("seed", range(12))
def test_it_arrives_on_quadratics_with_bounds(seed: int) -> None:
    """Curvatures from 5 to 5000, minima half outside: after 200 evaluations within a tenth of SciPy's L-BFGS-B."""
    objective, least = quadratic(seed)
    course = optimise(objective, LbfgsOptimizer(Lbfgs(history=20)), grey(), 200)
    assert least * (1 - 1e-9) <= course.trace[-1].total_loss < 1.1 * least


def test_a_pixel_held_at_a_bound_has_no_share_in_the_direction() -> None:
    """One number comes to 0 and is pushed below: from then on it does not matter how hard."""
    seen = []
    for held in (1.0, 1000.0):
        picture, optimizer = grey(), LbfgsOptimizer(Lbfgs())
        picture.view(-1)[0] = 0.001
        for number in range(3):
            gradient = offered(picture, number)
            gradient.view(-1)[0] = 10.0
            optimizer.step(picture, gradient, LOSS)
        assert picture.view(-1)[0] == 0
        optimizer.load_state({**optimizer.state(), "gradient": _with_first(optimizer.gradient, held)})
        optimizer.step(picture, _with_first(offered(picture, 3), held), LOSS)
        assert picture.view(-1)[0] == 0
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
        assert made.square().mean().sqrt() <= LONGEST_STEP * (1 + 1e-5)
        assert torch.allclose(made, optimizer.made, rtol=0, atol=1e-6)


def test_a_first_step_that_is_too_long_is_shortened() -> None:
    """Gradient 3 for twelve numbers: 1 / 36 of it is 1/12 each; times lr 6 that is 0.5, and 0.03 is the longest."""
    assert LONGEST_STEP == 0.03
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
        optimizer.made.view(-1)[:2], torch.tensor([-0.01, -0.02], dtype=torch.float64), rtol=0, atol=1e-15
    )


def test_a_small_gradient_is_not_enlarged_in_the_first_step() -> None:
    """min(1, 1 / |g|_1): twelve times 0.01 is below 1, so the step is the gradient itself."""
    picture = grey()
    LbfgsOptimizer(Lbfgs()).step(picture, torch.full((1, 3, 2, 2), 0.01, dtype=torch.float64), LOSS)
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
