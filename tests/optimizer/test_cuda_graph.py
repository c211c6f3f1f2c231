"""The recorded loop: on CUDA it makes the same run as the plain loop."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from specs import changed
from torch import Tensor

from nst.engine import load_inputs, set_up, transfer
from nst.objective.reference import Evaluation, Objective
from nst.optimizer.cuda_graph import blocks, optimise_recorded
from nst.optimizer.graph_step import WARM_UPS
from nst.optimizer.loop import Diverged, make_optimizer, optimise
from nst.optimizer.run_state import Checkpoint, CheckpointCallback, Progress, Schedule
from nst.spec.records import Adam, Lbfgs, Spec

gpu = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


def test_blocks_by_hand() -> None:
    """Losses read every 4, pictures looked at every 6, ten evaluations."""
    ten = Schedule(10, trace_every=1, exact_every=(0, 6))
    assert [list(block) for block in blocks(ten, 4)] == [[1, 2, 3, 4], [5, 6], [7, 8], [9, 10]]
    assert [len(block) for block in blocks(Schedule(7, trace_every=1), 3)] == [3, 3, 1]
    assert [list(block) for block in blocks(ten, 4, first=6)] == [[6], [7, 8], [9, 10]]
    assert list(blocks(ten, 4, first=11)) == []


@given(st.integers(1, 200), st.integers(1, 30), st.integers(0, 30))
def test_blocks_cover_every_evaluation_and_fit(steps: int, every: int, exact: int) -> None:
    found = list(blocks(Schedule(steps, 1, (exact,)), every))
    assert [n for block in found for n in block] == list(range(1, steps + 1))
    assert max(len(block) for block in found) <= every


def on_cuda(make_spec: Callable[..., Spec], **changes: object) -> Spec:
    return make_spec(device="cuda:0", **changes)


@pytest.mark.parametrize("settings", [pytest.param(s, marks=gpu) for s in (Lbfgs(), Lbfgs(clamp="closure"), Adam())])
def test_a_run_reads_every_loss(make_spec: Callable[..., Spec], settings: Lbfgs | Adam) -> None:
    spec = on_cuda(make_spec, optimizer=settings, steps=23, trace_every=10)
    seen: list[int] = []
    result = transfer(spec, callback=lambda progress: seen.append(progress.evaluation))
    assert [row.evaluation for row in result.trace] == [1, 10, 20, 23]
    assert seen == [10, 20, 23] and result.evaluations == 23
    assert result.trace[-1].total_loss < result.trace[0].total_loss
    assert result.timings.ms_per_evaluation_p50 > 0


@pytest.mark.parametrize("every", [pytest.param(4, marks=gpu)])
def test_pictures_to_look_at_are_those_of_their_evaluation(make_spec: Callable[..., Spec], every: int) -> None:
    spec = on_cuda(make_spec, steps=12, trace_every=10, frames_every=every, deterministic=True)
    frames: dict[int, Tensor] = {}

    def keep(progress: Progress) -> None:
        frames[progress.evaluation] = progress.picture.clone()

    transfer(spec, callback=keep)
    alone: dict[int, Tensor] = {}
    transfer(changed(spec, trace_every=1), callback=lambda p: alone.update({p.evaluation: p.picture.clone()}))
    assert all(torch.allclose(frames[n], alone[n], atol=1e-3) for n in (4, 8, 12))


class Poisoned:
    """An objective whose loss is not a number from the fourth evaluation on, decided on the device."""

    def __init__(self, objective: Objective, device: str) -> None:
        self.objective, self.names = objective, objective.names
        self.calls = torch.zeros((), device=device)

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        losses, gradient = self.objective.loss_and_gradient(picture)
        self.calls += 1
        return losses._replace(total=torch.where(self.calls > 3 + WARM_UPS, torch.nan, losses.total)), gradient


@pytest.mark.parametrize("steps", [pytest.param(40, marks=gpu)])
def test_a_loss_that_is_no_number_ends_the_run(make_spec: Callable[..., Spec], steps: int) -> None:
    spec = on_cuda(make_spec, steps=steps)
    picture, objective = set_up(spec, load_inputs(spec))
    with pytest.raises(Diverged, match="diverged at evaluation 4: the loss is nan") as diverged:
        optimise(Poisoned(objective, "cuda:0"), make_optimizer(spec.optimizer, steps), picture, steps, trace_every=10)
    assert diverged.value.run_state.best_picture is not None and diverged.value.run_state.best_picture.isfinite().all()


class Reading:
    """An objective that waits for the device, as no recorded step may."""

    def __init__(self, objective: Objective) -> None:
        self.objective, self.names = objective, objective.names

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        losses, gradient = self.objective.loss_and_gradient(picture)
        return losses._replace(total=losses.total * (1.0 if losses.total.item() else 1.0)), gradient


@pytest.mark.parametrize("steps", [pytest.param(6, marks=gpu)])
def test_what_cannot_be_recorded_is_called(make_spec: Callable[..., Spec], steps: int) -> None:
    spec = on_cuda(make_spec, steps=steps)
    picture, objective = set_up(spec, load_inputs(spec))
    optimizer = make_optimizer(spec.optimizer, steps)
    run_state = optimise_recorded(Reading(objective), optimizer, picture, Schedule(steps, trace_every=1))
    assert run_state.evaluations == steps and run_state.trace[-1].total_loss < run_state.trace[0].total_loss


@pytest.mark.parametrize("tolerance", [pytest.param(1e9, marks=gpu)])
def test_a_tolerance_ends_a_run_at_once(make_spec: Callable[..., Spec], tolerance: float) -> None:
    result = transfer(on_cuda(make_spec, optimizer=Lbfgs(tolerance_grad=tolerance), steps=50))
    assert (result.stopped, result.evaluations) == ("converged", 1)


@pytest.mark.parametrize("settings", [pytest.param(s, marks=gpu) for s in (Lbfgs(history=4), Adam())])
def test_a_run_goes_on_where_it_was_cut_short(make_spec: Callable[..., Spec], settings: Lbfgs | Adam) -> None:
    """A checkpoint of evaluation 14 is of that one; one that is asked for at 10 may be of a later one."""
    spec = on_cuda(make_spec, optimizer=settings, steps=24, trace_every=5, checkpoint_every=7, deterministic=True)
    kept: dict[int, Checkpoint] = {}

    def callback(progress: Progress) -> CheckpointCallback | None:
        asked = progress.evaluation
        return (lambda checkpoint: kept.update({asked: deepcopy(checkpoint)})) if asked in (10, 14) else None

    whole = transfer(spec, callback=callback)
    assert kept[14].evaluation == 14 and kept[10].evaluation >= 10
    for checkpoint in kept.values():
        part = transfer(spec, resume=checkpoint)
        assert part.resumed_at == checkpoint.evaluation and part.evaluations == 24
        assert [row.evaluation for row in part.trace] == [1, 5, 10, 15, 20, 24]
        assert torch.allclose(part.picture, whole.picture, rtol=0, atol=1e-3)
        assert part.best_total_loss == pytest.approx(whole.best_total_loss, rel=1e-3)
