"""The state of a run: its trace and best picture, when it counts as diverged, and checkpoints from which it resumes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nst.errors import JobError, is_out_of_memory
from nst.objective.balance import Factors
from nst.objective.reference import LossValues
from nst.optimizer.optimizer import Optimizer

PATIENCE = 20
EXPLOSION = 10.0
"""A run diverges when its loss is above EXPLOSION times its best for PATIENCE evaluations; early jumps are normal."""


class TraceRow(NamedTuple):
    """One evaluation: seconds without callbacks, `losses` unweighted by term, `total_loss` weighted.

    `size`: of the scale; None in a run of one scale.
    """

    evaluation: int
    seconds: float
    losses: Mapping[str, float]
    total_loss: float
    size: int | None = None


class Later(NamedTuple):
    """What the scales after this one add: evaluations, and as many of this scale as have their pixels together."""

    evaluations: int = 0
    work: float = 0.0


NOTHING_LATER = Later()


@dataclass(frozen=True)
class Progress:
    """One evaluation as a callback receives it; `picture` is valid during the call only.

    `evaluation` and `steps` count over all scales. `before`, `seconds_before`: evaluations and seconds of the scales
    before this one, whose `size` is None if it is the only one. `later`: see `Later`.
    """

    evaluation: int
    steps: int
    seconds: float
    losses: LossValues
    picture: Tensor
    before: int = 0
    seconds_before: float = 0.0
    later: Later = NOTHING_LATER
    size: int | None = None

    @property
    def seconds_each(self) -> float:
        """Seconds of an evaluation at this scale, on average."""
        return (self.seconds - self.seconds_before) / (self.evaluation - self.before)

    @property
    def seconds_left(self) -> float:
        """Seconds until the last evaluation, if those at later scales take as much longer as they have more pixels."""
        here = self.steps - self.later.evaluations - self.evaluation
        return self.seconds_each * (here + self.later.work)


@dataclass
class RunState:
    """A run so far: its trace, seconds per evaluation, and its best picture.

    `size`, and what is the best, bad or a reason to stop, are of one scale, number `scale`, before which the run made
    `before` evaluations; all else is of the whole run. `size` is None in a run of one scale.
    `seconds_recording`: to record the step as a CUDA graph, not in `durations`; 0 if none was recorded.
    """

    trace: list[TraceRow] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    best_loss: float = math.inf
    best_evaluation: int = 0
    best_picture: Tensor | None = None
    bad: int = 0
    stopped: str = "steps"
    evaluations: int = 0
    seconds_recording: float = 0.0
    scale: int = 0
    before: int = 0
    size: int | None = None

    def next_scale(self, size: int) -> "RunState":
        """Return the state in which the next scale begins."""
        anew: dict[str, Any] = {"scale": self.scale + 1, "before": self.evaluations, "size": size, "stopped": "steps"}
        return replace(self, best_loss=math.inf, best_evaluation=0, best_picture=None, bad=0, **anew)

    def update(self, losses: LossValues) -> bool:
        """Count an evaluation, and those far above the best; return whether it is the best so far."""
        self.evaluations += 1
        better = losses.total < self.best_loss
        if better:
            self.best_loss, self.best_evaluation = losses.total, self.evaluations
        self.bad = self.bad + 1 if losses.total > EXPLOSION * self.best_loss else 0
        return better

    def record(self, seconds: float, losses: LossValues) -> None:
        """Add a row to the trace, unless it has one for this evaluation."""
        if not self.trace or self.trace[-1].evaluation != self.evaluations:
            self.trace.append(TraceRow(self.evaluations, seconds, losses.terms, losses.total, self.size))

    def finish(self, losses: LossValues) -> None:
        """Mark the run as converged; the trace gets its last evaluation."""
        self.stopped = "converged"
        self.record(sum(self.durations), losses)

    def check_divergence(self, losses: LossValues) -> None:
        """Raise `Diverged` if the loss is NaN or infinite, or has been far above its best for too long."""
        if math.isfinite(losses.total) and self.bad < PATIENCE:
            return
        self.record(sum(self.durations), losses)
        message = f"diverged at evaluation {self.evaluations}: the loss is {losses.total:.4g}"
        if math.isfinite(losses.total):
            message += (
                f", for {PATIENCE} evaluations it has been more than {EXPLOSION:g} times its best "
                f"({self.best_loss:.4g} at {self.best_evaluation})"
            )
        raise Diverged(message, self)


class Diverged(JobError):
    """The loss became NaN or exploded; `run_state` has the trace and the best picture."""

    def __init__(self, message: str, run_state: RunState) -> None:
        super().__init__(message)
        self.run_state = run_state


@dataclass(frozen=True)
class Checkpoint:
    """A run between two evaluations: `picture` (1, 3, H, W) is evaluated next, `state` is the optimizer's.

    The loop passes one with the run's own tensors, not copies, valid during the call only. A run resumed from it on a
    CPU of the same kind, with as many threads, ends bit-equal to an uninterrupted one. `balance`: the factors that the
    run's weights were balanced with, None for none; the loop knows none, `with_balance` adds them.
    """

    picture: Tensor
    state: dict[str, Tensor]
    run_state: RunState
    balance: Factors | None = None

    @property
    def evaluation(self) -> int:
        """Evaluations made so far, each with its update."""
        return self.run_state.evaluations

    @property
    def pairs(self) -> int | None:
        """Pairs in the history of L-BFGS; None for another optimizer."""
        return len(self.state["curvatures"]) if "curvatures" in self.state else None

    @property
    def has_nan(self) -> bool:
        """Return whether it contains NaN; such a checkpoint is useless for resuming."""
        tensors = (self.picture, *self.state.values())
        parts = (part for tensor in tensors for part in (tensor if tensor.dim() > 2 else (tensor,)))  # pair by pair
        return any(bool(part.isnan().any()) for part in parts)


CheckpointCallback = Callable[[Checkpoint], None]
Callback = Callable[[Progress], CheckpointCallback | None]
"""Called at an evaluation; the function that it returns, if any, is called with the checkpoint after the update."""


def with_balance(callback: Callback | None, balance: Factors | None) -> Callback | None:
    """Return the callback, with `balance` in the checkpoints that it receives."""
    if callback is None or balance is None:
        return callback

    def wrapped(progress: Progress) -> CheckpointCallback | None:
        receive = callback(progress)
        return receive and (lambda checkpoint: receive(replace(checkpoint, balance=balance)))

    return wrapped


@dataclass(frozen=True)
class Schedule:
    """The evaluations of a loop: its last one, and which it records and calls back at, as `optimise` says.

    It begins after the `before` evaluations of earlier scales, which took `seconds_before`.
    """

    steps: int
    trace_every: int
    exact_every: tuple[int, ...] = ()
    callback: Callback | None = None
    before: int = 0
    seconds_before: float = 0.0
    later: Later = NOTHING_LATER
    size: int | None = None

    def progress(self, evaluation: int, seconds: float, losses: LossValues, picture: Tensor) -> Progress:
        """Return an evaluation as the callback receives it."""
        steps, scale = self.steps + self.later.evaluations, (self.before, self.seconds_before, self.later, self.size)
        return Progress(evaluation, steps, seconds, losses, picture, *scale)

    def in_trace(self, evaluation: int) -> bool:
        """Return whether the trace has a row for this evaluation; the first and the last always have one."""
        is_due = bool(self.trace_every and evaluation % self.trace_every == 0)
        return is_due or evaluation in (self.before + 1, self.steps)

    def is_exact(self, evaluation: int) -> bool:
        """Return whether callbacks look at the very picture of this evaluation."""
        return any(every and evaluation % every == 0 for every in self.exact_every)


class CannotResume(JobError):
    """A checkpoint does not fit the run that resumes from it; the run has to start over."""


def restore(checkpoint: Checkpoint, optimizer: Optimizer, picture: Tensor) -> RunState:
    """Restore `picture` and a prepared `optimizer` in place; return a copy of the run state. Raises `CannotResume`."""
    run_state, best = checkpoint.run_state, checkpoint.run_state.best_picture
    for found in (checkpoint.picture, picture if best is None else best):
        if found.shape != picture.shape:
            raise CannotResume(f"its picture is {tuple(found.shape)}, not {tuple(picture.shape)}")
        if found.dtype != picture.dtype:
            raise CannotResume(f"its picture is of {found.dtype}, not {picture.dtype}")
    try:
        optimizer.load_state(checkpoint.state)
        fits = _layouts(optimizer.state_tensors()) == _layouts(checkpoint.state)  # `copy_` broadcasts and converts
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise CannotResume(f"its optimizer is of another kind or size ({error})") from None
    if not fits:
        raise CannotResume("its optimizer is of another kind or size")
    picture.copy_(checkpoint.picture)
    best = None if best is None else best.to(picture, copy=True)
    copied = replace(run_state, trace=[*run_state.trace], durations=[*run_state.durations], best_picture=best)
    return replace(copied, seconds_recording=0.0)


def _layouts(state: Mapping[str, Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in state.items()}
