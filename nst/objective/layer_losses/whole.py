"""The kind of loss that needs a whole feature at once."""

from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor

from nst.objective.layer_losses.base import LayerLoss
from nst.objective.layer_losses.derivative import differentiate
from nst.objective.strips import wide


class WholeLoss(LayerLoss):
    """Any loss of a whole feature; `target` is the target picture's feature. It is differentiated by autograd.

    `same_shape`: the target's feature has the same shape as the picture's, as a content loss requires.
    """

    target: Tensor
    kind = "whole"
    whole = True

    @abstractmethod
    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a feature (1, C, h, w) against the target's, a scalar."""

    def finish(self, strips: list[Tensor]) -> None:
        feature = torch.cat(strips, dim=2)
        self.value, self.gradient = differentiate(self.value_of, feature.to(wide(feature)), type(self))

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        into.add_(self.gradient[:, :, strip], alpha=self.weight)

    def value_of(self, feature: Tensor) -> Tensor:
        return self.distance(feature.to(wide(feature)), self.target.to(wide(feature)))

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the gradient; temporarily what autograd keeps, at most four copies of the feature."""
        return channels * positions, 4 * channels * positions
