"""The kind of loss that compares a feature with its target position by position."""

from abc import abstractmethod
from functools import cached_property

import torch
from torch import Tensor

from nst.objective.layer_losses.base import LayerLoss
from nst.objective.layer_losses.derivative import differentiate
from nst.objective.strips import wide


class FeatureLoss(LayerLoss):
    """A mean over all numbers of a feature, each compared with its own target; `target` is a feature (1, C, h, w).

    With a mask m, the numbers at a position are weighted by m / mean(m).
    """

    target: Tensor
    kind = "feature"
    same_shape = True
    takes_mask = True

    @abstractmethod
    def pointwise(self, found: Tensor, target: Tensor) -> Tensor:
        """Return the loss of each number, in the features' shape; its mean is the loss."""

    def reset(self, like: Tensor) -> None:
        self.total: Tensor = torch.zeros((), dtype=wide(like), device=like.device)

    def update(self, rows: Tensor, strip: slice) -> None:
        self.total += self._sum(rows.to(self.total.dtype), strip)

    def compute(self) -> Tensor:
        return self.total / self.target.numel()

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        _, gradient = differentiate(lambda at: self._sum(at, strip), rows.to(self.total.dtype), type(self))
        into.add_(gradient, alpha=self.weight / self.target.numel())

    def value_of(self, feature: Tensor) -> Tensor:
        return self._sum(feature.to(wide(feature)), slice(None)) / self.target.numel()

    def _sum(self, rows: Tensor, strip: slice) -> Tensor:
        found = self.pointwise(rows, self.target[:, :, strip].to(rows.dtype))
        return (found if self.mask is None else found * self.relative_mask()[:, :, strip]).sum()

    def relative_mask(self) -> Tensor:
        """Return the mask divided by its mean."""
        return self._relative

    @cached_property
    def _relative(self) -> Tensor:
        assert self.mask is not None
        return self.mask / self.mask.mean()
