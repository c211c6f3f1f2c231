"""Adam on a picture (Kingma and Ba 2015, algorithm 1), clamped to [0, 1] after every step."""

import torch
from torch import Tensor

from nst.optimizer.optimizer import Optimizer
from nst.spec.records import Adam

EPSILON = 1e-8


class AdamOptimizer(Optimizer):
    """Adam in place, one step an evaluation; it never waits for the device, so that a step can be recorded."""

    def __init__(self, settings: Adam) -> None:
        self.settings = settings

    def _allocate(self, picture: Tensor) -> None:
        self.mean, self.square, self.scratch = (torch.zeros_like(picture) for _ in range(3))
        exact = torch.float32 if picture.device.type == "mps" else torch.float64
        self.beta_powers = torch.ones(2, dtype=exact, device=picture.device)
        self.betas = torch.tensor([self.settings.beta1, self.settings.beta2], dtype=exact, device=picture.device)
        self.not_converged = torch.zeros((), dtype=torch.bool, device=picture.device)

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move `picture` in place; return False (), bool: Adam has no convergence test."""
        self.prepare(picture)
        self.mean.lerp_(gradient, 1 - self.settings.beta1)
        self.square.mul_(self.settings.beta2).addcmul_(gradient, gradient, value=1 - self.settings.beta2)
        self.beta_powers.mul_(self.betas)  # beta1^t and beta2^t, for the correction of the bias towards 0
        mean_correction, square_correction = (1 - self.beta_powers).to(picture.dtype)
        torch.div(self.square, square_correction, out=self.scratch).sqrt_().add_(EPSILON).mul_(mean_correction)
        picture.addcdiv_(self.mean, self.scratch, value=-self.settings.lr).clamp_(0, 1)
        return self.not_converged

    def _clear(self) -> None:
        self.mean.zero_()
        self.square.zero_()
        self.beta_powers.fill_(1)

    def state_tensors(self) -> dict[str, Tensor]:
        """Return both moments and the powers of the betas."""
        return {"mean": self.mean, "square": self.square, "shares": self.beta_powers}
