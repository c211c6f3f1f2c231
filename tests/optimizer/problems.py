"""Objectives small enough to be worked out on paper, or scripted."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from nst.objective.reference import Evaluation
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import optimise
from nst.spec.records import Lbfgs

LOSS = torch.tensor(0.0)
"""For steps that do not look at it."""
NAMES = ("content", "style")


class Analytic:
    """An objective from a function of the picture; the gradient by autograd."""

    names = NAMES

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self.function = function
        self.calls = 0

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        self.calls += 1
        variable = picture.detach().requires_grad_(True)
        loss = self.function(variable)
        (gradient,) = torch.autograd.grad(loss, variable)
        return as_losses(loss.detach()), gradient


class Scripted:
    """An objective whose losses are given; the gradient is 1 everywhere."""

    names = NAMES

    def __init__(self, losses: Sequence[float]) -> None:
        self.losses = losses
        self.calls = 0

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        self.calls += 1
        return as_losses(torch.tensor(self.losses[self.calls - 1])), torch.ones_like(picture)


def as_losses(total: Tensor) -> Evaluation:
    """All content; the style loss tells the two apart."""
    return Evaluation(torch.stack([total, torch.zeros_like(total)]), total)


def free_gradient(objective: Analytic, picture: Tensor) -> Tensor:
    """The gradient as a vector, 0 for numbers at a bound that a step against it would push beyond."""
    _, gradient = objective.loss_and_gradient(picture)
    pushed = ((picture <= 0) & (gradient > 0)) | ((picture >= 1) & (gradient < 0))
    return gradient.masked_fill(pushed, 0).flatten()


def grey(value: float = 0.5, dtype: torch.dtype = torch.float64) -> Tensor:
    """Two by two pixels, twelve numbers."""
    return torch.full((1, 3, 2, 2), value, dtype=dtype)


def correlated(picture: Tensor) -> Tensor:
    """50 sum_ij d_i exp(-|i - j| / 5) d_j for the differences d to a target that is partly above 1.

    A third of the target is 1.2 and the rest 0.4, so the minimum is 0 outside of [0, 1], and more inside. With
    r = exp(-1/5) the matrix has eigenvalues from (1 - r) / (1 + r) to its inverse: a condition number below 101.
    """
    places = torch.arange(12, dtype=picture.dtype)
    target = torch.tensor([1.2, 0.4, 0.4] * 4, dtype=picture.dtype)
    d = picture.reshape(-1) - target
    return 50 * d @ torch.exp(-(places[:, None] - places).abs() / 5) @ d


def least_inside() -> float:
    """The minimum of `correlated` in [0, 1]."""
    return least(Analytic(correlated))


def quadratic(seed: int) -> tuple[Analytic, float]:
    """A quadratic of twelve numbers with curvatures from 5 to 5000 in random directions, and its minimum in [0, 1].

    Without bounds its minimum would be 0, at numbers from -0.5 to 1.5.
    """
    generator = torch.Generator().manual_seed(seed)
    axes, _ = torch.linalg.qr(torch.randn(12, 12, generator=generator, dtype=torch.float64))
    curvatures = 5 * 10 ** (3 * torch.rand(12, generator=generator, dtype=torch.float64))
    target = 2 * torch.rand(12, generator=generator, dtype=torch.float64) - 0.5

    def value(picture: Tensor) -> Tensor:
        return ((axes.t() @ (picture.reshape(-1) - target)).square() * curvatures).sum() / 2

    objective = Analytic(value)
    return objective, least(objective)


def least(objective: Analytic) -> float:
    """The minimum of twelve numbers in [0, 1], by SciPy's L-BFGS-B, an algorithm made for bounds."""
    from scipy.optimize import minimize

    def value_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        losses, gradient = objective.loss_and_gradient(torch.from_numpy(x))
        return losses.total.item(), gradient.numpy()

    found = minimize(value_and_gradient, np.full(12, 0.5), jac=True, bounds=[(0, 1)] * 12, options={"ftol": 1e-14})
    return float(found.fun)


def offered(picture: Tensor, number: int) -> Tensor:
    """A gradient at `picture`: that of a quadratic, another one for each number."""
    return (picture - 0.1) * torch.linspace(1, 5 + number, 12, dtype=picture.dtype).view(1, 3, 2, 2)


def visited(settings: Lbfgs, steps: int, picture: Tensor | None = None) -> list[Tensor]:
    """The pictures at which our loop evaluates `correlated`."""
    seen: list[Tensor] = []
    start = grey() if picture is None else picture
    objective = Analytic(correlated)
    optimise(objective, LbfgsOptimizer(settings), start, steps, callback=lambda p: seen.append(p.picture.clone()))
    return seen
