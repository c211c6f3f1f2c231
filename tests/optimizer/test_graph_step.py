"""One step of the recorded loop, on any device, and on CUDA its graph."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch

from nst.engine import load_inputs, set_up
from nst.optimizer.graph_step import GraphStep, record
from nst.optimizer.loop import make_optimizer
from nst.optimizer.run_state import Checkpoint, RunState
from nst.spec.records import Adam, Lbfgs, Spec

from .problems import Analytic, Scripted, correlated, grey

gpu = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


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


def test_a_restarted_step_repeats_itself() -> None:
    picture = grey()
    step = GraphStep(Analytic(correlated), make_optimizer(Lbfgs(), 5), picture, rows=5)
    step.optimizer.prepare(picture)
    for _ in range(5):
        step()
    first, values = picture.clone(), step.values.clone()
    step.restart(grey())
    for _ in range(5):
        step()
    assert torch.equal(picture, first) and torch.equal(step.values, values)


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


@pytest.mark.parametrize("precision", [pytest.param(p, marks=gpu) for p in ("fp32", "bf16")])
def test_the_graph_is_the_step(make_spec: Callable[..., Spec], precision: str) -> None:
    """Five replays end where five calls do; later, rounding may differ."""
    spec = make_spec(device="cuda:0", precision=precision, deterministic=True)
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
