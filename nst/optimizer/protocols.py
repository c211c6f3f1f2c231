"""What the loops need of an objective and of an optimizer."""

from typing import Protocol

from torch import Tensor

from nst.objective.evaluation import Evaluation


class Objective(Protocol):
    """What the loop needs of an objective; `names` are those of its terms."""

    names: tuple[str, ...]

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Losses of a picture and the gradient of their total, valid until the next call."""
        ...


class Optimizer(Protocol):
    """What the loop needs of an optimizer. All its state is in tensors that it changes in place."""

    can_converge: bool
    """Whether `step` may ever return True; a loop that knows it cannot need not wait for the device to ask."""

    def prepare(self, picture: Tensor) -> None:
        """Allocate the state for pictures of this shape, type and device; done by the first `step` if not before."""
        ...

    def before_evaluation(self, picture: Tensor) -> None:
        """May change the picture that is about to be evaluated."""
        ...

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move the picture in place; `total` is its loss, (). Returns whether it has converged: (), bool."""
        ...

    def reset(self) -> None:
        """Forget every step made so far, and keep the memory."""
        ...

    def state(self) -> dict[str, Tensor]:
        """Copies of all that a later step depends on."""
        ...

    def state_tensors(self) -> dict[str, Tensor]:
        """The same without copying, of a prepared optimizer: valid until the next step."""
        ...

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, after `prepare`; the steps that follow are bit-equal."""
        ...
