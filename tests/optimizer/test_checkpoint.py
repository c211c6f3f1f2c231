"""A run resumed from a checkpoint is bit-equal to an uninterrupted one."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from nst.optimizer.checkpoint import CannotResume, Checkpoint, CheckpointCallback, restore
from nst.optimizer.loop import Progress, RunState, make_optimizer, optimise
from nst.spec.records import Adam, Lbfgs

from .problems import Analytic, Scripted, correlated, grey

SETTINGS = (
    *(Lbfgs(history=4, clamp=clamp) for clamp in ("projected", "closure", "none")),
    *(Lbfgs(), Lbfgs(history_dtype="bf16"), Lbfgs(tolerance_change=1e-30), Adam(), Adam(average=0.9)),
    *(Lbfgs(first_step=0.05), Lbfgs(first_step=0.05, tolerance_grad=1e-30), Adam(relative_epsilon=1e-8)),
)


def keep_at(evaluation: int, into: list[Checkpoint]) -> Callable[[Progress], CheckpointCallback | None]:
    """A watcher that keeps a copy of one checkpoint."""

    def callback(progress: Progress) -> CheckpointCallback | None:
        return (lambda checkpoint: into.append(deepcopy(checkpoint))) if progress.evaluation == evaluation else None

    return callback


def checkpoint_of(settings: Lbfgs | Adam, evaluation: int, steps: int = 20) -> Checkpoint:
    kept: list[Checkpoint] = []
    picture = grey(dtype=torch.float32)
    optimise(Analytic(correlated), make_optimizer(settings, steps), picture, steps, callback=keep_at(evaluation, kept))
    return kept[0]


def untimed(run_state: RunState) -> list[tuple[float, ...]]:
    return [(row.evaluation, *row[2:]) for row in run_state.trace]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("cut", [1, 3, 11, 20])
def test_a_resumed_run_ends_bit_equal(settings: Lbfgs | Adam, cut: int) -> None:
    """20 evaluations; with a history of 4, the pairs are forgotten by the time of the cut at 11."""
    kept: list[Checkpoint] = []
    objective, picture, other = Analytic(correlated), grey(dtype=torch.float32), grey(0.1, dtype=torch.float32)
    whole = optimise(objective, make_optimizer(settings, 20), picture, 20, callback=keep_at(cut, kept))
    objective.calls = 0
    part = optimise(objective, make_optimizer(settings, 20), other, 20, resume=kept[0])
    assert objective.calls == 20 - cut
    assert torch.equal(other, picture)
    assert untimed(part) == untimed(whole) and len(part.durations) == 20
    assert part.durations[:cut] == whole.durations[:cut]
    assert (part.best_loss, part.best_evaluation) == (whole.best_loss, whole.best_evaluation)
    assert part.best_picture is not None and whole.best_picture is not None
    assert torch.equal(part.best_picture, whole.best_picture)


def test_a_run_can_be_cut_short_again_and_again() -> None:
    picture, other = grey(), grey()
    optimise(Analytic(correlated), make_optimizer(Lbfgs(), 9), picture, 9)
    resume = None
    for cut in range(1, 9):
        kept: list[Checkpoint] = []
        optimise(Analytic(correlated), make_optimizer(Lbfgs(), 9), other, 9, callback=keep_at(cut, kept), resume=resume)
        resume = kept[0]
        assert resume.evaluation == cut
        other.fill_(float("nan"))
    optimise(Analytic(correlated), make_optimizer(Lbfgs(), 9), other, 9, resume=resume)
    assert torch.equal(other, picture)


def test_evaluations_far_above_the_best_are_counted_on() -> None:
    """The best is of before the cut, and so are 9 of the 20 bad ones that make a run diverge."""
    kept: list[Checkpoint] = []
    losses = [3.0, *[31.0] * 19]
    optimise(Scripted(losses), make_optimizer(Adam()), grey(), 20, callback=keep_at(10, kept))
    assert (kept[0].run_state.bad, kept[0].run_state.best_evaluation) == (9, 1)
    run_state = optimise(Scripted(losses[10:]), make_optimizer(Adam()), grey(), 20, resume=kept[0])
    assert run_state.bad == 19


def test_its_time_is_not_the_runs_and_seconds_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that only moves when told: 5 for an evaluation, 100 for each checkpoint."""
    now = 1000.0

    def spend(seconds: float) -> None:
        nonlocal now
        now += seconds

    class Slow(Scripted):
        def loss_and_gradient(self, picture):  # type: ignore[no-untyped-def]
            spend(5)
            return super().loss_and_gradient(picture)

    monkeypatch.setattr("nst.optimizer.loop.time", SimpleNamespace(perf_counter=lambda: now))
    kept: list[Checkpoint] = []

    def keep(checkpoint: Checkpoint) -> None:
        kept.append(deepcopy(checkpoint))
        spend(100)

    whole = optimise(Slow([4, 3, 2, 1]), make_optimizer(Adam()), grey(), 4, callback=lambda _: keep)
    assert whole.durations == [5, 5, 5, 5] and [row.seconds for row in whole.trace] == [5, 10, 15, 20]
    part = optimise(Slow([2, 1]), make_optimizer(Adam()), grey(), 4, resume=kept[1])
    assert part.durations == whole.durations and part.trace == whole.trace


def test_a_checkpoint_is_made_of_the_runs_own_tensors() -> None:
    """The history at 1024 pixels is gigabytes: no copy is made, and of what is read nothing is changed."""
    optimizer, picture = make_optimizer(Lbfgs(), 6), grey()
    places: list[bool] = []

    def keep(checkpoint: Checkpoint) -> None:
        own = optimizer.state_tensors()["vectors"]
        places.append(checkpoint.picture is picture and checkpoint.state["vectors"].data_ptr() == own.data_ptr())

    optimise(Analytic(correlated), optimizer, picture, 6, callback=lambda _: keep)
    assert places == [True] * 6
    checkpoint = checkpoint_of(Lbfgs(), 5)
    before = deepcopy(checkpoint)
    optimise(Analytic(correlated), make_optimizer(Lbfgs(), 20), grey(dtype=torch.float32), 20, resume=checkpoint)
    assert checkpoint.run_state.trace == before.run_state.trace and checkpoint.evaluation == 5
    assert all(torch.equal(part, before.state[name]) for name, part in checkpoint.state.items())
    assert torch.equal(checkpoint.picture, before.picture)


def test_what_has_converged_has_nothing_to_go_on_to() -> None:
    kept: list[Checkpoint] = []
    settings = Lbfgs(tolerance_grad=1e9)
    run_state = optimise(Analytic(correlated), make_optimizer(settings), grey(), 5, callback=keep_at(1, kept))
    assert run_state.stopped == "converged" and kept == []


@pytest.mark.parametrize("other", [Adam(), Lbfgs(history=3), Lbfgs(history=30)])
def test_one_of_another_optimizer_is_refused(other: Lbfgs | Adam) -> None:
    checkpoint = checkpoint_of(Lbfgs(history=7), 15)
    optimizer = make_optimizer(other)
    optimizer.prepare(grey(dtype=torch.float32))
    with pytest.raises(CannotResume, match="^its optimizer is of another kind or size"):
        restore(checkpoint, optimizer, grey(dtype=torch.float32))


def test_one_of_another_shape_is_refused() -> None:
    optimizer, picture = make_optimizer(Adam()), torch.zeros(1, 3, 4, 4)
    optimizer.prepare(picture)
    with pytest.raises(CannotResume, match=r"^its picture is \(1, 3, 2, 2\), not \(1, 3, 4, 4\)"):
        restore(checkpoint_of(Adam(), 2), optimizer, picture)


@pytest.mark.parametrize("name", ["gradient", "vectors", "order", "scale"])
@pytest.mark.parametrize(
    "change",
    [
        *(lambda part: part.to(torch.float16), lambda part: part.flatten()[:1], lambda part: part[None]),
        *(lambda part: part.to("meta"), lambda part: "text"),
    ],
    ids=["another type", "one number", "one dimension more", "no numbers", "text"],
)
def test_a_state_of_another_layout_is_refused(name: str, change: Callable[[torch.Tensor], Any]) -> None:
    """Even if PyTorch would broadcast or convert it in silence."""
    checkpoint = checkpoint_of(Lbfgs(history=7), 15)
    optimizer, picture = make_optimizer(Lbfgs(history=7), 20), grey(dtype=torch.float32)
    optimizer.prepare(picture)
    state = {**checkpoint.state, name: change(checkpoint.state[name])}
    with pytest.raises(CannotResume, match="^its optimizer is of another kind or size"):
        restore(replace(checkpoint, state=state), optimizer, picture)
    assert torch.equal(picture, grey(dtype=torch.float32))


@pytest.mark.parametrize("more", [{"more": torch.zeros(1)}, {"gradient": None}])
def test_a_state_with_other_parts_is_refused(more: dict[str, Any]) -> None:
    checkpoint = checkpoint_of(Lbfgs(history=7), 15)
    optimizer, picture = make_optimizer(Lbfgs(history=7), 20), grey(dtype=torch.float32)
    optimizer.prepare(picture)
    with pytest.raises(CannotResume, match="^its optimizer is of another kind or size"):
        restore(replace(checkpoint, state={**checkpoint.state, **more}), optimizer, picture)


def test_pictures_of_another_type_or_shape_are_refused() -> None:
    checkpoint, optimizer = checkpoint_of(Adam(), 2), make_optimizer(Adam())
    picture, best = grey(dtype=torch.float32), checkpoint.run_state.best_picture
    assert best is not None
    optimizer.prepare(picture)
    wrong = replace(checkpoint.run_state, best_picture=best[:, :1])
    for spoilt in (replace(checkpoint, picture=checkpoint.picture.double()), replace(checkpoint, run_state=wrong)):
        with pytest.raises(CannotResume, match="^its picture is "):
            restore(spoilt, optimizer, picture)


def test_room_for_pairs() -> None:
    assert checkpoint_of(Lbfgs(history=7), 2).pairs == 7
    assert checkpoint_of(Lbfgs(), 2).pairs == 19
    assert checkpoint_of(Adam(), 2).pairs is None


@pytest.mark.parametrize("name", ["vectors", "gradient", "projections"])
def test_nan_is_found_wherever_it_is(name: str) -> None:
    checkpoint = checkpoint_of(Lbfgs(history_dtype="bf16"), 6)
    assert not checkpoint.has_nan
    assert replace(checkpoint, picture=checkpoint.picture * float("nan")).has_nan
    checkpoint.state[name].view(-1)[-1] = float("nan")
    assert checkpoint.has_nan
