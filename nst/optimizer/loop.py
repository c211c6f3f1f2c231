"""The loop: evaluate, watch, move; an exact number of evaluations; stops what diverges."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from torch import Tensor

from nst.errors import JobError
from nst.objective.reference import Losses, LossValues
from nst.optimizer.adam import AdamOptimizer
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.spec.parts import Adam, Lbfgs

PATIENCE = 20
EXPLOSION = 10.0
"""A run diverges when its loss is above EXPLOSION times its best for PATIENCE evaluations; early jumps are normal."""


class Objective(Protocol):
    """What the loop needs of an objective."""

    def loss_and_gradient(self, picture: Tensor) -> tuple[Losses, Tensor]:
        """Losses of a picture and the gradient of their total."""
        ...


class Optimizer(Protocol):
    """What the loop needs of an optimizer."""

    def before_evaluation(self, picture: Tensor) -> None:
        """May change the picture that is about to be evaluated."""
        ...

    def step(self, picture: Tensor, gradient: Tensor, loss: float) -> bool:
        """Move the picture in place; True where it has converged."""
        ...


def make_optimizer(settings: Lbfgs | Adam) -> Optimizer:
    """A fresh optimizer for one run."""
    return LbfgsOptimizer(settings) if isinstance(settings, Lbfgs) else AdamOptimizer(settings)


class TraceRow(NamedTuple):
    """One evaluation: seconds since the loop began (watchers not counted), unweighted losses, weighted total."""

    evaluation: int
    seconds: float
    content_loss: float
    style_loss: float
    total_loss: float


@dataclass(frozen=True)
class Progress:
    """What a bar or a frame writer sees; `picture` is valid during the call only."""

    evaluation: int
    steps: int
    seconds: float
    losses: LossValues
    picture: Tensor


@dataclass
class Course:
    """How a run went so far: its trace, seconds per evaluation, and its best picture."""

    trace: list[TraceRow] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    best_loss: float = math.inf
    best_evaluation: int = 0
    best_picture: Tensor | None = None
    bad: int = 0
    stopped: str = "steps"
    evaluations: int = 0

    def note(self, evaluation: int, losses: LossValues, picture: Tensor) -> None:
        """Count, keep the best picture, and count evaluations far above it."""
        self.evaluations = evaluation
        if losses.total < self.best_loss:
            self.best_loss, self.best_evaluation, self.best_picture = losses.total, evaluation, picture.clone()
        self.bad = self.bad + 1 if losses.total > EXPLOSION * self.best_loss else 0

    def check(self, evaluation: int, total: float) -> None:
        """Raise `Diverged` where this evaluation shows that the run is lost."""
        if not math.isfinite(total):
            raise Diverged(f"diverged at evaluation {evaluation}: the loss is {total}", self)
        if self.bad >= PATIENCE:
            raise Diverged(
                f"diverged at evaluation {evaluation}: the loss is {total:.4g}, for {PATIENCE} evaluations it has been "
                f"more than {EXPLOSION:g} times its best ({self.best_loss:.4g} at {self.best_evaluation})",
                self,
            )


class Diverged(JobError):
    """The loss became NaN or exploded; `course` has the trace and the best picture."""

    def __init__(self, message: str, course: Course) -> None:
        super().__init__(message)
        self.course = course


def optimise(
    objective: Objective,
    optimizer: Optimizer,
    picture: Tensor,
    steps: int,
    *,
    trace_every: int = 1,
    watch: Callable[[Progress], None] | None = None,
) -> Course:
    """Move `picture` (1, 3, H, W) in place by `steps` evaluations and as many updates.

    Every evaluation is of the picture after the last update; the final update is not evaluated, as in the tutorial.
    Raises `Diverged`.
    """
    course, seconds = Course(), 0.0
    for evaluation in range(1, steps + 1):
        began = time.perf_counter()
        optimizer.before_evaluation(picture)
        losses, gradient = objective.loss_and_gradient(picture)
        values = losses.values()
        course.note(evaluation, values, picture)
        evaluated = time.perf_counter()
        if evaluation in (1, steps) or (trace_every and evaluation % trace_every == 0):
            course.trace.append(
                TraceRow(evaluation, seconds + evaluated - began, values.content, values.style, values.total)
            )
        course.check(evaluation, values.total)
        if watch:
            watch(Progress(evaluation, steps, seconds + evaluated - began, values, picture))
        resumed = time.perf_counter()
        converged = optimizer.step(picture, gradient, values.total)
        course.durations.append(evaluated - began + time.perf_counter() - resumed)
        seconds += course.durations[-1]
        if converged:
            course.stopped = "converged"
            break
    return course
