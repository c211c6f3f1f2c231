"""Begin a loop: from scratch, from the results of the previous scale, or from a checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor

from nst.optimizer.checkpoint import Checkpoint, restore
from nst.optimizer.optimizer import Optimizer
from nst.optimizer.run_state import RunState
from nst.spec.records import Lbfgs, Spec


@dataclass(frozen=True)
class ScaleStart:
    """The start of a scale: the run so far, and the state carried over from the previous scale's optimizer."""

    run_state: RunState
    carried: Mapping[str, Tensor] = field(default_factory=dict)


Start = Checkpoint | ScaleStart | None


def begin(start: Start, optimizer: Optimizer, picture: Tensor) -> RunState:
    """Begin with a prepared `optimizer`: from scratch, at the next scale, or, in place, from a checkpoint."""
    if start is None:
        return RunState()
    if isinstance(start, Checkpoint):
        return restore(start, optimizer, picture)
    if start.carried:
        optimizer.carry(start.carried)
    return start.run_state


def with_checkpoint_history(spec: Spec, start: Start) -> Spec:
    """Use the shorter history that an interrupted run had to fall back to, even if more GPU memory is free now."""
    pairs = start.pairs if isinstance(start, Checkpoint) else None
    if pairs is None or not isinstance(spec.optimizer, Lbfgs):
        return spec
    was_shorter = pairs < min(spec.optimizer.history, spec.steps - 1)
    return replace(spec, optimizer=replace(spec.optimizer, history=pairs)) if was_shorter else spec
