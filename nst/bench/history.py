"""Fill an L-BFGS history beforehand, so that an evaluation in a short benchmark costs as much as in a long run.

The pairs are valid: a displacement s and a gradient change y with y.s > 0, of a steep quadratic around the starting
picture whose curvature keeps the first steps near `LENGTH`.
"""

import torch
from torch import Tensor

from nst.optimizer.optimizer import Optimizer

PAIRS = 100
LENGTH = 1e-3
"""Root mean square of the displacements, in units of the picture's values; 1e-3 of [0, 1] is a quarter of a level."""
STRIDE = 7919
"""Pairs are shifted copies of one random vector: nearly independent, and as cheap as a copy."""


def fill(optimizer: Optimizer, picture: Tensor, gradient: Tensor) -> None:
    """Let `optimizer` make `PAIRS` + 1 steps downhill on synthetic gradients around `picture`, then restore it.

    The quadratic has the true `gradient` (of `picture`'s shape) at its start, and its minimum jumps at every step, so
    that the optimizer never converges. Works for any optimizer, and takes as long as the steps.
    """
    start, curvature = picture.clone(), _curvature(gradient, LENGTH)
    jump = _noise(picture) * LENGTH
    for number in range(PAIRS + 1):
        away = picture - start - jump.view(-1).roll(number * STRIDE).view_as(picture)
        synthetic = gradient + curvature * away
        optimizer.step(picture, synthetic, synthetic.square().sum() / (2 * curvature))
    picture.copy_(start)


def fill_torch(optimizer: torch.optim.LBFGS, gradient: Tensor, length: float = LENGTH) -> None:
    """Write a full history into the state of an optimizer that has made no step; `gradient` is the first real one.

    The fields are those of `torch.optim.LBFGS`. `length`: of the displacements, in units of its parameter.
    """
    (parameter,) = optimizer.param_groups[0]["params"]
    flat = gradient.reshape(-1)
    curvature, noise = _curvature(flat, length), _noise(flat)
    steps = [length * noise.roll(number * STRIDE) for number in range(PAIRS + 1)]
    curvatures = [curvature * (1 + 0.1 * (number % 11 - 5) / 5) for number in range(PAIRS)]  # up to a tenth apart
    changes = [step * own for step, own in zip(steps, curvatures, strict=False)]
    products = [change.dot(step) for change, step in zip(changes, steps, strict=False)]
    optimizer.state[parameter].update(
        d=steps[-1], t=1.0, old_dirs=changes, old_stps=steps[:PAIRS], ro=[1.0 / product for product in products],
        H_diag=products[-1] / changes[-1].dot(changes[-1]), prev_flat_grad=flat - curvature * steps[-1],
        prev_loss=0.0, n_iter=PAIRS + 1, func_evals=PAIRS + 1, al=[None] * PAIRS,
    )  # fmt: skip


def _curvature(gradient: Tensor, length: float) -> float:
    """Return the curvature that puts the minimum `length` away."""
    return max(float(gradient.square().mean().sqrt()), 1e-12) / length


def _noise(like: Tensor) -> Tensor:
    generator = torch.Generator(like.device).manual_seed(0)
    return torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)
