"""Channel means: the distance of Li et al. (2017, arXiv 1701.01036) for a linear kernel."""

import torch
from torch import Tensor

from nst.objective.layer_losses import ChannelLoss, Statistic


class Loss(ChannelLoss):
    """Mean squared difference of the channels' means, m of the feature and m' of the target.

    Its gradient w.r.t. each of N rows is 2 (m - m') / (C N), the same for all.
    """

    version = 1
    mixes = True
    squares = False

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return (found.mean - target.mean).square().mean()

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, zeros, and 2 (m - m') / C."""
        difference = found.mean - self.target.mean
        return difference.square().mean(), torch.zeros_like(found.moment), difference * (2 / len(difference))
