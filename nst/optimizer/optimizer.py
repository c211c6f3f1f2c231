"""The base of the optimizers, as the loops use them."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Optimizer(ABC):
    """An optimizer; all its state is in tensors that it changes in place."""

    can_converge: bool = False
    """Whether `step` may ever return True; if not, the loop need not wait for the device to ask."""
    shape: torch.Size | None = None

    def prepare(self, picture: Tensor) -> None:
        """Allocate the state for pictures of this shape, type and device, once; the first `step` does so if needed."""
        if picture.shape != self.shape:
            self.shape = picture.shape
            self._allocate(picture)

    @abstractmethod
    def _allocate(self, picture: Tensor) -> None:
        """Allocate the state before the first step."""

    def before_evaluation(self, picture: Tensor) -> None:  # noqa: B027  # only one of them does
        """Change the picture that is about to be evaluated, if the method does."""

    @abstractmethod
    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move the picture in place; `total` is its loss, (). Returns whether it has converged: (), bool."""

    def reset(self) -> None:
        """Clear the state, keeping its memory."""
        if self.shape is not None:
            self._clear()

    @abstractmethod
    def _clear(self) -> None:
        """Set the state to what it is before the first step."""

    @abstractmethod
    def state_tensors(self) -> dict[str, Tensor]:
        """Return the tensors that a later step depends on, not copied: valid until the next step."""

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Copy `state_tensors` of another optimizer, after `prepare`; the steps that follow are bit-equal."""
        for name, part in self.state_tensors().items():
            part.copy_(state[name])
