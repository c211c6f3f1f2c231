"""Checkpoints, from which an interrupted run resumes: all that its later evaluations depend on.

A callback asks for one by returning a function, which the loop calls with it after the update of that evaluation.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nst.errors import JobError
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
    run_state, best = checkpoint.run_state, checkpoint.run_state.best_picture
    for found in (checkpoint.picture, picture if best is None else best):
        if found.shape != picture.shape:
            raise CannotResume(f"its picture is {tuple(found.shape)}, not {tuple(picture.shape)}")
        if found.dtype != picture.dtype:
            raise CannotResume(f"its picture is of {found.dtype}, not {picture.dtype}")
    try:
        optimizer.load_state(checkpoint.state)
        fits = _layouts(optimizer.state_tensors()) == _layouts(checkpoint.state)  # `copy_` broadcasts and converts
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise CannotResume(f"its optimizer is of another kind or size ({error})") from None
    if not fits:
        raise CannotResume("its optimizer is of another kind or size")
    picture.copy_(checkpoint.picture)
    best = None if best is None else best.to(picture, copy=True)
    return replace(run_state, trace=[*run_state.trace], durations=[*run_state.durations], best_picture=best)


def _layouts(state: Mapping[str, Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in state.items()}
