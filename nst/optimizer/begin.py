"""How a loop begins: anew, with what the scale before left, or from a checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from nst.optimizer.optimizer import Optimizer
from nst.optimizer.run_state import Checkpoint, RunState, restore


@dataclass(frozen=True)
class ScaleStart:
    """What a scale begins with beside its picture: the run so far, and what the optimizer of the last one left."""

    run_state: RunState
    carried: Mapping[str, Tensor] = field(default_factory=dict)


Start = Checkpoint | ScaleStart | None


def begin(start: Start, optimizer: Optimizer, picture: Tensor) -> RunState:
    """Begin with a prepared `optimizer`: anew, at the next scale, or, in place, where a checkpoint was written."""
    if start is None:
        return RunState()
    if isinstance(start, Checkpoint):
        return restore(start, optimizer, picture)
    if start.carried:
        optimizer.carry(start.carried)
    return start.run_state
