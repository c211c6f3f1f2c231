"""A content loss that does not see a change of a channel's mean, as a change of colours or brightness makes it."""

from typing import Any

import torch
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from nst.objective.strips import matrix, wide


class Loss(WholeLoss):
    """Mean squared difference of features less their means: of f - m and t - s, m and s the means of channels.

    With d = f - t and its mean over positions e: the mean of (d - e)^2, and 2 (d - e) / n the gradient, n numbers.
    """

    version = 1
    same_shape = True

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        ours, theirs = (each - each.mean((2, 3), keepdim=True) for each in (found, target))
        return (ours - theirs).square().mean()

    def finish(self, strips: list[Tensor]) -> None:
        """Sum the differences, then the squares of what is left of them: two passes, for exact small sums."""
        starts = [sum(rows.shape[2] for rows in strips[:number]) for number in range(len(strips))]
        differences = [
            self._difference(rows, slice(at, at + rows.shape[2])) for rows, at in zip(strips, starts, strict=True)
        ]
        count = self.target.shape[2] * self.target.shape[3]
        self.mean = sum((matrix(each).sum(0) for each in differences), strips[0].new_zeros(())) / count
        total = [(matrix(each) - self.mean).square_().sum() for each in differences]
        self.value = torch.stack(total).sum() / self.target.numel()

    def _difference(self, rows: Tensor, strip: slice) -> Tensor:
        return (rows - self.target[:, :, strip]).to(wide(rows))

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        difference = matrix(self._difference(rows, strip)) - self.mean
        matrix(into).add_(difference, alpha=2 * self.weight / self.target.numel())

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the differences, of all strips and squared, for a moment."""
        return 0, 3 * channels * positions
