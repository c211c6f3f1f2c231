"""What a run that was cut short goes on from: a `Checkpoint` is all that its later evaluations depend on.

A watcher asks for one by returning a function, which the loop calls with it once the update of that evaluation is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nst.errors import JobError
from nst.optimizer.protocols import Optimizer
from nst.optimizer.run_state import Progress, RunState


@dataclass(frozen=True)
class Checkpoint:
    """A run between two evaluations: `picture` (1, 3, H, W) is the next to be evaluated, `state` the optimizer's parts.

    From the loop, it holds the run's own tensors, not copies, and is valid during the call only. A run that goes on
    from it on a CPU of the same kind, with as many threads, ends bit-equal to one that was never cut short.
    """

    picture: Tensor
    state: dict[str, Tensor]
    run_state: RunState

    @property
    def evaluation(self) -> int:
        """Evaluations, with their updates, that are made."""
        return self.run_state.evaluations

    @property
    def pairs(self) -> int | None:
        """Pairs that L-BFGS had room for; None of another optimizer."""
        return len(self.state["curvatures"]) if "curvatures" in self.state else None

    @property
    def has_nan(self) -> bool:
        """Whether any of its numbers is none: nothing good comes of going on from there."""
        return any(bool(part.isnan().any()) for part in self._in_parts())

    def _in_parts(self) -> Iterator[Tensor]:
        """Its tensors; the history, which may be most of the memory, a group at a time."""
        yield self.picture
        for tensor in self.state.values():
            yield from tensor if tensor.dim() > 2 else (tensor,)


CheckpointCallback = Callable[[Checkpoint], None]
Callback = Callable[[Progress], CheckpointCallback | None]
"""Called at an evaluation; what it returns, if anything, is called with the checkpoint after the update."""


class CannotResume(JobError):
    """A checkpoint does not fit the run that was to go on from it; the run has to start over."""


def restore(checkpoint: Checkpoint, optimizer: Optimizer, picture: Tensor) -> RunState:
    """Put `picture` and a prepared `optimizer` where they were, in place; returns a copy of the run so far.

    Raises `CannotResume`.
    """
    if checkpoint.picture.shape != picture.shape:
        raise CannotResume(f"its picture is {tuple(checkpoint.picture.shape)}, not {tuple(picture.shape)}")
    try:
        optimizer.load_state(checkpoint.state)
    except torch.OutOfMemoryError:
        raise
    except (KeyError, RuntimeError) as error:
        raise CannotResume(f"its optimizer is of another kind or size ({error})") from None
    picture.copy_(checkpoint.picture)
    run_state = checkpoint.run_state
    best = None if run_state.best_picture is None else run_state.best_picture.to(picture, copy=True)
    return replace(run_state, trace=[*run_state.trace], durations=[*run_state.durations], best_picture=best)
