"""Adam on a picture (Kingma and Ba 2015, algorithm 1), every point clamped to [0, 1]."""

import torch
from torch import Tensor

from nst.spec.records import Adam

EPSILON = 1e-8


class AdamOptimizer:
    """Moves a picture in place, one step for each evaluation, and waits for no device: a step can be recorded."""

    can_converge = False

    def __init__(self, settings: Adam) -> None:
        self.settings = settings
        self.shape: torch.Size | None = None

    def prepare(self, picture: Tensor) -> None:
        """Allocate everything for pictures of this shape, type and device, once."""
        if picture.shape == self.shape:
            return
        self.shape = picture.shape
        self.mean, self.square, self.scratch = (torch.zeros_like(picture) for _ in range(3))
        exact = torch.float32 if picture.device.type == "mps" else torch.float64
        self.shares = torch.ones(2, dtype=exact, device=picture.device)
        self.decays = torch.tensor([self.settings.beta1, self.settings.beta2], dtype=exact, device=picture.device)
        self.never = torch.zeros((), dtype=torch.bool, device=picture.device)

    def before_evaluation(self, picture: Tensor) -> None:
        """Nothing to do: the picture never leaves [0, 1]."""

    def step(self, picture: Tensor, gradient: Tensor, total: Tensor) -> Tensor:
        """Move `picture` in place; Adam knows no convergence, so always False: (), bool."""
        self.prepare(picture)
        self.mean.lerp_(gradient, 1 - self.settings.beta1)
        self.square.mul_(self.settings.beta2).addcmul_(gradient, gradient, value=1 - self.settings.beta2)
        self.shares.mul_(self.decays)  # beta1^t and beta2^t: what the means still owe to their start at 0
        seen_mean, seen_square = (1 - self.shares).to(picture.dtype)
        torch.div(self.square, seen_square, out=self.scratch).sqrt_().add_(EPSILON).mul_(seen_mean)
        picture.addcdiv_(self.mean, self.scratch, value=-self.settings.lr).clamp_(0, 1)
        return self.never

    def reset(self) -> None:
        """Forget every step made so far, and keep the memory."""
        if self.shape is not None:
            self.mean.zero_()
            self.square.zero_()
            self.shares.fill_(1)

    def state(self) -> dict[str, Tensor]:
        """Copies of all that a later step depends on; nothing before the first `prepare`."""
        return {} if self.shape is None else {name: part.clone() for name, part in self.state_tensors().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, after `prepare`; the steps that follow are bit-equal."""
        self.reset()
        for name, part in self.state_tensors().items() if state else ():
            part.copy_(state[name])

    def state_tensors(self) -> dict[str, Tensor]:
        """What `state` copies, in place."""
        return {"mean": self.mean, "square": self.square, "shares": self.shares}
