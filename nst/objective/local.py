"""Losses on one layer, each with its own gradient on the feature; the chain carries those down to the picture.

A loss sees its feature strip by strip on the way up (`see`), is then worth something (`value`), and adds its gradient
strip by strip on the way down (`add_gradient`). Content and style have their closed form. A loss of one's own derives
from `AutogradLoss` and needs only its `forward`.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from nst.objective.strips import matrix

GRAM_ROWS = 1024
"""Positions whose products are summed by one matrix product: in bf16 each such sum is rounded, their total is not."""


class LocalLoss(ABC):
    """A weighted loss of one feature (1, C, h, w)."""

    whole = False
    """Whether `value` needs the strips themselves, not only what `see` made of them."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def begin(self, like: Tensor) -> None:  # noqa: B027  # not every loss sums
        """A new picture; `like` tells device and type."""

    def see(self, rows: Tensor, strip: slice) -> None:  # noqa: B027
        """A strip of the feature, (1, C, r, w), on the way up."""

    @abstractmethod
    def value(self, strips: list[Tensor]) -> Tensor:
        """The unweighted loss, a scalar in at least float32; `strips` is the feature where `whole` is set."""

    @abstractmethod
    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the gradient of `weight` times the loss on a strip to `into`."""


class ContentLoss(LocalLoss):
    """Mean squared difference from a target feature (1, C, h, w) in channels_last."""

    def __init__(self, target: Tensor, weight: float) -> None:
        super().__init__(weight)
        self.target = target

    def begin(self, like: Tensor) -> None:
        """Start the sum of squares at zero."""
        self.squares: Tensor = torch.zeros((), dtype=_wide(like), device=like.device)

    def see(self, rows: Tensor, strip: slice) -> None:
        """Sum the squared differences."""
        self.squares += (rows - self.target[:, :, strip]).to(self.squares.dtype).square_().sum()

    def value(self, strips: list[Tensor]) -> Tensor:
        """Their mean."""
        return self.squares / self.target.numel()

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """2 (feature - target) / numel."""
        into.add_(rows - self.target[:, :, strip], alpha=2 * self.weight / self.target.numel())


class StyleLoss(LocalLoss):
    """Mean squared difference of the Gram matrix from the style's, (C, C) in at least float32.

    With D = G - A and n = C h w: loss = mean(D^2), G = F^T F / n for F the (h w, C) matrix of the feature, so the
    gradient on F is F (4 D / (C^2 n)) (Gatys et al. 2016, equation 6).
    """

    def __init__(self, target: Tensor, weight: float) -> None:
        super().__init__(weight)
        self.target = target

    def begin(self, like: Tensor) -> None:
        """Start the Gram sum at zero."""
        self.products, self.numel, self.kind = torch.zeros_like(self.target), 0, like.dtype

    def see(self, rows: Tensor, strip: slice) -> None:
        """Sum the products of channels."""
        self.numel += rows.numel()
        add_products(self.products, rows)

    def value(self, strips: list[Tensor]) -> Tensor:
        """The loss; its gradient's matrix is made at once."""
        difference = self.products.div_(self.numel).sub_(self.target)
        loss = difference.square().mean()
        scale = 4 * self.weight / (difference.numel() * self.numel)
        self.gradient = (difference * scale).to(self.kind)
        return loss

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """The strip of the feature times that matrix."""
        flat = matrix(into)
        torch.addmm(flat, matrix(rows), self.gradient, out=flat)


class AutogradLoss(LocalLoss):
    """Any loss of a feature: derive, and write `forward`; its gradient comes from autograd on the feature alone."""

    whole = True

    @abstractmethod
    def forward(self, feature: Tensor) -> Tensor:
        """The loss of a feature (1, C, h, w), a scalar."""

    def value(self, strips: list[Tensor]) -> Tensor:
        """Evaluate and differentiate `forward` on the whole feature."""
        feature = torch.cat(strips, dim=2).requires_grad_(True)
        with torch.enable_grad():
            loss = self.forward(feature)
            (self.gradient,) = torch.autograd.grad(loss, feature)
        return loss.detach().to(_wide(feature))

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """The strip of what autograd found."""
        into.add_(self.gradient[:, :, strip], alpha=self.weight)


def add_products(products: Tensor, rows: Tensor) -> None:
    """Add F^T F of a strip's (positions, C) matrix F to `products`, (C, C), summing in its type."""
    flat = matrix(rows)
    if flat.dtype == products.dtype:
        products.addmm_(flat.t(), flat)
        return
    if flat.is_cuda:
        products += torch.mm(flat.t(), flat, out_dtype=products.dtype)
        return
    blocks = flat.shape[0] // GRAM_ROWS
    if blocks:
        block = flat[: blocks * GRAM_ROWS].view(blocks, GRAM_ROWS, -1)
        products += torch.bmm(block.transpose(1, 2), block).sum(0, dtype=products.dtype)
    rest = flat[blocks * GRAM_ROWS :]
    if rest.shape[0]:
        products += rest.t() @ rest


def _wide(like: Tensor) -> torch.dtype:
    return torch.float64 if like.dtype == torch.float64 else torch.float32
