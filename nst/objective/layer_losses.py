"""The kinds of losses: base classes for the files in `nst/losses`.

On the forward pass a layer loss receives its feature strip by strip (`reset`, `update`, then `finish`); `compute`
returns the loss; on the backward pass `backward` adds the gradient of `weight` times the loss, strip by strip. A new
loss derives from one of four kinds and writes one function:

StatisticLoss   `distance(found, target)`: depends on a feature only through its mean and second moment
FeatureLoss     `pointwise(found, target)`: compares position by position with a target feature
WholeLoss       `distance(found, target)`: needs the whole feature at once
PictureLoss     `distance(picture)`: on the pixels; of another picture, too, if it `compares`

`value_of` is the slow twin of these methods: the same loss of a whole feature in plain operations, for autograd.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor

from nst.errors import UserError
from nst.objective.strips import add_products, matrix, wide


class Statistic(NamedTuple):
    """Mean (C,) and second moment (C, C), the mean of f f', of a feature's rows f, in at least float32."""

    mean: Tensor
    moment: Tensor


class AnyLoss(ABC):
    """The base of all kinds.

    `kind` decides which configuration keys take the loss. `version`: raise it if the same settings give another
    gradient; a loss without one is signed by its source, so that editing its file makes new runs. `needs_fp32`:
    rounding changes what a figure of it shows. `same_shape`: the target picture has the result's shape. `Settings`:
    a frozen dataclass of its keys, None for no keys; with a key `resample` the loss is another function at each
    evaluation, which L-BFGS does not take. `compares`: a loss of the picture itself has a target picture.
    """

    kind: ClassVar[str]
    same_shape: ClassVar[bool] = False
    version: ClassVar[int | None] = None
    needs_fp32: ClassVar[bool] = False
    takes_mask: ClassVar[bool] = False
    compares: ClassVar[bool] = False
    Settings: ClassVar[type | None] = None

    def __init__(self, weight: float, settings: Any = None) -> None:
        self.weight, self.settings = weight, settings

    @classmethod
    def least_side(cls, settings: Any) -> int:
        """Return the positions that each side of the feature, or of the picture, must have."""
        return 1


class LayerLoss(AnyLoss):
    """A weighted loss of one feature (1, C, h, w)."""

    whole: ClassVar[bool] = False
    """Whether `finish` needs the strips themselves, not only what `update` computed."""

    target: Any
    value: Any
    """What `compute` returns, if `finish` computes it."""
    evaluation: Tensor | None = None
    """Number of the evaluation, () int64 on the device, which the objective counts; None outside of one."""

    def __init__(self, target: Any, weight: float, mask: Tensor | None = None, settings: Any = None) -> None:
        super().__init__(weight, settings)
        self.target, self.mask = target, mask

    def reset(self, like: Tensor) -> None:  # noqa: B027  # not every loss sums
        """Begin a new picture; `like` has its device and type."""

    def update(self, rows: Tensor, strip: slice) -> None:  # noqa: B027
        """Take a strip of the feature, (1, C, r, w), on the forward pass."""

    def finish(self, strips: list[Tensor]) -> None:  # noqa: B027
        """Prepare `backward`, after the last strip; `strips` is the feature if `whole` is set."""

    def compute(self) -> Any:
        """Return the unweighted loss, a scalar tensor in at least float32, after `finish`."""
        return self.value

    def number(self, device: torch.device) -> Tensor:
        """Return the number of the evaluation, for losses that draw anew at each; 0 outside of an objective."""
        return torch.zeros((), dtype=torch.int64, device=device) if self.evaluation is None else self.evaluation

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Return the numbers in float32 that a loss of a feature of this shape needs beside it and its target.

        Those that it keeps between forward and backward pass, and those that `finish` needs for a moment beside them.
        """
        return 0, 0

    @abstractmethod
    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the gradient of `weight` times the loss on a strip to `into`."""

    @abstractmethod
    def value_of(self, feature: Tensor) -> Tensor:
        """Return the unweighted loss of a whole feature in plain operations: the slow twin."""


class StatisticLoss(LayerLoss):
    """A distance between statistics; `target` is a `Statistic`.

    With w the squared mask of a position (1 without a mask) and n the sum of w: mean = sum w f / n and moment =
    sum w f f' / n. If A and b are the derivatives of the distance by moment and mean, the gradient on a row f is
    w (f (A + A') + b) / n. `mixes`: the loss is a squared distance of numbers that are linear in the statistic, so that
    the weighted sum of losses against targets is the loss against their weighted mean, and a constant (`spread`).
    """

    kind = "statistic"
    takes_mask = True
    mixes: ClassVar[bool] = False

    @abstractmethod
    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        """Return the loss, a scalar; autograd differentiates it."""

    def spread(self, targets: Sequence[tuple[Statistic, float]]) -> float:
        """Return the weighted sum of losses against `targets` less the loss against `self.target`, their mean.

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
        """Return a strip times the mask, of it only the rectangle outside which the mask is 0."""
        if self.mask is None:
            return rows
        lines, columns, mask = self._inside(strip)
        return rows[:, :, lines, columns] * mask

    def _inside(self, strip: slice) -> tuple[slice, slice, Tensor]:
        """Return the lines of a strip and the columns that the mask's rectangle has, and the mask there."""
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
        """Return n: the positions, or the sum of their squared masks."""
        return self.positions if self.mask is None else self._mass

    @cached_property
    def _mass(self) -> float:
        assert self.mask is not None
        return float(self.mask.square().sum(dtype=torch.float64))

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, A + A', and b (None for zeros); a subclass may give them in closed form."""
        mean, moment = (part.detach().requires_grad_(True) for part in found)
        with torch.enable_grad():
            value = _scalar(self.distance(Statistic(mean, moment), self.target), type(self))
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


class FeatureLoss(LayerLoss):
    """A mean over all numbers of a feature, each compared with its own target; `target` is a feature (1, C, h, w).

    With a mask m the numbers of a position weigh m / mean(m).
    """

    target: Tensor
    kind = "feature"
    same_shape = True
    takes_mask = True

    @abstractmethod
    def pointwise(self, found: Tensor, target: Tensor) -> Tensor:
        """Return the loss of each number: of the features' shape; its mean is the loss."""

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


class WholeLoss(LayerLoss):
    """Any loss of a whole feature; `target` is the target picture's feature. Autograd differentiates it on the feature.

    `same_shape`: the target's feature has the shape of the picture's, as a content loss needs it.
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
        """Count the gradient, and what autograd keeps at most: four copies of the feature."""
        return channels * positions, 4 * channels * positions


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
        """Add the gradient of `weight` times the loss to `into`; a subclass may have a closed form."""
        into.add_(differentiate(self.distance, picture, type(self))[1], alpha=self.weight)


def differentiate(function: Callable[[Tensor], Tensor], at: Tensor, loss: type) -> tuple[Tensor, Tensor]:
    """Return a scalar function's value and gradient, by autograd; `loss`: whose function it is."""
    variable = at.detach().requires_grad_(True)
    with torch.enable_grad():
        value = _scalar(function(variable), loss)
        (gradient,) = torch.autograd.grad(value, variable)
    return value.detach(), gradient


def _scalar(value: Tensor, loss: type) -> Tensor:
    if value.dim():
        raise UserError(f"{loss.__module__}: a loss must be a scalar, not of shape {tuple(value.shape)}")
    return value


def statistic(feature: Tensor, mask: Tensor | None = None) -> Statistic:
    """Return the statistic of a feature (1, C, h, w) in plain operations; `mask` (1, 1, h, w) in [0, 1]."""
    rows = matrix(feature.to(wide(feature)))
    weights = torch.ones_like(rows[:, :1]) if mask is None else matrix(mask).square().to(rows.dtype)
    count = weights.sum()
    return Statistic((weights * rows).sum(0) / count, rows.t() @ (weights * rows) / count)
