"""The base class of the optimizers, and Adam."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor

from nst.optimizer.enlarge import enlarged_mean, enlarged_square
from nst.optimizer.unit import power_of_two
from nst.spec.records import Adam

ADAM_EPSILON = 1e-8
"""Added to the square root of the second moment (Kingma and Ba), unless `relative_epsilon` is."""


class Optimizer(ABC):
    """An optimizer that keeps all its state in tensors and changes them in place."""

    can_converge: bool = False
    """True if `step` may ever return True; if not, the loop need not wait for the device to check."""
    shape: torch.Size | None = None

    def prepare(self, picture: Tensor) -> None:
        """Allocate the state for pictures of this shape, type and device, once; the first `step` does so if needed."""
        if picture.shape != self.shape:
            self.shape = picture.shape
            self._allocate(picture)

    @abstractmethod
    def _allocate(self, picture: Tensor) -> None:
        """Allocate the state before the first step."""

    def before_evaluation(self, picture: Tensor) -> None:  # noqa: B027  # only one optimizer does
        """Modify the picture before it is evaluated, if the method requires it."""

    @abstractmethod
    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move the picture in place; `total` is its loss, (). Returns whether it has converged: (), bool."""

    @abstractmethod
    def reset(self) -> None:
        """Reset the state, after `prepare`, to that before the first step, keeping its memory."""

    @abstractmethod
    def state_tensors(self) -> dict[str, Tensor]:
        """Return the tensors that later steps depend on, without copying: valid until the next step."""

    def averaged(self, picture: Tensor) -> Tensor | None:
        """Return the average of the points from the start to `picture`, the last one; None without averaging."""
        return None

    def carried_tensors(self) -> dict[str, Tensor]:
        """Return the tensors that `carry` takes at the next scale; empty if the method starts afresh there."""
        return {}

    def carry(self, tensors: Mapping[str, Tensor]) -> None:  # noqa: B027  # only one optimizer does
        """Take over the `carried_tensors` from pictures of another shape, after `reset`.

        `tensors` may have `free`, (1, 1, H, W), bool, in the shape of this picture: where it is False, nothing moves.
        """

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Copy `state_tensors` of another optimizer, after `prepare`; the steps that follow are bit-equal."""
        for name, part in self.state_tensors().items():
            part.copy_(state[name])


class AdamOptimizer(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1), clamped to [0, 1] after every step.

    It never waits for the device, so that a step can be recorded. With `average`, it also sums the evaluated points,
    each with weight decay^age; `averaged` adds the last one, which is not evaluated. With `relative_epsilon`, no step
    depends on the unit of the loss: epsilon is that fraction of the root mean square of what it is added to, and the
    gradient is divided by a power of two.
    """

    def __init__(self, settings: Adam) -> None:
        self.settings = settings

    def _allocate(self, picture: Tensor) -> None:
        self.mean, self.square, self.scratch = (torch.zeros_like(picture) for _ in range(3))
        exact = torch.float32 if picture.device.type == "mps" else torch.float64
        self.beta_powers = torch.ones(2, dtype=exact, device=picture.device)
        self.betas = torch.tensor([self.settings.beta1, self.settings.beta2], dtype=exact, device=picture.device)
        self.not_converged = torch.zeros((), dtype=torch.bool, device=picture.device)
        self.unit = torch.ones((), dtype=exact, device=picture.device)
        if self.settings.average is not None:
            self.average, self.decay_power = torch.zeros_like(picture), torch.ones_like(self.betas[0])

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move `picture` in place; return False (), bool: Adam has no convergence test."""
        self.prepare(picture)
        if self.settings.average is not None:
            self.average.lerp_(picture, 1 - self.settings.average)
            self.decay_power.mul_(self.settings.average)
        gradient = self._in_unit(gradient)
        self.mean.lerp_(gradient, 1 - self.settings.beta1)
        self.square.mul_(self.settings.beta2).addcmul_(gradient, gradient, value=1 - self.settings.beta2)
        self.beta_powers.mul_(self.betas)  # beta1^t and beta2^t, for the bias correction
        mean_correction, square_correction = (1 - self.beta_powers).to(picture.dtype)
        torch.div(self.square, square_correction, out=self.scratch).sqrt_()
        self.scratch.add_(self._epsilon(self.scratch)).mul_(mean_correction)
        picture.addcdiv_(self.mean, self.scratch, value=-self.settings.lr).clamp_(0, 1)
        return self.not_converged

    def _in_unit(self, gradient: Tensor) -> Tensor:
        """Return the gradient, with `relative_epsilon` divided by a power of two that the first gradient decides."""
        if not self.settings.is_unit_free:
            return gradient
        first = self.beta_powers[0] == 1
        self.unit.copy_(torch.where(first, power_of_two(gradient, self.unit.dtype), self.unit))
        return torch.div(gradient, self.unit.to(gradient.dtype), out=self.scratch)

    def _epsilon(self, roots: Tensor) -> Tensor | float:
        """Return what is added to the square roots of second moments."""
        if (fraction := self.settings.relative_epsilon) is None:
            return ADAM_EPSILON
        mean = torch.linalg.vector_norm(roots) / roots.numel() ** 0.5
        found: Tensor = (fraction * mean).clamp_min(torch.finfo(roots.dtype).tiny)
        return found

    def reset(self) -> None:
        self.unit.fill_(1)
        self.mean.zero_()
        self.square.zero_()
        self.beta_powers.fill_(1)
        if self.settings.average is not None:
            self.average.zero_()
            self.decay_power.fill_(1)

    def carried_tensors(self) -> dict[str, Tensor]:
        own = {"mean": self.mean, "square": self.square, "shares": self.beta_powers}
        return {**own, "unit": self.unit} if self.settings.is_unit_free else own

    def carry(self, tensors: Mapping[str, Tensor]) -> None:
        """Enlarge the moments and keep counting steps, so that the bias correction does not start afresh."""
        shape = self.mean.shape[2:]
        self.mean.copy_(enlarged_mean(tensors["mean"], shape))
        if "free" in tensors:  # elsewhere, the enlarged mean may have some of the pixels around
            self.mean.mul_(tensors["free"])
        self.square.copy_(enlarged_square(tensors["square"], shape))
        self.beta_powers.copy_(tensors["shares"])
        self.unit.copy_(tensors.get("unit", self.unit))

    def state_tensors(self) -> dict[str, Tensor]:
        own = self.carried_tensors()
        if self.settings.average is None:
            return own
        return {**own, "average": self.average, "decay_power": self.decay_power}

    def averaged(self, picture: Tensor) -> Tensor | None:
        """Return the exponentially weighted mean of all points, including the start and `picture`.

        The weight of a point is decay^age, divided by the sum of all weights.
        """
        if (decay := self.settings.average) is None:
            return None
        return self.average.lerp(picture, 1 - decay).div_((1 - decay * self.decay_power).to(picture.dtype))
