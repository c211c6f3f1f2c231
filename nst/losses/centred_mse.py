"""A content loss that ignores changes of channel means, such as a change of colours or brightness causes."""

from typing import Any

import torch
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from nst.objective.strips import matrix, wide


class Loss(WholeLoss):
    """Mean squared difference of features minus their channel means: of f - m and t - s.

    With d = f - t and e its mean over positions, the loss is the mean of (d - e)^2 over n numbers, and the gradient is
    2 (d - e) / n.
    """

    version = 1
    same_shape = True

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        ours, theirs = (each - each.mean((2, 3), keepdim=True) for each in (found, target))
        return (ours - theirs).square().mean()

    def finish(self, strips: list[Tensor]) -> None:
        """Sum the differences, then the squares of the centred ones: in two passes, so that small sums are exact."""
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
        """Count the differences, of all strips and squared, which are temporary."""
        return 0, 3 * channels * positions
