"""L-BFGS with a fixed step, as `torch.optim.LBFGS` without line search, and three ways to keep the picture in [0, 1].

`closure` is the tutorial's: the picture is clamped before it is evaluated, but the history remembers the step that was
meant. History and picture contradict each other, and long runs explode. `projected` clamps after the update and
remembers the displacement actually made with the gradients at those points, so every curvature pair is true. And a step
is capped: the first curvature estimates can throw the whole picture against its bounds, from where no later step leads
back. (Leaving pixels at a bound out of the direction was tried, too: safer on small quadratics, slower on pictures.)
"""

import torch
from torch import Tensor

from nst.spec.parts import Lbfgs

CURVATURE_FLOOR = 1e-10
"""Pairs with less curvature than this are not remembered (torch.optim.LBFGS)."""


LONGEST_STEP = 0.03
"""Root mean square over pixels that a projected step may have, in units of the picture's range [0, 1]."""


class LbfgsOptimizer:
    """Moves a picture in place, one step for each evaluation.

    With `history` at 100 and a 512 x 512 picture it remembers 600 MiB of float32.
    """

    def __init__(self, settings: Lbfgs) -> None:
        self.settings = settings
        self.history_dtype = torch.bfloat16 if settings.history_dtype == "bf16" else None
        self.displacements: list[Tensor] = []
        self.gradient_changes: list[Tensor] = []
        self.curvatures: list[Tensor] = []
        self.scale: Tensor | float = 1.0
        self.last_displacement: Tensor | None = None
        self.last_gradient: Tensor | None = None
        self.last_loss = float("inf")

    def before_evaluation(self, picture: Tensor) -> None:
        """The tutorial clamps here, inside its closure."""
        if self.settings.clamp == "closure":
            picture.clamp_(0, 1)

    def step(self, picture: Tensor, gradient: Tensor, loss: float) -> bool:
        """Move `picture` in place; returns whether a tolerance that is set says that it has converged."""
        flat = gradient.reshape(-1)
        if self.last_gradient is None or self.last_displacement is None:
            length = self.settings.lr * min(1.0, 1.0 / max(float(flat.abs().sum()), 1e-300))
        else:
            length = self.settings.lr
            self._remember(self.last_displacement, flat - self.last_gradient)
        displacement = self._direction(flat) * length
        if self.settings.clamp == "projected":
            displacement = _project(picture.reshape(-1), displacement)
        converged = self._converged(flat, displacement, loss)
        picture += displacement.view_as(picture)
        self.last_displacement, self.last_gradient, self.last_loss = displacement, flat.clone(), loss
        return converged

    def _remember(self, displacement: Tensor, gradient_change: Tensor) -> None:
        curvature = gradient_change.dot(displacement)
        if curvature <= CURVATURE_FLOOR:
            return
        self.scale = curvature / gradient_change.dot(gradient_change)
        for kept, new in (
            (self.displacements, displacement.to(self.history_dtype or displacement.dtype)),
            (self.gradient_changes, gradient_change.to(self.history_dtype or gradient_change.dtype)),
            (self.curvatures, 1.0 / curvature),
        ):
            kept.append(new)
            del kept[: -self.settings.history]

    def _direction(self, gradient: Tensor) -> Tensor:
        """The two-loop recursion (Nocedal and Wright, Numerical Optimization, algorithm 7.4)."""
        direction, kind = -gradient, gradient.dtype
        pairs = list(zip(self.displacements, self.gradient_changes, self.curvatures, strict=True))
        shares = []
        for s, y, rho in reversed(pairs):
            share = rho * s.to(kind).dot(direction)
            direction.sub_(share * y.to(kind))
            shares.append(share)
        direction *= self.scale
        for (s, y, rho), share in zip(pairs, reversed(shares), strict=True):
            direction.add_((share - rho * y.to(kind).dot(direction)) * s.to(kind))
        return direction

    def _converged(self, gradient: Tensor, displacement: Tensor, loss: float) -> bool:
        if self.settings.tolerance_grad and gradient.abs().max() <= self.settings.tolerance_grad:
            return True
        change = self.settings.tolerance_change
        return bool(change) and bool(displacement.abs().max() <= change or abs(loss - self.last_loss) < change)


def _project(here: Tensor, displacement: Tensor) -> Tensor:
    """The part of a displacement, capped to `LONGEST_STEP`, that keeps every pixel in [0, 1]."""
    length = displacement.square().mean().sqrt()
    shortened = displacement * (LONGEST_STEP / length.clamp_min(LONGEST_STEP))
    return shortened.add_(here).clamp_(0, 1).sub_(here)
