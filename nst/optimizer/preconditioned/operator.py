"""Filter steps without moving pixels that are held: where the inverse Hessian of L-BFGS starts.

With M a filter and Z the mask of the numbers that may move, the operator is P = Z M Z + (I - Z): M among those that may
move, nothing between them and the others. P is symmetric and positive, and the identity if M is.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from nst.optimizer.preconditioned.adaptive import AdaptiveFilter
from nst.optimizer.preconditioned.filter import Filter
from nst.optimizer.preconditioned.fourier import FourierFilter
from nst.optimizer.preconditioned.pyramid import PyramidFilter
from nst.spec.records import Preconditioner

FILTERS: dict[str, Callable[[float, Tensor], Filter]] = {
    "fourier": FourierFilter,
    "pyramid": PyramidFilter,
    "adaptive": AdaptiveFilter,
}
"""By kind: made from an exponent and a picture of the shape, type and device."""


class Operator:
    """The operator P with the filter that the settings name, for vectors that hold a picture (1, 3, H, W) and padding.

    `held`: the numbers that must not move, bool.
    """

    def __init__(self, settings: Preconditioner, picture: Tensor) -> None:
        self.filter = FILTERS[settings.kind](settings.exponent, picture)
        self.held = torch.zeros(picture.shape, dtype=torch.bool, device=picture.device)

    def learn(self, displacement: Tensor, change: Tensor, accepted: Tensor) -> None:
        """Let the filter take in a pair of vectors (columns) if `accepted`, and be ready for this evaluation."""
        self.filter.learn(self._picture(displacement), self._picture(change), accepted)

    def apply(self, vector: Tensor) -> None:
        """Replace a vector (columns) by P times it."""
        part = self._picture(vector)
        torch.where(self.held, part, self.filter(part.masked_fill(self.held, 0)), out=part)

    def energy(self, vector: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Pv of a vector v (columns), summed in `exact`."""
        part = self._picture(vector)
        free = self.filter.energy(part.masked_fill(self.held, 0), exact)
        held: Tensor = torch.linalg.vector_norm(part.masked_fill(~self.held, 0), dtype=exact)
        return free + held.square()

    def _picture(self, vector: Tensor) -> Tensor:
        return vector[: self.held.numel()].view(self.held.shape)
