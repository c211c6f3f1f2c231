"""L-BFGS with a fixed step, as `torch.optim.LBFGS` without line search, and three ways to keep the picture in [0, 1].

`closure` is the tutorial's: the picture is clamped before it is evaluated, but the history remembers the step that was
meant. History and picture contradict each other, and long runs explode. `projected` clamps after the update and
remembers the displacement actually made with the gradients at those points, so every curvature pair is true. A step is
capped: the first curvature estimates can throw the whole picture against its bounds, from where no later step leads
back. And the gradient is the projected one: 0 for pixels at a bound that it would push beyond, in the direction and in
the pairs, for it is the projected gradient that is 0 at a minimum with bounds. `docs/optimizers.md` measures each.
"""

import torch
from torch import Tensor

from nst.optimizer.history import History
from nst.optimizer.pair_buffer import padded
from nst.spec.records import Lbfgs


class LbfgsOptimizer:
    """Moves a picture in place, one step for each evaluation, and waits for no device: a step can be recorded.

    With `history` at 100 it remembers 606 MiB of float32 for a 512 x 512 picture, half of that in bf16, and less for
    a run of few `steps`. Three more vectors of the picture's size are its own.
    """

    def __init__(self, settings: Lbfgs, steps: int | None = None) -> None:
        self.settings = settings
        self.pairs = settings.history if steps is None else max(1, min(settings.history, steps - 1))
        self.can_converge = bool(settings.tolerance_grad or settings.tolerance_change)
        self.shape: torch.Size | None = None

    def prepare(self, picture: Tensor) -> None:
        """Allocate everything for pictures of this shape, type and device, once."""
        if picture.shape == self.shape:
            return
        self.shape, columns = picture.shape, padded(picture.numel())
        stored = torch.bfloat16 if self.settings.history_dtype == "bf16" else picture.dtype
        self.history = History(self.pairs, columns, picture.dtype, stored, picture.device)
        self.vectors = picture.new_zeros(3, columns)
        self.gradient, self.change, self.displacement = self.vectors
        self.projected_gradient, _, self.picture_step = self.vectors[:, : picture.numel()].view(3, *self.shape)
        self.first = torch.ones((), dtype=torch.bool, device=picture.device)
        self.last_total = torch.full_like(self.history.scale, torch.inf)
        self.never = torch.zeros((), dtype=torch.bool, device=picture.device)

    def before_evaluation(self, picture: Tensor) -> None:
        """The tutorial clamps here, inside its closure."""
        if self.settings.clamp == "closure":
            picture.clamp_(0, 1)

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move `picture` in place; `gradient` has its shape and type, `total`, (), is its loss.

        Returns whether a tolerance that is set says that it has converged: (), bool.
        """
        self.prepare(picture)
        bound = self._active_bounds(picture, gradient)
        self._observe(gradient, bound)
        with self.history.side_stream():
            length = self._length()
        self.history.remember(self.vectors)  # and joins
        self.history.direction(self.gradient, length, self.displacement)
        if bound is not None:
            self.picture_step.masked_fill_(bound, 0)
        if self.settings.clamp == "projected":
            self._project(picture)
        converged = self._converged(total)
        picture.add_(self.picture_step)
        self.first.zero_()
        self.last_total.copy_(total)
        return converged

    def reset(self) -> None:
        """Forget every step made so far, and keep the memory."""
        if self.shape is not None:
            self.history.reset()
            self.vectors.zero_()
            self.first.fill_(True)
            self.last_total.fill_(torch.inf)

    def state(self) -> dict[str, Tensor]:
        """Copies of all that a later step depends on; nothing before the first `prepare`."""
        return {} if self.shape is None else {name: part.clone() for name, part in self.state_tensors().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, after `prepare`; the steps that follow are bit-equal."""
        self.reset()
        if state:
            self.history.buffer.used = len(state["vectors"])
            for name, part in self.state_tensors().items():
                part.copy_(state[name])

    def state_tensors(self) -> dict[str, Tensor]:
        """What `state` copies, in place."""
        own = {"gradient": self.gradient, "displacement": self.displacement, "first": self.first}
        return {**own, "last_total": self.last_total, **self.history.state_tensors()}

    def _active_bounds(self, picture: Tensor, gradient: Tensor) -> Tensor | None:
        """Pixels at a bound that the step against the gradient would push beyond it; None where they are not held."""
        if self.settings.clamp != "projected" or not self.settings.project_gradient:
            return None
        return ((picture <= 0) & (gradient > 0)) | ((picture >= 1) & (gradient < 0))

    def _observe(self, gradient: Tensor, bound: Tensor | None) -> None:
        """The projected gradient and its change since the last step; before the first are zeros, which make no pair."""
        torch.neg(self.gradient, out=self.change)
        self.projected_gradient.copy_(gradient)
        if bound is not None:
            self.projected_gradient.masked_fill_(bound, 0)
        self.change.add_(self.gradient)

    def _length(self) -> Tensor:
        """lr, and lr x min(1, 1 / |g|_1) for the first step (torch.optim.LBFGS)."""
        absolute = torch.linalg.vector_norm(self.gradient, 1, dtype=self.history.scale.dtype)
        return self.settings.lr * torch.where(self.first, absolute.clamp_min(1).reciprocal(), 1.0)

    def _project(self, picture: Tensor) -> None:
        """Cap the displacement to `max_step`, and keep the part of it that leaves every pixel in [0, 1]."""
        if most := self.settings.max_step:
            length = torch.linalg.vector_norm(self.picture_step) / self.picture_step.numel() ** 0.5
            self.picture_step.mul_(most / length.clamp_min(most))
        self.picture_step.add_(picture).clamp_(0, 1).sub_(picture)

    def _converged(self, total: Tensor) -> Tensor:
        """No more than a tolerance: the largest number of the gradient, or of the step, or the change of the loss."""
        still, grad, change = self.never, self.settings.tolerance_grad, self.settings.tolerance_change
        if grad:
            still = still | (self.gradient.abs().max() <= grad)
        if change:
            still = still | (self.displacement.abs().max() <= change) | ((total - self.last_total).abs() < change)
        return still
