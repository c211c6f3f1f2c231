"""The kind of loss that compares each channel by itself, without products of channels."""

from typing import ClassVar

import torch
from torch import Tensor

from nst.objective.layer_losses.statistics import Statistic, StatisticLoss
from nst.objective.strips import matrix, wide


class ChannelLoss(StatisticLoss):
    """A distance between statistics that uses only the mean and the diagonal of the moment.

    A subclass defines `distance`, and may define `evaluate`; only the diagonal of its A + A' is read. `squares`:
    whether the loss depends on the moment; if not, only the mean is summed.
    """

    squares: ClassVar[bool] = True

    def reset(self, like: Tensor) -> None:
        super().reset(like)
        self.square_sums: Tensor | None = None

    def update(self, rows: Tensor, strip: slice) -> None:
        """Sum a strip (1, C, r, w), and its squares if they are used, for each channel, in at least float32."""
        self.positions += rows.shape[2] * rows.shape[3]
        masked = rows if self.mask is None else rows * self.mask[:, :, strip]
        if self.squares:
            squares = _sum_squares(masked)
            self.square_sums = squares if self.square_sums is None else self.square_sums.add_(squares)
        if self.mask is not None:
            masked = masked * self.mask[:, :, strip]
        sums = masked.sum((0, 2, 3), dtype=wide(rows))
        self.sums = sums if self.sums is None else self.sums.add_(sums)

    def found(self) -> Statistic:
        """Return the mean, and a diagonal moment; it is all zeros if the loss does not use it."""
        assert self.sums is not None
        squares = torch.zeros_like(self.sums) if self.square_sums is None else self.square_sums
        return Statistic(self.sums / self.count(), (squares / self.count()).diag())

    def finish(self, strips: list[Tensor]) -> None:
        self.value, by_moment, by_mean = self.evaluate(self.found())
        scale = self.weight / self.count()
        self.by_square = (by_moment.diagonal() * scale).to(self.dtype) if self.squares else None
        self.by_mean = None if by_mean is None else (by_mean * scale).to(self.dtype)

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add w (f (A + A') + b) weight / n for each row f, element by element."""
        flat = matrix(into)
        weights = None if self.mask is None else matrix(self.mask[:, :, strip]).square()
        if self.by_square is not None:
            flat.addcmul_(matrix(rows) if weights is None else matrix(rows) * weights, self.by_square)
        if self.by_mean is not None:
            flat.add_(self.by_mean if weights is None else self.by_mean * weights)


def _sum_squares(rows: Tensor) -> Tensor:
    """Return the sum of squares of each channel (C,), in at least float32; on a GPU without copying the rows."""
    if rows.is_cuda:
        norms: Tensor = torch.linalg.vector_norm(matrix(rows), dim=0, dtype=wide(rows))
        return norms.square()
    return rows.to(wide(rows)).square().sum((0, 2, 3))
