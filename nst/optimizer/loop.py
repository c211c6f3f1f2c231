"""The loop: evaluate, watch, move; an exact number of evaluations; stops what diverges."""

import time

from torch import Tensor

from nst.optimizer.adam import AdamOptimizer
from nst.optimizer.checkpoint import Checkpoint, Watch, restore
from nst.optimizer.course import Course, Diverged, Progress, TraceRow, in_trace
from nst.optimizer.graph import optimise_recorded
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.protocols import Objective, Optimizer
from nst.spec.parts import Adam, Lbfgs

__all__ = ["Course", "Diverged", "Progress", "TraceRow", "make_optimizer", "optimise"]


def make_optimizer(settings: Lbfgs | Adam, steps: int | None = None) -> Optimizer:
    """A fresh optimizer for one run of `steps` evaluations, if their number is known."""
    return LbfgsOptimizer(settings, steps) if isinstance(settings, Lbfgs) else AdamOptimizer(settings)


def optimise(
    objective: Objective,
    optimizer: Optimizer,
    picture: Tensor,
    steps: int,
    *,
    trace_every: int = 1,
    exact_every: tuple[int, ...] = (),
    watch: Watch | None = None,
    resume: Checkpoint | None = None,
) -> Course:
    """Move `picture` (1, 3, H, W) in place by `steps` evaluations and as many updates.

    Every evaluation is of the picture after the last update; the final update is not evaluated, as in the tutorial.
    On a CPU `watch` sees every evaluation. On CUDA, where the steps are replayed from a graph, it sees one in
    `trace_every` with its losses, and the picture of that very evaluation at multiples of any of `exact_every`.
    A watcher that returns a function has it called with a `Checkpoint`, from which `resume` goes on, once the update is
    made (on CUDA: and those of the steps that run already); its time does not count. Raises `Diverged`.
    """
    run = optimise_recorded if picture.is_cuda else _optimise_called
    return run(
        objective,
        optimizer,
        picture,
        steps,
        trace_every=trace_every,
        exact_every=exact_every,
        watch=watch,
        resume=resume,
    )


def _optimise_called(
    objective: Objective,
    optimizer: Optimizer,
    picture: Tensor,
    steps: int,
    *,
    trace_every: int,
    exact_every: tuple[int, ...],
    watch: Watch | None,
    resume: Checkpoint | None,
) -> Course:
    """`optimise` one call after the other, on any device; every evaluation is exact."""
    optimizer.prepare(picture)
    course = restore(resume, optimizer, picture) if resume else Course()
    seconds = sum(course.durations)
    for evaluation in range(course.evaluations + 1, steps + 1):
        began = time.perf_counter()
        optimizer.before_evaluation(picture)
        losses, gradient = objective.loss_and_gradient(picture)
        values = losses.values()
        if course.note(evaluation, values):
            course.best_picture = _copied(picture, course.best_picture)
        evaluated = time.perf_counter()
        if in_trace(evaluation, steps, trace_every):
            course.record(evaluation, seconds + evaluated - began, values)
        course.check(evaluation, values)
        keep = watch(Progress(evaluation, steps, seconds + evaluated - began, values, picture)) if watch else None
        watched = time.perf_counter()
        converged = bool(optimizer.step(picture, gradient, losses.total))
        course.durations.append(evaluated - began + time.perf_counter() - watched)
        seconds += course.durations[-1]
        if converged:
            course.converge(values)
            break
        if keep:
            keep(Checkpoint(picture, optimizer.parts(), course))
    return course


def _copied(picture: Tensor, into: Tensor | None) -> Tensor:
    return picture.clone() if into is None else into.copy_(picture)
