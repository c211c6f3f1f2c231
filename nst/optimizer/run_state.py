"""The state of a run: its trace, its best picture, and when it counts as diverged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from torch import Tensor

from nst.errors import JobError
from nst.objective.evaluation import LossValues

PATIENCE = 20
EXPLOSION = 10.0
"""A run diverges when its loss is above EXPLOSION times its best for PATIENCE evaluations; early jumps are normal."""


class TraceRow(NamedTuple):
    """One evaluation: seconds without callbacks, `losses` unweighted by term, `total_loss` weighted."""

    evaluation: int
    seconds: float
    losses: Mapping[str, float]
    total_loss: float


@dataclass(frozen=True)
class Progress:
    """One evaluation as a callback receives it; `picture` is valid during the call only."""

    evaluation: int
    steps: int
    seconds: float
    losses: LossValues
    picture: Tensor


@dataclass
class RunState:
    """A run so far: its trace, seconds per evaluation, and its best picture.

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

    def update(self, evaluation: int, losses: LossValues) -> bool:
        """Count an evaluation, and those far above the best; return whether it is the best so far."""
        self.evaluations = evaluation
        better = losses.total < self.best_loss
        if better:
            self.best_loss, self.best_evaluation = losses.total, evaluation
        self.bad = self.bad + 1 if losses.total > EXPLOSION * self.best_loss else 0
        return better

    def record(self, evaluation: int, seconds: float, losses: LossValues) -> None:
        """Add a row to the trace."""
        self.trace.append(TraceRow(evaluation, seconds, losses.terms, losses.total))

    def finish(self, losses: LossValues) -> None:
        """Mark the run as converged; the trace gets its last evaluation."""
        self.stopped = "converged"
        self._record_last(losses)

    def _record_last(self, losses: LossValues) -> None:
        if not self.trace or self.trace[-1].evaluation != self.evaluations:
            self.record(self.evaluations, sum(self.durations), losses)

    def check_divergence(self, evaluation: int, losses: LossValues) -> None:
        """Raise `Diverged` if the loss is NaN or infinite, or has been far above its best for too long."""
        total = losses.total
        if not math.isfinite(total) or self.bad >= PATIENCE:
            self._record_last(losses)
        if not math.isfinite(total):
            raise Diverged(f"diverged at evaluation {evaluation}: the loss is {total}", self)
        if self.bad >= PATIENCE:
            raise Diverged(
                f"diverged at evaluation {evaluation}: the loss is {total:.4g}, for {PATIENCE} evaluations it has been "
                f"more than {EXPLOSION:g} times its best ({self.best_loss:.4g} at {self.best_evaluation})",
                self,
            )


class Diverged(JobError):
    """The loss became NaN or exploded; `run_state` has the trace and the best picture."""

    def __init__(self, message: str, run_state: RunState) -> None:
        super().__init__(message)
        self.run_state = run_state


def in_trace(evaluation: int, steps: int, trace_every: int) -> bool:
    """Return whether the trace has a row for this evaluation; the first and the last always have one."""
    return evaluation in (1, steps) or bool(trace_every and evaluation % trace_every == 0)
