"""The content loss of Gatys, Ecker and Bethge (2016): mean squared difference of features."""

import torch
from torch import Tensor

from nst.objective.layer_losses import FeatureLoss
from nst.objective.strips import wide


class Loss(FeatureLoss):
    """Mean squared difference from a target feature (equation 1, with the mean instead of half the sum)."""

    version = 1

    def pointwise(self, found: Tensor, target: Tensor) -> Tensor:
        return (found - target).square()

    def reset(self, like: Tensor) -> None:
        self.difference: Tensor | None = None
        self.squares: Tensor = torch.zeros((), dtype=wide(like), device=like.device)

    def update(self, rows: Tensor, strip: slice) -> None:
        """Sum the squared differences; on a GPU, with whole features, keep them and let `compute` sum."""
        difference = rows - self.target[:, :, strip]
        if self.mask is not None:
            self.squares += (difference.to(self.squares.dtype).square_() * self.relative_mask()[:, :, strip]).sum()
        elif difference.is_cuda:
            self.difference = difference
        else:
            self.squares += difference.to(self.squares.dtype).square_().sum()

    def compute(self) -> Tensor:
        if self.difference is not None:
            self.squares = torch.linalg.vector_norm(self.difference, dtype=self.squares.dtype).square()
        return self.squares / self.target.numel()

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add 2 (feature - target) / numel."""
        difference = rows - self.target[:, :, strip] if self.difference is None else self.difference
        if self.mask is not None:
            difference = difference * self.relative_mask()[:, :, strip]
        into.add_(difference, alpha=2 * self.weight / self.target.numel())
