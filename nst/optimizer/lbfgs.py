"""L-BFGS with a fixed step, as `torch.optim.LBFGS` without line search, and three ways to keep the picture in [0, 1].

`closure` is the tutorial's: the picture is clamped before it is evaluated, but the history keeps the unclamped step,
and long runs explode. `projected` clamps after the update and stores the displacement actually made, so every curvature
pair is true. It caps steps, because the first ones can push the whole picture to its bounds, and uses the projected
gradient, which is 0 for pixels at a bound that a step would push beyond. `docs/optimizers.md` measures each.

With `first_step`, no step depends on the unit of the loss: the gradient is divided by a power of two, the first step
has a length in pixel values, and curvatures and tolerances are compared with relative ones. Without, the first step and
the least curvature are absolute, as in torch.
"""

import math

import torch
from torch import Tensor

from nst.optimizer.history import History
from nst.optimizer.optimizer import Optimizer
from nst.optimizer.pair_buffer import padded
from nst.optimizer.preconditioned.history import PreconditionedHistory
from nst.optimizer.preconditioned.operator import Operator
from nst.optimizer.unit import power_of_two
from nst.spec.records import Lbfgs


class LbfgsOptimizer(Optimizer):
    """L-BFGS in place, one step per evaluation; it never waits for the device, so that a step can be recorded.

    A history of 100 takes 606 MiB in float32 for a 512 x 512 picture, half of that in bf16, less for a run of few
    `steps`. Three more vectors of the picture's size are allocated.
    """

    def __init__(self, settings: Lbfgs, steps: int | None = None) -> None:
        self.settings = settings
        self.pairs = settings.history if steps is None else max(1, min(settings.history, steps - 1))
        self.can_converge = bool(settings.tolerance_grad or settings.tolerance_change)

    def _allocate(self, picture: Tensor) -> None:
        columns = padded(picture.numel())
        stored = torch.bfloat16 if self.settings.history_dtype == "bf16" else picture.dtype
        self.history = self._history(columns, stored, picture)
        self.vectors = picture.new_zeros(3, columns)
        self.gradient, self.change, self.displacement = self.vectors
        self.projected_gradient, _, self.picture_step = self.vectors[:, : picture.numel()].view(3, *picture.shape)
        self.first = torch.ones((), dtype=torch.bool, device=picture.device)
        self.last_total = torch.full_like(self.history.scale, torch.inf)
        self.not_converged = torch.zeros((), dtype=torch.bool, device=picture.device)
        self.unit, self.steepest = torch.ones(2, dtype=self.history.scale.dtype, device=picture.device)

    def _history(self, columns: int, stored: torch.dtype, picture: Tensor) -> History:
        layout = (self.pairs, columns, picture.dtype, stored, picture.device)
        if (chosen := self.settings.preconditioner) is None:
            history = History(*layout)
        else:
            history = PreconditionedHistory(*layout, Operator(chosen, picture))
        history.relative = self.settings.is_unit_free
        return history

    def before_evaluation(self, picture: Tensor) -> None:
        if self.settings.clamp == "closure":
            picture.clamp_(0, 1)

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move `picture` (1, 3, H, W) in place by one update; return whether it converged, a bool on its device."""
        self.prepare(picture)
        active = self._active_bounds(picture, gradient)
        if self.settings.is_unit_free:
            self.unit.copy_(torch.where(self.first, power_of_two(gradient, self.unit.dtype), self.unit))
        self._update_gradient(gradient, active)
        held = self._hold(active)
        with self.history.side_stream():
            length = self._step_length()
        self.history.update(self.vectors)  # joins the side stream
        self.history.direction(self.gradient, length, self.displacement)
        if held is not None:
            self.picture_step.masked_fill_(held, 0)
        self._limit()
        if self.settings.clamp == "projected":
            self.picture_step.add_(picture).clamp_(0, 1).sub_(picture)
        converged = self._converged(total)
        picture.add_(self.picture_step)
        self.first.zero_()
        self.last_total.copy_(total)
        return converged

    def reset(self) -> None:
        self.history.reset()
        self.vectors.zero_()
        self.first.fill_(True)
        self.unit.fill_(1)
        self.steepest.fill_(1)
        self.last_total.fill_(torch.inf)

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Copy the state of another optimizer, including how much of its history is in use."""
        self.reset()
        self.history.buffer.used = len(state["vectors"])
        super().load_state(state)

    def state_tensors(self) -> dict[str, Tensor]:
        own = {"gradient": self.gradient, "displacement": self.displacement, "first": self.first}
        if self.settings.is_unit_free:
            own |= {"unit": self.unit, "steepest": self.steepest}
        return {**own, "last_total": self.last_total, **self.history.state_tensors()}

    def _active_bounds(self, picture: Tensor, gradient: Tensor) -> Tensor | None:
        """Return the pixels at a bound that a step against the gradient would push beyond; None if this is off."""
        if self.settings.clamp != "projected" or not self.settings.project_gradient:
            return None
        return ((picture <= 0) & (gradient > 0)) | ((picture >= 1) & (gradient < 0))

    def _update_gradient(self, gradient: Tensor, active: Tensor | None) -> None:
        """Store the projected gradient and its change since the last step (0 at the first, which makes no pair)."""
        torch.neg(self.gradient, out=self.change)
        self.projected_gradient.copy_(gradient)
        if self.settings.is_unit_free:
            self.projected_gradient.div_(self.unit.to(gradient.dtype))
        if active is not None:
            self.projected_gradient.masked_fill_(active, 0)
        self.change.add_(self.gradient)

    def _hold(self, active: Tensor | None) -> Tensor | None:
        """Return the pixels that a step must not move; a preconditioner also holds those that have no gradient.

        It would otherwise move frozen pixels along with their neighbours.
        """
        if not isinstance(self.history, PreconditionedHistory):
            return active
        held: Tensor = self.projected_gradient == 0
        self.history.preconditioner.held.copy_(held)
        return held

    def _step_length(self) -> Tensor:
        """Return lr; for the first step, lr x min(1, 1 / |g|_1) (torch.optim.LBFGS) unless `first_step` limits it."""
        if self.settings.is_unit_free:
            return torch.full_like(self.history.scale, self.settings.lr)
        absolute = torch.linalg.vector_norm(self.gradient, 1, dtype=self.history.scale.dtype)
        return self.settings.lr * torch.where(self.first, absolute.clamp_min(1).reciprocal(), 1.0)

    def _limit(self) -> None:
        """Cap the step at `max_step`; scale the first one, and with it the inverse Hessian until there is a pair."""
        first, most = self.settings.first_step, self.settings.max_step if self.settings.clamp == "projected" else 0.0
        if first is None and not most:
            return
        length = torch.linalg.vector_norm(self.picture_step) / self.picture_step.numel() ** 0.5
        factor = most / length.clamp_min(most) if most else torch.ones_like(length)
        if first is not None:
            starts = self.first & (length > 0)
            wanted = min(self.settings.lr * first, most or math.inf)
            factor = torch.where(starts, wanted / length, factor)
            self.history.scale.mul_(torch.where(starts, factor, 1.0))
        self.picture_step.mul_(factor)

    def _converged(self, total: Tensor) -> Tensor:
        """Return whether the largest gradient, the largest step or the change of the loss is within its tolerance.

        With `first_step`, a gradient is compared with the largest of the first evaluation, a change with the loss.
        """
        converged, grad, change = self.not_converged, self.settings.tolerance_grad, self.settings.tolerance_change
        relative = self.settings.is_unit_free
        if grad:
            steepest = self.gradient.abs().max()
            if relative:
                self.steepest.copy_(torch.where(self.first, steepest, self.steepest))
            converged = converged | (steepest <= grad * self.steepest)
        if change:
            small_step = self.displacement.abs().max() <= change
            least = change * total.abs() if relative else change
            converged = converged | small_step | ((total - self.last_total).abs() < least)
        return converged
