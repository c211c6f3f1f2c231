"""The style loss of Gatys, Ecker and Bethge (2016), scaled as in the PyTorch tutorial."""

from functools import cached_property

import torch
from torch import Tensor

from nst.objective.layer_losses import Statistic, StatisticLoss
from nst.objective.strips import add_products


def gram(found: Statistic) -> Tensor:
    """Return the Gram matrix (C, C): products of channels summed over positions, divided by C x h x w (equation 3)."""
    return found.moment / len(found.moment)


class Loss(StatisticLoss):
    """Mean squared difference of Gram matrices: products of channels summed over positions, divided by C x h x w.

    With D = G - A and n = C h w: loss = mean(D^2), G = F'F / n for F the (h w, C) matrix of the feature, so the
    gradient w.r.t. F is F (4 D / (C^2 n)) (equation 6). It does not depend on the mean, so only products are summed.
    """

    version = 1
    mixes = True

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        """Return the mean over C x C (equation 4, the tutorial's scale)."""
        return (gram(found) - gram(target)).square().mean()

    @cached_property
    def style_gram(self) -> Tensor:
        return gram(self.target)

    def update(self, rows: Tensor, strip: slice) -> None:
        self.positions += rows.shape[2] * rows.shape[3]
        self.products = add_products(self.products, self.masked(rows, strip))

    def finish(self, strips: list[Tensor]) -> None:
        assert self.products is not None
        numel = self.count() * len(self.products)
        self.difference = self.products.div_(numel).sub_(self.style_gram)
        scale = 4 * self.weight / (self.difference.numel() * numel)
        self.by_mean = None
        self.by_moment = torch.mul(self.difference, scale, out=torch.empty_like(self.difference, dtype=self.dtype))

    def compute(self) -> Tensor:
        return self.difference.square().mean()
