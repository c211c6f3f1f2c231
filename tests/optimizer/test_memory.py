"""The memory of L-BFGS: as many pairs as allowed, in one buffer, for one run, without waiting for the device."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import optimise
from nst.spec.records import Lbfgs

from .problems import LOSS, Analytic, correlated, grey, offered


def test_no_more_pairs_than_history_are_kept_and_the_last_ones() -> None:
    kept, all_of_them = (LbfgsOptimizer(Lbfgs(clamp="none", history=n)) for n in (3, 100))
    picture, other = grey(), grey()
    for number in range(8):
        gradient = offered(picture, number)
        kept.step(picture, gradient, LOSS)
        all_of_them.step(other, gradient, LOSS)
        assert int((kept.history.curvatures > 0).sum()) == min(number, 3)
        assert int((all_of_them.history.curvatures > 0).sum()) == number
    few, many = (optimizer.history.buffer.vectors[optimizer.history.order[-2]] for optimizer in (kept, all_of_them))
    assert torch.equal(few[1], many[1])


@pytest.mark.parametrize(("steps", "pairs"), [(None, 20), (50, 20), (20, 19), (2, 1), (1, 1)])
def test_a_short_run_has_room_for_no_more_pairs_than_it_can_make(steps: int | None, pairs: int) -> None:
    optimizer = LbfgsOptimizer(Lbfgs(history=20), steps)
    optimizer.prepare(grey())
    assert optimizer.history.buffer.vectors.shape == (pairs + 1, 2, 1024)


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
    run_state = optimise(Analytic(correlated), optimizer, picture, 30)
    assert optimizer.history.buffer.vectors.dtype == torch.bfloat16 and picture.dtype == dtype
    assert run_state.best_loss < run_state.trace[0].total_loss / 10


def test_pairs_without_curvature_are_not_remembered() -> None:
    """A constant gradient changes by 0 along the step."""
    optimizer = LbfgsOptimizer(Lbfgs())
    picture = grey()
    for _ in range(3):
        optimizer.step(picture, torch.ones_like(picture), LOSS)
    assert not optimizer.history.curvatures.any() and optimizer.history.scale == 1


@pytest.mark.parametrize("settings", [Lbfgs(), Lbfgs(history_dtype="bf16"), Lbfgs(clamp="closure", history=3)])
def test_a_run_goes_on_from_its_state_bit_by_bit(settings: Lbfgs) -> None:
    whole, part, picture = LbfgsOptimizer(settings), LbfgsOptimizer(settings), grey(dtype=torch.float32)
    for number in range(9):
        whole.step(picture, offered(picture, number), LOSS)
    copy, state = picture.clone(), deepcopy(whole.state_tensors())
    part.prepare(copy)
    part.load_state(state)
    for number in range(9, 15):
        whole.step(picture, offered(picture, number), LOSS)
        part.step(copy, offered(copy, number), LOSS)
        assert torch.equal(copy, picture)


def test_the_state_before_the_first_step_is_a_fresh_start() -> None:
    optimizer, picture = LbfgsOptimizer(Lbfgs()), grey()
    optimizer.prepare(picture)
    state = deepcopy(optimizer.state_tensors())
    optimizer.step(picture, offered(picture, 0), LOSS)
    first = picture.clone()
    picture.copy_(grey())
    optimizer.load_state(state)
    optimizer.step(picture, offered(picture, 0), LOSS)
    assert torch.equal(picture, first)


def test_a_reset_optimizer_is_a_fresh_one_in_the_same_memory() -> None:
    optimizer, seen = LbfgsOptimizer(Lbfgs(history=3)), []
    for _ in range(2):
        picture = grey()
        for number in range(6):
            optimizer.step(picture, offered(picture, number), LOSS)
        seen.append((picture, optimizer.history.buffer.vectors.data_ptr()))
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
    """So that a CUDA graph of one step is good for all: the first, one without curvature, one with a full history."""
    optimizer, picture = LbfgsOptimizer(Lbfgs(**{**asdict(settings), "history": 2})), grey(dtype=torch.float32)
    optimizer.prepare(picture)
    stack, steps = optimizer.history.buffer, []
    stack.growing, stack.used = False, len(stack.vectors)  # as on a GPU
    parts = optimizer.state_tensors()
    for sign in (1, 1, -3, 1, 1, 1):
        gradient = sign * offered(picture, 1)
        before = {name: part.data_ptr() for name, part in parts.items()}
        with Listed() as listed:
            optimizer.step(picture, gradient, LOSS)
        steps.append(listed.names)
        assert before == {name: part.data_ptr() for name, part in optimizer.state_tensors().items()}
    assert all(names == steps[0] for names in steps)
    assert not {name for name in steps[0] if "local_scalar" in name or "nonzero" in name or "item" in name}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("history_dtype", ["fp32", "bf16"])
def test_a_recorded_step_is_the_step_on_a_gpu(history_dtype: str) -> None:
    """A graph of one step, replayed, beside calls of it, and beside the CPU."""
    settings = Lbfgs(history=5, history_dtype=history_dtype)
    cpu, called, replayed = (moved(settings, *where) for where in (("cpu", False), ("cuda", False), ("cuda", True)))
    assert torch.equal(called, replayed)
    assert torch.allclose(cpu, called, rtol=0, atol=1e-4 if history_dtype == "fp32" else 1e-2)


def moved(settings: Lbfgs, device: str, recorded: bool) -> Tensor:
    """A picture after 12 steps on a quadratic; a first one, to warm up, is forgotten."""
    picture = torch.rand(1, 3, 40, 50, generator=torch.Generator().manual_seed(0)).to(device)
    start, weights = picture.clone(), torch.linspace(1, 5, picture.numel(), device=device).view_as(picture)
    optimizer, gradient, total = LbfgsOptimizer(settings), torch.empty_like(picture), LOSS.to(device)

    def step() -> None:
        torch.mul(picture - 0.4, weights, out=gradient)
        optimizer.step(picture, gradient, total)

    step()
    run = _recorded(step) if recorded else step
    optimizer.reset()
    picture.copy_(start)
    for _ in range(12):
        run()
    return picture.cpu()


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
