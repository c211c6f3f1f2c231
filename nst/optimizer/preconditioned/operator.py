"""Filter steps without moving pixels that are held: where the inverse Hessian of L-BFGS starts.

With M a filter and Z the mask of the numbers that may move, the operator is P = Z M Z + (I - Z): M among those that may
move, nothing between them and the others. P is symmetric and positive, and the identity if M is.
"""

from typing import Protocol

import torch
from torch import Tensor

from nst.optimizer.preconditioned.fourier import FourierFilter
from nst.optimizer.preconditioned.pyramid import PyramidFilter
from nst.spec.records import Preconditioner


class Filter(Protocol):
    """A symmetric, positive M for pictures (1, 3, H, W), with 1 on its diagonal, at least on average."""

    def __call__(self, picture: Tensor) -> Tensor:
        """Return M times a picture."""

    def energy(self, picture: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Mv of a picture v: (), summed in `exact`."""


FILTERS: dict[str, type[FourierFilter] | type[PyramidFilter]] = {"fourier": FourierFilter, "pyramid": PyramidFilter}


class Operator:
    """The operator P with the filter that the settings name, for vectors that hold a picture (1, 3, H, W) and padding.

    `held`: the numbers that must not move, bool.
    """

    def __init__(self, settings: Preconditioner, picture: Tensor) -> None:
        self.filter: Filter = FILTERS[settings.kind](settings.exponent, picture)
        self.held = torch.zeros(picture.shape, dtype=torch.bool, device=picture.device)

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
