"""The Wasserstein distance of Gaussians with the features' means and covariances (VinceMarron, crowsonkb)."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from nst.losses.base.roots import by_eigenvalues, by_products, square_root
from nst.objective.layer_losses import Statistic, StatisticLoss
from nst.objective.strips import wide


@dataclass(frozen=True)
class Settings:
    """`eps` is added to the variances of both sides: with fewer positions than channels, a covariance is singular."""

    eps: float = 1e-4

    def __post_init__(self) -> None:
        if self.eps <= 0:
            raise ValueError(f"eps={self.eps}: must be above 0")


class Loss(StatisticLoss):
    """Squared Wasserstein-2 distance of two Gaussians, divided by C: the cost of moving one onto the other.

    With means m and covariances S, and ' for the target: loss = (|m - m'|^2 + tr(S + S' - 2 R)) / C, where
    R = (S'^(1/2) S S'^(1/2))^(1/2). T = S'^(1/2) R^(-1) S'^(1/2) maps one to the other, and the gradient w.r.t. a row f
    of N is 2 [(m - m') + (f - m) (I - T)] / (C N): no root is differentiated.
    """

    version = 1
    Settings = Settings

    @property
    def eps(self) -> float:
        return float((self.settings or Settings()).eps)

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        """Return the loss, differentiable through the eigenvalues of R^2 only; computed on the CPU in float64."""
        ours, theirs = (Statistic(each.mean.cpu(), each.moment.cpu()) for each in (found, target))
        one, other = self.covariance(ours), self.covariance(theirs)
        root = square_root(other)
        trace = torch.linalg.eigvalsh(root @ one @ root).clamp(min=self.eps**2).sqrt().sum()
        moved = (ours.mean.double() - theirs.mean.double()).square().sum()
        value: Tensor = (moved + one.trace() + other.trace() - 2 * trace).clamp(min=0) / len(one)
        return value.to(found.mean)

    def covariance(self, found: Statistic) -> Tensor:
        """Return the covariance (C, C) in float64, positive definite.

        `eps` is added to the diagonal, plus four times the rounding error of the second moment, which may exceed `eps`.
        """
        mean, moment = found.mean.double(), found.moment.double()
        rounding = 4 * torch.finfo(found.moment.dtype).eps * torch.linalg.matrix_norm(moment.detach())
        covariance: Tensor = moment - torch.outer(mean, mean) + (self.eps + rounding) * _identity(moment)
        return covariance

    def update(self, rows: Tensor, strip: slice) -> None:
        """Sum narrower types in float32: on a CPU, rounding bf16 products would ruin the root of a covariance."""
        super().update(rows if rows.is_cuda else rows.to(wide(rows)), strip)

    @cached_property
    def style(self) -> tuple[Tensor, Tensor, Tensor]:
        """The target's mean, and the trace and root of its covariance, in float64 on the loss's device."""
        covariance = self.covariance(self.target)
        root = square_root(covariance.cpu()).to(covariance)
        return self.target.mean.double(), covariance.trace(), root

    def evaluate(self, found: Statistic) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the loss, 2 (I - T) / C, and 2 (m - m') / C minus m times that; nothing waits for a GPU."""
        (theirs, trace, root), covariance = self.style, self.covariance(found)
        product, channels = root @ covariance @ root, len(root)
        found_root = by_products(product) if product.is_cuda else by_eigenvalues(product, self.eps**2)
        mean = found.mean.double()
        difference = mean - theirs
        value = (difference.square().sum() + covariance.trace() + trace - 2 * found_root.trace).clamp(min=0) / channels
        by_moment = (_identity(root) - root @ found_root.inverse @ root) * (2 / channels)
        by_mean = difference * (2 / channels) - mean @ by_moment
        return value.to(found.mean), by_moment.to(found.mean), by_mean.to(found.mean)


def _identity(like: Tensor) -> Tensor:
    """Return an identity matrix like `like`, created on its device: a CUDA graph does not allow copies."""
    return torch.eye(len(like), dtype=like.dtype, device=like.device)
