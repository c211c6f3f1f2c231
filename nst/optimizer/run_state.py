"""The state of a run: its trace, its best picture, and when it counts as diverged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from torch import Tensor

from nst.errors import JobError
from nst.objective.reference import LossValues

PATIENCE = 20
EXPLOSION = 10.0
"""A run diverges when its loss is above EXPLOSION times its best for PATIENCE evaluations; early jumps are normal."""


class TraceRow(NamedTuple):
    """One evaluation: seconds excluding callbacks, `losses` unweighted by term, `total_loss` weighted.

    `size`: of the scale; None in a run of one scale.
    """

    evaluation: int
    seconds: float
    losses: Mapping[str, float]
    total_loss: float
    size: int | None = None


@dataclass
class RunState:
    """A run so far: its trace, seconds per evaluation, and its best picture.

    The best evaluation, `bad`, `stopped` and `size` refer to the current scale, number `scale`, which began after
    `before` evaluations; all else to the whole run. `size` is None in a run of one scale. `seconds_recording`: time to
    record the step as a CUDA graph, which is not in `durations`; 0 if none was recorded.
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
        """Count an evaluation, and consecutive ones far above the best; return whether it is the best so far."""
        self.evaluations += 1
        better = losses.total < self.best_loss
        if better:
            self.best_loss, self.best_evaluation = losses.total, self.evaluations
        far = self.best_loss > 0 and losses.total > EXPLOSION * self.best_loss  # no multiple of a best below 0 is worse
        self.bad = self.bad + 1 if far else 0
        return better

    def record(self, seconds: float, losses: LossValues) -> None:
        """Add a row to the trace, unless it has one for this evaluation."""
        if not self.trace or self.trace[-1].evaluation != self.evaluations:
            self.trace.append(TraceRow(self.evaluations, seconds, losses.terms, losses.total, self.size))

    def finish(self, losses: LossValues) -> None:
        """Mark the run as converged, and add its last evaluation to the trace."""
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
    """Raised when the loss becomes NaN or explodes; `run_state` has the trace and the best picture."""

    def __init__(self, message: str, run_state: RunState) -> None:
        super().__init__(message)
        self.run_state = run_state
