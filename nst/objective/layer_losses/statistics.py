"""The kind of loss that compares statistics of features: means and second moments, summed strip by strip."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from nst.objective.layer_losses.base import LayerLoss
from nst.objective.layer_losses.derivative import scalar
from nst.objective.strips import add_products, matrix, wide


class Statistic(NamedTuple):
    """Mean (C,) and second moment (C, C), the mean of f f', over a feature's rows f, in at least float32."""

    mean: Tensor
    moment: Tensor


def statistic(feature: Tensor, mask: Tensor | None = None) -> Statistic:
    """Return the statistic of a feature (1, C, h, w) in plain operations; `mask` (1, 1, h, w) in [0, 1]."""
    rows = matrix(feature.to(wide(feature)))
    weights = torch.ones_like(rows[:, :1]) if mask is None else matrix(mask).square().to(rows.dtype)
    count = weights.sum()
    return Statistic((weights * rows).sum(0) / count, rows.t() @ (weights * rows) / count)


class StatisticLoss(LayerLoss):
    """A distance between statistics; `target` is a `Statistic`.

    With w the squared mask of a position (1 without a mask) and n the sum of w: mean = sum w f / n and moment = sum w f
    f' / n. If A and b are the derivatives of the distance w.r.t. moment and mean, the gradient w.r.t. a row f is w (f
    (A + A') + b) / n. `mixes`: the loss is a squared distance of numbers that are linear in the statistic, so that the
    weighted sum of losses against targets is the loss against their weighted mean plus a constant (`spread`).
    """

    kind = "statistic"
    takes_mask = True
    mixes: ClassVar[bool] = False

    @abstractmethod
    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        """Return the loss, a scalar; autograd differentiates it."""

    def spread(self, targets: Sequence[tuple[Statistic, float]]) -> float:
        """Return the weighted sum of losses against `targets` minus the loss against `self.target`, their mean.

        Only for a loss that `mixes`: sum w |f - t|^2 = |f - m|^2 + sum w |t - m|^2 if m = sum w t and sum w = 1.
        """
        return sum(share * float(self.distance(one, self.target)) for one, share in targets)

    def reset(self, like: Tensor) -> None:
        self.products: Tensor | None = None
        self.sums: Tensor | None = None
        self.positions, self.dtype = 0, like.dtype

    def update(self, rows: Tensor, strip: slice) -> None:
        self.positions += rows.shape[2] * rows.shape[3]
        masked = self.masked(rows, strip)
        self.products = add_products(self.products, masked)
        if self.mask is not None:
            masked = masked * self._inside(strip)[2]
        sums = masked.sum((0, 2, 3), dtype=wide(rows))
        self.sums = sums if self.sums is None else self.sums.add_(sums)

    def masked(self, rows: Tensor, strip: slice) -> Tensor:
        """Return a strip times the mask, cropped to the rectangle outside which the mask is 0."""
        if self.mask is None:
            return rows
        lines, columns, mask = self._inside(strip)
        return rows[:, :, lines, columns] * mask

    def _inside(self, strip: slice) -> tuple[slice, slice, Tensor]:
        """Return the lines of a strip and the columns inside the mask's rectangle, and the mask there."""
        assert self.mask is not None
        top, bottom, left, right = self._rectangle
        first = max(strip.start, top)
        last = max(first, min(strip.stop, bottom))
        lines = slice(first - strip.start, last - strip.start)
        return lines, slice(left, right), self.mask[:, :, first:last, left:right]

    @cached_property
    def _rectangle(self) -> tuple[int, int, int, int]:
        """Return top, bottom, left and right of the positions where the mask is not 0."""
        assert self.mask is not None
        lines, columns = (self.mask[0, 0].any(axis).nonzero().flatten().tolist() for axis in (1, 0))
        return (lines[0], lines[-1] + 1, columns[0], columns[-1] + 1) if lines else (0, 0, 0, 0)

    def finish(self, strips: list[Tensor]) -> None:
        self.value, by_moment, by_mean = self.evaluate(self.found())
        scale = self.weight / self.count()
        self.by_moment = (by_moment * scale).to(self.dtype)
        self.by_mean = None if by_mean is None else (by_mean * scale).to(self.dtype)

    def found(self) -> Statistic:
        """Return the statistic of the strips."""
        assert self.products is not None and self.sums is not None
        return Statistic(self.sums / self.count(), self.products / self.count())

    def count(self) -> int | float:
        """Return n: the number of positions, or the sum of their squared masks."""
        return self.positions if self.mask is None else self._mass

    @cached_property
    def _mass(self) -> float:
        assert self.mask is not None
        return float(self.mask.square().sum(dtype=torch.float64))

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, A + A', and b (None for zeros); a subclass may give them in closed form."""
        mean, moment = (part.detach().requires_grad_(True) for part in found)
        with torch.enable_grad():
            value = scalar(self.distance(Statistic(mean, moment), self.target), type(self))
            by_mean, by_moment = torch.autograd.grad(value, (mean, moment), allow_unused=True)
        by_moment = torch.zeros_like(moment) if by_moment is None else by_moment + by_moment.t()
        return value.detach(), by_moment, by_mean

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add w (f (A + A') + b) weight / n for each row f."""
        if self.mask is not None:
            lines, columns, mask = self._inside(strip)
            gradient = matrix(rows[:, :, lines, columns]) @ self.by_moment
            gradient = gradient if self.by_mean is None else gradient.add_(self.by_mean)
            target = into[:, :, lines, columns].permute(0, 2, 3, 1)
            target.add_(gradient.mul_(matrix(mask).square()).view(target.shape))
            return
        flat = matrix(into)
        torch.addmm(flat, matrix(rows), self.by_moment, out=flat)
        if self.by_mean is not None:
            flat.add_(self.by_mean)

    def value_of(self, feature: Tensor) -> Tensor:
        return self.distance(statistic(feature, self.mask), self.target)
