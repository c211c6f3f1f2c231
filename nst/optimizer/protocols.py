"""Protocols of the loops: objective and optimizer."""

from typing import Protocol

from torch import Tensor

from nst.objective.evaluation import Evaluation


class Objective(Protocol):
    """An objective as the loop uses it; `names` are those of its terms."""

    names: tuple[str, ...]

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the gradient of their total, valid until the next call."""
        ...


class Optimizer(Protocol):
    """An optimizer as the loop uses it. All its state is in tensors that it changes in place."""

    can_converge: bool
    """Whether `step` may ever return True; if not, the loop need not wait for the device to ask."""

    def prepare(self, picture: Tensor) -> None:
        """Allocate the state for pictures of this shape, type and device; the first `step` does so if needed."""
        ...

    def before_evaluation(self, picture: Tensor) -> None:
        """Change the picture that is about to be evaluated, if the method does."""
        ...

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move the picture in place; `total` is its loss, (). Returns whether it has converged: (), bool."""
        ...

    def reset(self) -> None:
        """Clear the state, keeping its memory."""
        ...

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the tensors that a later step depends on, of a prepared optimizer: valid until the next step."""
        ...

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Copy `state_tensors` of another optimizer, after `prepare`; the steps that follow are bit-equal."""
        ...
