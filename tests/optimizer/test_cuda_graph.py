"""The recorded loop: on CUDA it makes the same run as the plain loop."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from specs import changed
from torch import Tensor

from nst.engine import transfer
from nst.inputs import load_inputs, set_up
from nst.objective.reference import Evaluation, Objective
from nst.optimizer.begin import ScaleStart
from nst.optimizer.checkpoint import Checkpoint, CheckpointCallback
from nst.optimizer.cuda_graph import WARM_UPS, GraphStep, blocks, optimise_recorded, record
from nst.optimizer.loop import Diverged, make_optimizer, optimise
from nst.optimizer.run_state import RunState
from nst.optimizer.schedule import Progress, Schedule
from nst.spec.records import Adam, Lbfgs, Preconditioner, Spec

from .problems import Analytic, Scripted, correlated, grey

gpu = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]
FOURIER = Preconditioner("fourier", 1.0)


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


SETTINGS = (Lbfgs(history=4), Lbfgs(first_step=0.05), Adam(average=0.9), Adam(average=0.9, relative_epsilon=1e-8))


@pytest.mark.parametrize("settings", [pytest.param(s, marks=gpu) for s in SETTINGS])
def test_a_run_goes_on_where_it_was_cut_short(make_spec: Callable[..., Spec], settings: Lbfgs | Adam) -> None:
    """A checkpoint of evaluation 14 is of that one; one that is asked for at 10 may be of a later one."""
    spec = on_cuda(make_spec, optimizer=settings, steps=24, trace_every=5, checkpoint_every=7, deterministic=True)
    spec = changed(spec, keep="average" if isinstance(settings, Adam) else "last")
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


def test_a_step_notes_losses_and_the_best_picture() -> None:
    """Three steps on the CPU; the second is the best; rows come in turns, two of them."""
    picture = grey(1.0)
    step = GraphStep(Scripted([3, 1, 2]), make_optimizer(Adam(lr=0.25)), picture, rows=2)
    for _ in range(3):
        step()
    assert step.values[:, 2].tolist() == [2, 1]
    assert step.best_loss.item() == 1 and step.count.item() == 3
    assert not torch.equal(step.evaluated, picture)
    assert step.best_picture.shape == picture.shape


@pytest.mark.parametrize("settings", [Lbfgs(), Adam(average=0.8)])
def test_a_restarted_step_repeats_itself(settings: Lbfgs | Adam) -> None:
    picture = grey()
    step = GraphStep(Analytic(correlated), make_optimizer(settings, 5), picture, rows=5)
    step.optimizer.prepare(picture)
    for _ in range(5):
        step()
    first, values, state = picture.clone(), step.values.clone(), deepcopy(step.optimizer.state_tensors())
    step.restart(grey())
    for _ in range(5):
        step()
    assert torch.equal(picture, first) and torch.equal(step.values, values)
    assert all(torch.equal(part, state[name]) for name, part in step.optimizer.state_tensors().items())


def test_a_step_goes_on_from_a_checkpoint_as_if_it_had_never_stopped() -> None:
    """Three steps, then three more: in the same memory, in another, and the first losses are the best by far."""
    picture, run_state = grey(), RunState(evaluations=3, best_loss=0.5, best_picture=grey(0.25))
    step = GraphStep(Analytic(correlated), make_optimizer(Lbfgs(), 6), picture, rows=6)
    for _ in range(3):
        step()
    checkpoint = deepcopy(Checkpoint(picture, step.optimizer.state_tensors(), run_state))
    for _ in range(3):
        step()
    last, values = picture.clone(), step.values.clone()
    other = grey(0.75)
    fresh = GraphStep(Analytic(correlated), make_optimizer(Lbfgs(), 6), other, rows=6)
    for again in (step, fresh):
        again.optimizer.prepare(again.picture)
        again.restart(grey(0.75))
        places = [again.picture.data_ptr(), again.best_picture.data_ptr()]
        found = again.resume(checkpoint)
        for _ in range(3):
            again()
        assert torch.equal(again.picture, last) and torch.equal(again.values[3:], values[3:])
        assert torch.equal(again.best_picture, grey(0.25)) and again.best_loss == 0.5
        assert places == [again.picture.data_ptr(), again.best_picture.data_ptr()]
        assert (found.evaluations, found.best_loss) == (3, 0.5)


@pytest.mark.parametrize(
    ("precision", "settings"),
    [
        pytest.param("fp32", Lbfgs(), marks=gpu),
        pytest.param("bf16", Lbfgs(), marks=gpu),
        pytest.param("fp32", Lbfgs(preconditioner=FOURIER), marks=gpu),
        pytest.param("fp32", Lbfgs(preconditioner=Preconditioner("pyramid", 1.0)), marks=gpu),
        pytest.param("fp32", Lbfgs(preconditioner=Preconditioner("adaptive", 0.5)), marks=gpu),
        pytest.param("fp32", Lbfgs(preconditioner=FOURIER, history_dtype="bf16"), marks=gpu),
    ],
)
def test_the_graph_is_the_step(make_spec: Callable[..., Spec], precision: str, settings: Lbfgs) -> None:
    """Five replays end where five calls do, those of a preconditioner with FFTs; later, rounding may differ."""
    spec = make_spec(device="cuda:0", precision=precision, deterministic=True, optimizer=settings)
    ends = []
    for recorded in (True, False):
        picture, objective = set_up(spec, load_inputs(spec))
        optimizer = make_optimizer(spec.optimizer, 5)
        optimizer.prepare(picture)
        step = GraphStep(objective, optimizer, picture, 5)
        replay = record(step) if recorded else step
        assert (replay is step) != recorded
        for _ in range(5):
            replay()
        ends.append(picture.clone())
    assert (ends[0] - ends[1]).abs().max() < 1e-3


def test_a_step_begins_a_scale_as_the_loop_does() -> None:
    """The moments are carried after the warm-ups, which count for nothing; so are the evaluations made before."""
    small = make_optimizer(Adam())
    before = grey()
    run_state = optimise(Analytic(correlated), small, before, 4)
    carried = {name: part.clone() for name, part in small.carried_tensors().items()}
    start = ScaleStart(run_state.next_scale(64), carried)
    loop, picture = grey(0.75), grey(0.75)
    optimise(Analytic(correlated), make_optimizer(Adam()), loop, 3, resume=deepcopy(start))
    step = GraphStep(Analytic(correlated), make_optimizer(Adam()), picture, rows=7)
    step.optimizer.prepare(picture)
    for _ in range(3):
        step()
    step.restart(grey(0.75))
    found = step.resume(start)
    assert (found.evaluations, found.before, found.best_loss, step.best_loss) == (4, 4, torch.inf, torch.inf)
    for _ in range(3):
        step()
    assert torch.equal(picture, loop) and not torch.equal(picture, before)
    assert step.count.item() == 7
