"""Channel means and standard deviations: the batch-normalisation statistics of Li et al. (2017, arXiv 1701.01036)."""

from dataclasses import dataclass

from torch import Tensor

from nst.objective.layer_losses import ChannelLoss, Statistic


@dataclass(frozen=True)
class Settings:
    """`eps` is added to the variances of both sides, so that a flat channel has a gradient."""

    eps: float = 1e-5

    def __post_init__(self) -> None:
        if self.eps <= 0:
            raise ValueError(f"eps={self.eps}: must be above 0")


class Loss(ChannelLoss):
    """Squared differences of the channels' means m and standard deviations s, divided by C.

    The gradient w.r.t. a row f of N is 2 [(m - m') + (f - m) (1 - s'/s)] / (C N), with ' for the target.
    """

    version = 1
    Settings = Settings

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        difference = self.deviation(found) - self.deviation(target)
        return (found.mean - target.mean).square().mean() + difference.square().mean()

    def deviation(self, found: Statistic) -> Tensor:
        """Return the standard deviations (C,), over positions; variances that rounding made negative count as 0."""
        variance = found.moment.diagonal() - found.mean.square()
        return (variance.clamp(min=0) + (self.settings or Settings()).eps).sqrt()

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, a diagonal matrix of 2 (1 - s'/s) / C, and 2 (m - m') / C minus m times that diagonal."""
        channels, difference = len(found.mean), found.mean - self.target.mean
        ours, theirs = self.deviation(found), self.deviation(self.target)
        by_square = (1 - theirs / ours) * (2 / channels)
        value = (difference.square() + (ours - theirs).square()).mean()
        return value, by_square.diag(), difference * (2 / channels) - found.mean * by_square
