"""The loop: exact counts, the state it keeps, its timing, and when it stops."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from nst.errors import JobError
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import Diverged, Progress, RunState, make_optimizer, optimise
from nst.optimizer.optimizer import AdamOptimizer, Optimizer
from nst.spec.records import Adam, Lbfgs

from .problems import Analytic, Scripted, correlated, grey


class Walker(Optimizer):
    """Adds 0.01 at every step, so that each picture tells its evaluation; converged after `last` steps."""

    def __init__(self, last: int = 10**9) -> None:
        self.last, self.steps, self.prepared = last, 0, 0
        self.can_converge = last < 10**9

    def _allocate(self, picture: Tensor) -> None:
        pass

    def reset(self) -> None:
        self.steps = self.prepared = 0

    def state_tensors(self) -> dict[str, Tensor]:
        return {}

    def before_evaluation(self, picture: Tensor) -> None:
        self.prepared += 1
        assert self.prepared == self.steps + 1

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        self.steps += 1
        picture += 0.01
        return torch.tensor(self.steps >= self.last)


def run(losses: list[float]) -> RunState:
    return optimise(Scripted(losses), Walker(), grey(0.0), len(losses))


@pytest.mark.parametrize("steps", [1, 2, 17])
@pytest.mark.parametrize("settings", [Lbfgs(), Lbfgs(clamp="closure"), Lbfgs(clamp="none"), Adam()])
def test_steps_is_the_number_of_evaluations(steps: int, settings: Lbfgs | Adam) -> None:
    objective = Analytic(correlated)
    run_state = optimise(objective, make_optimizer(settings), grey(), steps)
    assert objective.calls == len(run_state.durations) == len(run_state.trace) == steps
    assert run_state.stopped == "steps"


def test_as_many_updates_as_evaluations_and_the_last_is_not_evaluated() -> None:
    walker, picture = Walker(), grey(0.0)
    run_state = optimise(Scripted([3, 2, 1]), walker, picture, 3)
    assert walker.steps == walker.prepared == 3
    assert torch.allclose(picture, grey(0.03))
    assert run_state.best_picture is not None and torch.allclose(run_state.best_picture, grey(0.02))


def test_the_best_picture_is_kept_as_it_was() -> None:
    run_state = run([5, 4, 2, 3, 2, 7])
    assert (run_state.best_loss, run_state.best_evaluation) == (2, 3)
    assert run_state.best_picture is not None and torch.allclose(run_state.best_picture, grey(0.02))


@pytest.mark.parametrize(
    ("every", "evaluations"), [(1, [1, 2, 3, 4, 5, 6, 7]), (3, [1, 3, 6, 7]), (7, [1, 7]), (100, [1, 7]), (0, [1, 7])]
)
def test_trace_every(every: int, evaluations: list[int]) -> None:
    run_state = optimise(Scripted([7, 6, 5, 4, 3, 2, 1]), Walker(), grey(), 7, trace_every=every)
    assert [row.evaluation for row in run_state.trace] == evaluations
    assert [row.total_loss for row in run_state.trace] == [8 - n for n in evaluations]
    assert [row.losses for row in run_state.trace] == [{"content": 8 - n, "style": 0} for n in evaluations]


def test_a_watcher_sees_every_evaluation_before_its_update() -> None:
    seen: list[tuple[int, int, float, float]] = []

    def callback(progress: Progress) -> None:
        pixel = progress.picture.flatten()[0].item()
        seen.append((progress.evaluation, progress.steps, progress.losses.total, round(pixel, 10)))

    optimise(Scripted([3, 2, 1]), Walker(), grey(0.0), 3, trace_every=0, callback=callback)
    assert seen == [(1, 3, 3, 0.0), (2, 3, 2, 0.01), (3, 3, 1, 0.02)]


def test_a_watchers_time_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that only moves when told: 5 for an evaluation, 2 for an update, 100 for the watcher."""
    now = 1000.0

    def spend(seconds: float) -> None:
        nonlocal now
        now += seconds

    class Objective(Scripted):
        def loss_and_gradient(self, picture: Tensor):  # type: ignore[no-untyped-def]
            spend(5)
            return super().loss_and_gradient(picture)

    class Slow(Walker):
        def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
            spend(2)
            return super().step(picture, gradient, total)

    told: list[float] = []

    def callback(progress: Progress) -> None:
        told.append(progress.seconds)
        spend(100)

    monkeypatch.setattr("nst.optimizer.loop.time", SimpleNamespace(perf_counter=lambda: now))
    run_state = optimise(Objective([4, 3, 2]), Slow(), grey(), 3, callback=callback)
    assert run_state.durations == [7, 7, 7]
    assert told == [5, 12, 19] == [row.seconds for row in run_state.trace]


def test_a_converged_run_stops() -> None:
    objective, picture = Scripted([9, 8, 7, 6, 5, 4]), grey(0.0)
    run_state = optimise(objective, Walker(last=4), picture, 6)
    assert run_state.stopped == "converged"
    assert objective.calls == len(run_state.durations) == 4
    assert torch.allclose(picture, grey(0.04))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run(bad: float) -> None:
    with pytest.raises(Diverged, match=f"^diverged at evaluation 4: the loss is {bad}$") as diverged:
        run([5, 2, 3, bad, 1])
    run_state = diverged.value.run_state
    assert (run_state.best_loss, run_state.best_evaluation) == (2, 2)
    assert run_state.best_picture is not None and torch.allclose(run_state.best_picture, grey(0.01))
    assert [row.evaluation for row in run_state.trace] == [1, 2, 3, 4]


def test_not_a_number_from_the_start_leaves_no_best_picture() -> None:
    with pytest.raises(Diverged, match="at evaluation 1") as diverged:
        run([math.nan])
    assert diverged.value.run_state.best_picture is None


def test_twenty_evaluations_above_ten_times_the_best_end_the_run() -> None:
    reason = (
        r"^diverged at evaluation 22: the loss is 31, for 20 evaluations it has been more than 10 times its best "
        r"\(3 at 2\)$"
    )
    with pytest.raises(Diverged, match=reason) as diverged:
        run([4, 3, *[31.0] * 20, 1])
    run_state = diverged.value.run_state
    assert run_state.best_evaluation == 2
    assert run_state.best_picture is not None and torch.allclose(run_state.best_picture, grey(0.01))


def test_nineteen_do_not() -> None:
    assert run([3, *[31.0] * 19, 2, *[21.0] * 19]).stopped == "steps"


def test_nor_does_exactly_ten_times_the_best_or_a_pause_in_between() -> None:
    assert run([3, *[30.0] * 50]).stopped == "steps"
    assert run([3, *[31.0] * 19, 29, *[31.0] * 19]).stopped == "steps"


def test_diverging_is_a_failed_run_not_a_mistake() -> None:
    assert issubclass(Diverged, JobError)


def test_make_optimizer() -> None:
    assert isinstance(make_optimizer(Lbfgs()), LbfgsOptimizer)
    assert isinstance(make_optimizer(Adam()), AdamOptimizer)


def test_the_trace_has_the_evaluation_at_which_a_run_ends() -> None:
    """Every tenth is in the trace, and so is the one that converged or diverged."""
    run_state = optimise(Scripted([9.0] * 7), Walker(last=7), grey(0.0), 50, trace_every=10)
    assert [row.evaluation for row in run_state.trace] == [1, 7] and run_state.stopped == "converged"
    with pytest.raises(Diverged) as diverged:
        optimise(Scripted([1.0] * 3 + [math.nan]), Walker(), grey(0.0), 50, trace_every=10)
    assert [row.evaluation for row in diverged.value.run_state.trace] == [1, 4]
