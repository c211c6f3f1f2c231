"""Winograd's F(4x4, 3x3): a 3x3 convolution of a tile, 36 products per 16 pixels and channel pair instead of 144.

A tile of 6 x 6 pixels d and a kernel g give 4 x 4 pixels, OUTPUT [(KERNEL g KERNEL') * (INPUT d INPUT')] OUTPUT', with
an elementwise product. It multiplies the polynomials of tile and kernel by their values at six points, here
0, +-5/8, +-3/2 and infinity: all numbers are exact in float32, and rounding errors are half of those at 0, +-1, +-2.
"""

import torch
from torch import Tensor

TILE, SIDE = 4, 6
"""Pixels per side of a tile's output, and of its input."""
NEAR, FAR = 5 / 8, 3 / 2
"""The points, beside their negatives, 0 and infinity."""


def _matrices(a: float, b: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return INPUT (6, 6), KERNEL (6, 3) and OUTPUT (4, 6) for the points 0, a, -a, b, -b and infinity, in float64."""
    p, q, both = a * a, b * b, a * a + b * b
    rows = (
        [p * q, 0, -both, 0, 1, 0],
        [0, -a * q, -q, a, 1, 0],
        [0, a * q, -q, -a, 1, 0],
        [0, -b * p, -p, b, 1, 0],
        [0, b * p, -p, -b, 1, 0],
        [0, p * q, 0, -both, 0, 1],
    )
    points = torch.tensor([0, a, -a, b, -b], dtype=torch.float64)
    at_points = torch.tensor([p * q, *[2 * p * (p - q)] * 2, *[2 * q * (q - p)] * 2], dtype=torch.float64)
    kernel = torch.cat([points[:, None] ** torch.arange(3) / at_points[:, None], torch.eye(3)[2:].double()])
    output = torch.cat([points[None] ** torch.arange(TILE)[:, None], torch.eye(TILE)[:, 3:].double()], dim=1)
    return torch.tensor(rows, dtype=torch.float64), kernel, output


INPUT, KERNEL, OUTPUT = _matrices(NEAR, FAR)


def transformed(kernel: Tensor) -> Tensor:
    """Return KERNEL g KERNEL' of each pair of channels of a kernel (out, in, 3, 3): (36, in, out), rows first.

    For the gradient w.r.t. the input, whose kernel is reversed along both axes, reverse tiles and outputs instead:
    then these matrices serve again, transposed.
    """
    taps = kernel.double().permute(2, 3, 1, 0).reshape(9, -1)
    found = torch.kron(KERNEL, KERNEL).to(kernel.device) @ taps
    return found.to(kernel.dtype).view(SIDE * SIDE, kernel.shape[1], kernel.shape[0])
