"""The kind of loss that is computed on the pixels, without a network."""

from abc import abstractmethod
from typing import Any

from torch import Tensor

from nst.objective.layer_losses.base import AnyLoss
from nst.objective.layer_losses.derivative import differentiate


class PictureLoss(AnyLoss):
    """A weighted loss of the picture (1, 3, H, W) itself, RGB in [0, 1]; autograd differentiates it.

    If it `compares`, `target` is another picture, (1, 3, H', W'): the content unless the term names one.
    """

    kind = "picture"
    target: Tensor

    def __init__(self, weight: float, settings: Any = None, target: Tensor | None = None) -> None:
        super().__init__(weight, settings)
        if target is not None:
            self.target = target

    @abstractmethod
    def distance(self, picture: Tensor) -> Tensor:
        """Return the loss, a scalar."""

    def backward(self, into: Tensor, picture: Tensor) -> None:
        """Add the gradient of `weight` times the loss to `into`; a subclass may do so in closed form."""
        into.add_(differentiate(self.distance, picture, type(self))[1], alpha=self.weight)
