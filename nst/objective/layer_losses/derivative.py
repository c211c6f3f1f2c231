"""The gradient of a loss by autograd."""

from collections.abc import Callable

import torch
from torch import Tensor

from nst.errors import UserError


def differentiate(function: Callable[[Tensor], Tensor], at: Tensor, loss: type) -> tuple[Tensor, Tensor]:
    """Return a scalar function's value and gradient by autograd; `loss`: the class it belongs to."""
    variable = at.detach().requires_grad_(True)
    with torch.enable_grad():
        value = scalar(function(variable), loss)
        (gradient,) = torch.autograd.grad(value, variable)
    return value.detach(), gradient


def scalar(value: Tensor, loss: type) -> Tensor:
    """Return the value of a loss; raise `UserError` if it has more than one number."""
    if value.dim():
        raise UserError(f"{loss.__module__}: a loss must be a scalar, not of shape {tuple(value.shape)}")
    return value
