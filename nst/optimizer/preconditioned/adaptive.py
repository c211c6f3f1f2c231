"""Filter pictures by spatial frequency, by as much as the curvature of the last steps asks for.

For a step s and the change y of the gradient over it, |s| / |y| within an octave is about the inverse of the curvature
there: the geometric mean of s's / s'y and s'y / y'y, the step lengths of Barzilai and Borwein (1988). The mean of its
logarithm over pairs, recent ones weighing most, is the logarithm of M at the middle of that octave, and between two
middles it is linear. Only ratios between octaves matter, since L-BFGS scales M as a whole.
"""

import math

import torch
from torch import Tensor

from nst.optimizer.preconditioned.fourier import FourierFilter, frequencies, multiplicity

RATE = 0.05
"""Weight of the last pair in the mean; the others have the rest."""


def octaves(height: int, width: int) -> Tensor:
    """Return the shares of octaves in the frequencies of `rfft2`: (octaves, H, W // 2 + 1), float64, sums of 1.

    The middle of the first one is the lowest frequency, and each share falls to 0 within an octave on both sides.
    """
    above = torch.log2(frequencies(height, width) * max(height, width))
    number = torch.arange(math.ceil(above.max()) + 1, dtype=torch.float64)
    return (1 - (above - number[:, None, None]).abs()).clamp_min(0)


class AdaptiveFilter(FourierFilter):
    """M that is f^-exponent before the first pair, and follows |s| / |y| of each octave from then on.

    `levels` (octaves): logarithms of M at their middles, up to a constant.
    """

    def __init__(self, exponent: float, picture: Tensor) -> None:
        super().__init__(exponent, picture)
        height, width = picture.shape[-2:]
        shares = octaves(height, width)
        self.shares = shares.flatten(1).to(picture.dtype).to(picture.device)
        self.counts = (multiplicity(width).expand(height, -1) / (height * width)).to(self.weights)
        logarithms = -exponent * math.log(2) * torch.arange(len(shares)).to(self.weights)
        self.start = logarithms - logarithms.mean()
        self.levels = self.start.clone()

    def learn(self, displacement: Tensor, change: Tensor, accepted: Tensor) -> None:
        """Follow a pair if it is accepted, and set M for this evaluation."""
        step, answer = self._powers(displacement), self._powers(change)
        known = (step > 0) & (answer > 0)
        found = torch.where(known, 0.5 * (step.log() - answer.log()), 0)
        found = torch.where(known, found - found.sum() / known.sum().clamp_min(1), self.levels)
        self.levels.copy_(torch.where(accepted, torch.lerp(self.levels, found, RATE), self.levels))
        weights = (self.levels @ self.shares).exp().view_as(self.weights)
        self.weights.copy_(weights / (weights * self.counts).sum())
        self.roots.copy_((self.weights * self.counts).sqrt())

    def reset(self) -> None:
        """Forget all pairs."""
        self.levels.copy_(self.start)

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the levels, from which M follows."""
        return {"levels": self.levels}

    def _powers(self, picture: Tensor) -> Tensor:
        """Return the square of a picture's norm in each octave, up to a factor: (octaves)."""
        spectrum = torch.fft.rfft2(picture)
        power: Tensor = (spectrum.real.square() + spectrum.imag.square()).sum((0, 1))
        return self.shares @ (power * self.counts).flatten()
