"""Adam on a picture (Kingma and Ba 2015, algorithm 1), every point clamped to [0, 1]."""

import torch
from torch import Tensor

from nst.spec.parts import Adam

EPSILON = 1e-8


class AdamOptimizer:
    """Moves a picture in place, one step for each evaluation."""

    def __init__(self, settings: Adam) -> None:
        self.settings = settings
        self.steps = 0
        self.mean: Tensor | None = None
        self.square: Tensor | None = None

    def before_evaluation(self, picture: Tensor) -> None:
        """Nothing to do: the picture never leaves [0, 1]."""

    def step(self, picture: Tensor, gradient: Tensor, loss: float) -> bool:
        """Move `picture` in place; Adam knows no convergence, so always False."""
        if self.mean is None or self.square is None:
            self.mean, self.square = torch.zeros_like(gradient), torch.zeros_like(gradient)
        beta1, beta2 = self.settings.beta1, self.settings.beta2
        self.steps += 1
        self.mean.lerp_(gradient, 1 - beta1)
        self.square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        mean = self.mean / (1 - beta1**self.steps)
        deviation = (self.square / (1 - beta2**self.steps)).sqrt_().add_(EPSILON)
        picture.addcdiv_(mean, deviation, value=-self.settings.lr).clamp_(0, 1)
        return False
