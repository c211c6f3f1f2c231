"""Centred Gram matrices: a style is the covariance of its features, whatever their mean."""

import torch
from torch import Tensor

from nst.objective.layer_losses import Statistic, StatisticLoss


def covariance(found: Statistic) -> Tensor:
    """Return the covariance (C, C), over positions; rounding may leave it slightly indefinite."""
    return found.moment - torch.outer(found.mean, found.mean)


class Loss(StatisticLoss):
    """Mean squared difference of Gram matrices of features minus their mean: of covariances divided by C.

    With D = (S - S') / C for covariances S of the feature and S' of the target: loss = mean(D^2), whose
    gradient w.r.t. a row f of N is (f - mean) (4 D / (C^3 N)).
    """

    version = 1

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return ((covariance(found) - covariance(target)) / len(found.mean)).square().mean()

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, 4 D / C^3, and minus the mean times that."""
        channels = len(found.mean)
        difference = (covariance(found) - covariance(self.target)) / channels
        by_moment = difference * (4 / channels**3)
        return difference.square().mean(), by_moment, -(found.mean @ by_moment)
