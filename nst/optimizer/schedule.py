"""Schedule the evaluations of a loop: which are recorded, and what callbacks receive."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from torch import Tensor

from nst.objective.balance import Factors
from nst.objective.reference import LossValues
from nst.optimizer.checkpoint import CheckpointCallback


class Later(NamedTuple):
    """Count what later scales add: `evaluations`, and the evaluations of this scale with as many pixels (`work`)."""

    evaluations: int = 0
    work: float = 0.0


NOTHING_LATER = Later()


@dataclass(frozen=True)
class Progress:
    """One evaluation as a callback receives it; `picture` is valid during the call only.

    `evaluation` and `steps` count over all scales. `before`, `seconds_before`: evaluations and seconds of the scales
    before this one. `later`: see `Later`. `size`: of this scale, None if it is the only one.
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
        """Average seconds per evaluation at this scale."""
        return (self.seconds - self.seconds_before) / (self.evaluation - self.before)

    @property
    def seconds_left(self) -> float:
        """Seconds until the last evaluation, assuming that time at later scales grows with the number of pixels."""
        here = self.steps - self.later.evaluations - self.evaluation
        return self.seconds_each * (here + self.later.work)


Callback = Callable[[Progress], CheckpointCallback | None]
"""Called at an evaluation; if it returns a function, that is called with the checkpoint after the update."""


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
    """The evaluations of a loop: the last one, and those to record or call back at; see `optimise`.

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
        """Return whether callbacks need the picture of exactly this evaluation."""
        return any(every and evaluation % every == 0 for every in self.exact_every)
