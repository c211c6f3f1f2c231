"""Gram matrices of shifted features (Novak and Nikulin, 2016, arXiv 1605.04603, who shift by -1)."""

from dataclasses import dataclass

from torch import Tensor

from nst.objective.layer_losses import Statistic, StatisticLoss


@dataclass(frozen=True)
class Settings:
    """`shift` is added to every number of a feature."""

    shift: float = -1.0


class Loss(StatisticLoss):
    """Mean squared difference of Gram matrices, divided by C x h x w, of features to which a constant s is added.

    With M and m the differences of second moments and of means, D = (M + s (m 1' + 1 m')) / C: loss = mean(D^2), whose
    gradient w.r.t. a row f of N is (f + s) (4 D / (C^3 N)).
    """

    version = 1
    mixes = True
    Settings = Settings

    @property
    def shift(self) -> float:
        return float((self.settings or Settings()).shift)

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return self.difference(found, target).square().mean()

    def difference(self, found: Statistic, target: Statistic) -> Tensor:
        """Return the difference (C, C) of the shifted Gram matrices; the squares of the shift cancel."""
        shifted = self.shift * (found.mean - target.mean)
        return (found.moment - target.moment + shifted[:, None] + shifted) / len(shifted)

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, 4 D / C^3, and its column sums times the shift."""
        difference = self.difference(found, self.target)
        by_moment = difference * (4 / len(difference) ** 3)
        return difference.square().mean(), by_moment, self.shift * by_moment.sum(0)
