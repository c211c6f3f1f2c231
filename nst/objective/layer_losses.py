"""Losses on one layer, each with its own gradient on the feature; the chain carries those down to the picture.

A loss sees its feature strip by strip on the way up (`see`, at last `close`), is then worth something (`value`), and
adds its gradient strip by strip on the way down (`add_gradient`). Content and style have their closed form. A loss of
one's own derives from `AutogradLoss` and needs only its `forward`.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from nst.objective.strips import matrix

GRAM_ROWS = 1024
"""Positions whose products are summed by one matrix product: in bf16 each such sum is rounded, their total is not."""


class LayerLoss(ABC):
    """A weighted loss of one feature (1, C, h, w)."""

    whole = False
    """Whether `close` needs the strips themselves, not only what `see` made of them."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def begin(self, like: Tensor) -> None:  # noqa: B027  # not every loss sums
        """A new picture; `like` tells device and type."""

    def see(self, rows: Tensor, strip: slice) -> None:  # noqa: B027
        """A strip of the feature, (1, C, r, w), on the way up."""

    def close(self, strips: list[Tensor]) -> None:  # noqa: B027
        """All was seen; make what `add_gradient` needs. `strips` is the feature where `whole` is set."""

    @abstractmethod
    def value(self) -> Tensor:
        """The unweighted loss, a scalar in at least float32, after `close`."""

    @abstractmethod
    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the gradient of `weight` times the loss on a strip to `into`."""


class ContentLoss(LayerLoss):
    """Mean squared difference from a target feature (1, C, h, w) in channels_last."""

    def __init__(self, target: Tensor, weight: float) -> None:
        super().__init__(weight)
        self.target = target

    def begin(self, like: Tensor) -> None:
        """Start the sum of squares at zero."""
        self.difference: Tensor | None = None
        self.squares: Tensor = torch.zeros((), dtype=_wide(like), device=like.device)

    def see(self, rows: Tensor, strip: slice) -> None:
        """Sum the squared differences; a GPU, which sees all at once, keeps them and sums when it has time."""
        difference = rows - self.target[:, :, strip]
        if difference.is_cuda:
            self.difference = difference
        else:
            self.squares += difference.to(self.squares.dtype).square_().sum()

    def value(self) -> Tensor:
        """Their mean."""
        if self.difference is not None:
            self.squares = torch.linalg.vector_norm(self.difference, dtype=self.squares.dtype).square()
        return self.squares / self.target.numel()

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """2 (feature - target) / numel."""
        difference = rows - self.target[:, :, strip] if self.difference is None else self.difference
        into.add_(difference, alpha=2 * self.weight / self.target.numel())


class StyleLoss(LayerLoss):
    """Mean squared difference of the Gram matrix from the style's, (C, C) in at least float32.

    With D = G - A and n = C h w: loss = mean(D^2), G = F^T F / n for F the (h w, C) matrix of the feature, so the
    gradient on F is F (4 D / (C^2 n)) (Gatys et al. 2016, equation 6).
    """

    def __init__(self, target: Tensor, weight: float) -> None:
        super().__init__(weight)
        self.target = target

    def begin(self, like: Tensor) -> None:
        """Start the Gram sum."""
        self.products: Tensor | None = None
        self.numel, self.kind = 0, like.dtype

    def see(self, rows: Tensor, strip: slice) -> None:
        """Sum the products of channels."""
        self.numel += rows.numel()
        self.products = add_products(self.products, rows)

    def close(self, strips: list[Tensor]) -> None:
        """How far the Gram matrix is from the style's, and the gradient's matrix."""
        assert self.products is not None
        self.difference = self.products.div_(self.numel).sub_(self.target)
        scale = 4 * self.weight / (self.difference.numel() * self.numel)
        self.gradient = torch.mul(self.difference, scale, out=torch.empty_like(self.difference, dtype=self.kind))

    def value(self) -> Tensor:
        """The mean of the squared difference."""
        return self.difference.square().mean()

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """The strip of the feature times that matrix."""
        flat = matrix(into)
        torch.addmm(flat, matrix(rows), self.gradient, out=flat)


class AutogradLoss(LayerLoss):
    """Any loss of a feature: derive, and write `forward`; its gradient comes from autograd on the feature alone."""

    whole = True

    @abstractmethod
    def forward(self, feature: Tensor) -> Tensor:
        """The loss of a feature (1, C, h, w), a scalar."""

    def close(self, strips: list[Tensor]) -> None:
        """Evaluate and differentiate `forward` on the whole feature."""
        feature = torch.cat(strips, dim=2).requires_grad_(True)
        with torch.enable_grad():
            loss = self.forward(feature)
            (self.gradient,) = torch.autograd.grad(loss, feature)
        self.found = loss.detach().to(_wide(feature))

    def value(self) -> Tensor:
        """What `forward` gave."""
        return self.found

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """The strip of what autograd found."""
        into.add_(self.gradient[:, :, strip], alpha=self.weight)


def add_products(products: Tensor | None, rows: Tensor) -> Tensor:
    """F^T F of a strip's (positions, C) matrix F in at least float32, added to `products`, (C, C), if there are any."""
    flat, wide = matrix(rows), _wide(rows)
    if flat.is_cuda and flat.dtype != wide:
        found = torch.mm(flat.t(), flat, out_dtype=wide)
        return found if products is None else products.add_(found)
    if products is None:
        products = torch.zeros(flat.shape[1], flat.shape[1], dtype=wide, device=flat.device)
    if flat.dtype == wide:
        return products.addmm_(flat.t(), flat)
    blocks = flat.shape[0] // GRAM_ROWS
    if blocks:
        block = flat[: blocks * GRAM_ROWS].view(blocks, GRAM_ROWS, -1)
        products += torch.bmm(block.transpose(1, 2), block).sum(0, dtype=wide)
    rest = flat[blocks * GRAM_ROWS :]
    if rest.shape[0]:
        products += rest.t() @ rest
    return products


def _wide(like: Tensor) -> torch.dtype:
    return torch.float64 if like.dtype == torch.float64 else torch.float32
