"""Checkpoints, from which an interrupted run resumes: all that its later evaluations depend on.

A callback asks for one by returning a function, which the loop calls with it after the update of that evaluation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from torch import Tensor

from nst.errors import JobError, is_out_of_memory
from nst.optimizer.protocols import Optimizer
from nst.optimizer.run_state import Progress, RunState


@dataclass(frozen=True)
class Checkpoint:
    """A run between two evaluations: `picture` (1, 3, H, W) is evaluated next, `state` is the optimizer's.

    The loop passes one with the run's own tensors, not copies, valid during the call only. A run resumed from it on a
    CPU of the same kind, with as many threads, ends bit-equal to an uninterrupted one.
    """

    picture: Tensor
    state: dict[str, Tensor]
    run_state: RunState

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
        """Whether it contains NaN; such a checkpoint is useless for resuming."""
        return any(bool(part.isnan().any()) for part in self._parts())

    def _parts(self) -> Iterator[Tensor]:
        """Yield its tensors; the history, which may be most of the memory, one pair at a time."""
        yield self.picture
        for tensor in self.state.values():
            yield from tensor if tensor.dim() > 2 else (tensor,)


CheckpointCallback = Callable[[Checkpoint], None]
Callback = Callable[[Progress], CheckpointCallback | None]
"""Called at an evaluation; the function that it returns, if any, is called with the checkpoint after the update."""


class CannotResume(JobError):
    """A checkpoint does not fit the run that resumes from it; the run has to start over."""


def restore(checkpoint: Checkpoint, optimizer: Optimizer, picture: Tensor) -> RunState:
    """Restore `picture` and a prepared `optimizer` in place; return a copy of the run state. Raises `CannotResume`."""
    if checkpoint.picture.shape != picture.shape:
        raise CannotResume(f"its picture is {tuple(checkpoint.picture.shape)}, not {tuple(picture.shape)}")
    try:
        optimizer.load_state(checkpoint.state)
    except (KeyError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise
        raise CannotResume(f"its optimizer is of another kind or size ({error})") from None
    picture.copy_(checkpoint.picture)
    run_state = checkpoint.run_state
    best = None if run_state.best_picture is None else run_state.best_picture.to(picture, copy=True)
    return replace(run_state, trace=[*run_state.trace], durations=[*run_state.durations], best_picture=best)
