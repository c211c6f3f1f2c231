"""Filter pictures by octave, with a pyramid of halved pictures: what the Fourier filter does, without an FFT.

D halves a picture: it blurs by the mean of 3 x 3 pixels, border pixels repeated, and takes the means of 2 x 2; U = 4 D'
doubles one. With D_k and U_k for k halvings, the filter is

    M = (I + sum over k of (2^(k e) - 2^((k - 1) e)) U_k D_k) / its mean diagonal,    e the exponent

U_k D_k is symmetric with no negative eigenvalue, and keeps what is coarser than 2^k pixels: there M is about 2^(k e),
as f^-e is up to a factor. Sums over scales like this one precondition elliptic problems (Bramble, Pasciak and Xu 1990).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.optimizer.preconditioned.filter import Filter


def level_weights(exponent: float, height: int, width: int) -> list[float]:
    """Return the factors of U_k D_k, the first that of the picture itself; as many as it can be halved, and one.

    Far from the borders, the mean of the filter's diagonal is 1.
    """
    count = min(height, width).bit_length()
    weights = [1.0] + [2 ** (level * exponent) - 2 ** ((level - 1) * exponent) for level in range(1, count)]
    mean = sum(weight * along**2 for weight, along in zip(weights, _diagonals(count), strict=True))
    return [weight / mean for weight in weights]


def _diagonals(count: int) -> list[float]:
    """Return the mean diagonals of U_k D_k along one side: 4^-k times the squares of a single pixel doubled k times."""
    pixel, found = torch.zeros(1, 1, 9, dtype=torch.float64), []
    pixel[..., 4] = 1
    for level in range(count):
        found.append(float(pixel.square().sum()) / 4**level)
        pixel = F.avg_pool1d(F.interpolate(pixel, scale_factor=2, mode="nearest"), 3, 1, 1)
    return found


class PyramidFilter(Filter):
    """M proportional to about f^-exponent for pictures of the shape, type and device of `picture` (1, 3, H, W)."""

    def __init__(self, exponent: float, picture: Tensor) -> None:
        self.weights = level_weights(exponent, *picture.shape[-2:])

    def __call__(self, picture: Tensor) -> Tensor:
        """Return M times a picture, from the coarsest level up."""
        levels = self._levels(picture)
        total = levels[-1] * self.weights[-1]
        for weight, level in zip(self.weights[-2::-1], levels[-2::-1], strict=True):
            total = double(total, level.shape[-2:]).add_(level, alpha=weight)
        return total

    def energy(self, picture: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Mv of a picture v: (), summed in `exact`; since U_k = 4^k D_k', it needs no doubling."""
        norms = torch.stack([torch.linalg.vector_norm(level, dtype=exact) for level in self._levels(picture)])
        factors = [weight * 4**level for level, weight in enumerate(self.weights)]
        return sum((norm.square() * factor for norm, factor in zip(norms, factors, strict=True)), norms.new_zeros(()))

    def _levels(self, picture: Tensor) -> list[Tensor]:
        levels = [picture]
        for _ in self.weights[1:]:
            levels.append(halve(levels[-1]))
        return levels


def halve(picture: Tensor) -> Tensor:
    """Return D times a picture (1, 3, H, W): (1, 3, (H + 1) // 2, (W + 1) // 2); a line of zeros makes a side even."""
    height, width = picture.shape[-2:]
    return F.avg_pool2d(F.pad(_blur(picture), (0, width % 2, 0, height % 2)), 2)


def double(picture: Tensor, shape: torch.Size) -> Tensor:
    """Return U times a picture (1, 3, (H + 1) // 2, (W + 1) // 2): of `shape` (H, W)."""
    height, width = shape
    return _blur(F.interpolate(picture, scale_factor=2, mode="nearest")[..., :height, :width])


def _blur(picture: Tensor) -> Tensor:
    """Return the means of 3 x 3 pixels, as sums of shifted pictures: pooling takes ten times as long on a CPU."""
    padded = F.pad(picture, (1, 1, 1, 1), mode="replicate")
    across = padded[..., :-2] + padded[..., 1:-1] + padded[..., 2:]
    return (across[..., :-2, :] + across[..., 1:-1, :] + across[..., 2:, :]).div_(9)
