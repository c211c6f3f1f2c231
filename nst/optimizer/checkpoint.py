"""Checkpoints: the state of a run between two evaluations, from which it resumes bit-exactly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nst.errors import JobError, is_out_of_memory
from nst.objective.balance import Factors
from nst.optimizer.optimizer import Optimizer
from nst.optimizer.run_state import RunState


@dataclass(frozen=True)
class Checkpoint:
    """A run between two evaluations: `picture` (1, 3, H, W) is evaluated next, `state` is the optimizer's.

    The loop passes the run's own tensors, not copies, valid during the call only. A run resumed from it on a CPU of the
    same kind, with as many threads, ends bit-equal to an uninterrupted one. `balance`: the factors that the run's
    weights were balanced with, None if they were not; the loop leaves it at None, `with_balance` adds the factors.
    """

    picture: Tensor
    state: dict[str, Tensor]
    run_state: RunState
    balance: Factors | None = None

    @property
    def evaluation(self) -> int:
        """Number of evaluations so far, each with its update."""
        return self.run_state.evaluations

    @property
    def pairs(self) -> int | None:
        """Return the number of pairs in the history of L-BFGS, or None for another optimizer."""
        return len(self.state["curvatures"]) if "curvatures" in self.state else None

    @property
    def has_nan(self) -> bool:
        """Return whether it contains NaN; such a checkpoint is useless for resuming."""
        tensors = (self.picture, *self.state.values())
        parts = (part for tensor in tensors for part in (tensor if tensor.dim() > 2 else (tensor,)))  # pair by pair
        return any(bool(part.isnan().any()) for part in parts)


CheckpointCallback = Callable[[Checkpoint], None]


class CannotResume(JobError):
    """Raised when a checkpoint does not fit the run that resumes from it; the run has to start over."""


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
