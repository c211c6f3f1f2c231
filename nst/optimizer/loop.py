"""The loop: evaluate, call back and update for an exact number of evaluations; stop a run that diverges."""

import time

from torch import Tensor

from nst.objective.reference import Objective, count_from
from nst.optimizer.begin import Start, begin
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.cuda_graph import optimise_recorded
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.optimizer import AdamOptimizer, Optimizer
from nst.optimizer.run_state import Diverged, RunState, TraceRow
from nst.optimizer.schedule import NOTHING_LATER, Callback, Later, Progress, Schedule
from nst.spec.records import Adam, Lbfgs

__all__ = ["RunState", "Diverged", "Progress", "TraceRow", "make_optimizer", "optimise"]


def make_optimizer(settings: Lbfgs | Adam, steps: int | None = None) -> Optimizer:
    """Return a fresh optimizer for a run of `steps` evaluations (None: unknown)."""
    return LbfgsOptimizer(settings, steps) if isinstance(settings, Lbfgs) else AdamOptimizer(settings)


def optimise(
    objective: Objective,
    optimizer: Optimizer,
    picture: Tensor,
    steps: int,
    *,
    trace_every: int = 1,
    exact_every: tuple[int, ...] = (),
    callback: Callback | None = None,
    resume: Start = None,
    later: Later = NOTHING_LATER,
) -> RunState:
    """Move `picture` (1, 3, H, W) in place by `steps` evaluations and as many updates.

    Each evaluation is of the picture after the previous update; the final update is not evaluated, as in the tutorial.
    On a CPU `callback` receives every evaluation. On CUDA, where a graph is replayed, it receives one in `trace_every`
    with its losses, and the picture of exactly that evaluation at multiples of any of `exact_every`. The function that
    it returns, if any, is called with a `Checkpoint` to `resume` from after the update (on CUDA: after those of the
    steps already launched); its time is not counted. Raises `Diverged`.

    A run of several scales calls this once per scale, with the `ScaleStart` that the previous one left and what comes
    `later`. Evaluations are counted over all scales.
    """
    so_far = resume.run_state if resume else RunState()
    scale = (so_far.before, sum(so_far.durations[: so_far.before]), later, so_far.size)
    schedule = Schedule(so_far.before + steps, trace_every, exact_every, callback, *scale)
    run = optimise_recorded if picture.is_cuda else _optimise_eagerly
    return run(objective, optimizer, picture, schedule, resume)


def _optimise_eagerly(
    objective: Objective, optimizer: Optimizer, picture: Tensor, schedule: Schedule, resume: Start
) -> RunState:
    """Run `optimise` as a plain loop, on any device; every evaluation is exact."""
    optimizer.prepare(picture)
    run_state = begin(resume, optimizer, picture)
    count_from(objective, run_state.evaluations)
    seconds = sum(run_state.durations)
    for evaluation in range(run_state.evaluations + 1, schedule.steps + 1):
        began = time.perf_counter()
        optimizer.before_evaluation(picture)
        losses, gradient = objective.loss_and_gradient(picture)
        values = losses.values(objective.names)
        if run_state.update(values):
            best = run_state.best_picture
            run_state.best_picture = picture.clone() if best is None else best.copy_(picture)
        evaluated = time.perf_counter()
        if schedule.in_trace(evaluation):
            run_state.record(seconds + evaluated - began, values)
        run_state.check_divergence(values)
        progress = schedule.progress(evaluation, seconds + evaluated - began, values, picture)
        checkpoint_callback = schedule.callback(progress) if schedule.callback else None
        resumed = time.perf_counter()
        converged = bool(optimizer.step(picture, gradient, losses.total))
        run_state.durations.append(evaluated - began + time.perf_counter() - resumed)
        seconds += run_state.durations[-1]
        if converged:
            run_state.finish(values)
            break
        if checkpoint_callback:
            checkpoint_callback(Checkpoint(picture, optimizer.state_tensors(), run_state))
    return run_state
