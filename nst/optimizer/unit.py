"""Free an optimizer from the unit of its loss: divide gradients by a power of two near the first one's size.

A division by a power of two is exact, so that weights multiplied by another power of two give the same steps to the
bit; and whatever the weights are, products of gradients stay within the range of float32.
"""

import torch
from torch import Tensor


def power_of_two(gradient: Tensor, exact: torch.dtype) -> Tensor:
    """Return the power of two just above the root mean square of a gradient, () of type `exact`; 1 if that is 0."""
    size = torch.linalg.vector_norm(gradient, dtype=exact) / gradient.numel() ** 0.5
    size = torch.where(size > 0, size, 0.5)
    return size / torch.frexp(size).mantissa
