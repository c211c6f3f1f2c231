"""Filter steps by spatial frequency, without moving pixels that are held: where the inverse Hessian of L-BFGS starts.

With M the filter and Z the mask of the numbers that may move, the operator is P = Z M Z + (I - Z): M among those that
may move, nothing between them and the others. P is symmetric and positive, and the identity if M is.
"""

import torch
from torch import Tensor


def frequency_weights(exponent: float, height: int, width: int) -> Tensor:
    """Return f^-exponent for the frequencies of `rfft2`, (H, W // 2 + 1) float64, f at least one cycle per longer side.

    The mean over all H x W frequencies is 1, and so is every number on the filter's diagonal.
    """
    rows = torch.fft.fftfreq(height, dtype=torch.float64)[:, None]
    columns = torch.fft.rfftfreq(width, dtype=torch.float64)
    weights = torch.hypot(rows, columns).clamp_min(1 / max(height, width)) ** -exponent
    return weights / ((weights * multiplicity(width)).sum() / (height * width))


def multiplicity(width: int) -> Tensor:
    """Return how many of the `width` columns of `fft2` each column of `rfft2` stands for: 1 or 2, float64."""
    counts = torch.full((width // 2 + 1,), 2.0, dtype=torch.float64)
    counts[0] = 1
    if width % 2 == 0:
        counts[-1] = 1
    return counts


class FourierPreconditioner:
    """The operator P with M proportional to f^-exponent, for vectors that hold a picture (1, 3, H, W) and padding."""

    def __init__(self, exponent: float, picture: Tensor) -> None:
        height, width = picture.shape[-2:]
        weights = frequency_weights(exponent, height, width)
        roots = (weights * multiplicity(width) / (height * width)).sqrt()
        self.weights, self.roots = (each.to(picture.dtype).to(picture.device) for each in (weights, roots))
        self.held = torch.zeros(picture.shape, dtype=torch.bool, device=picture.device)

    def hold(self, held: Tensor) -> None:
        """Set the numbers that must not move: (1, 3, H, W), bool."""
        self.held.copy_(held)

    def apply(self, vector: Tensor) -> None:
        """Replace a vector (columns) by P times it."""
        part = self._picture(vector)
        spectrum = torch.fft.rfft2(part.masked_fill(self.held, 0)).mul_(self.weights)
        torch.where(self.held, part, torch.fft.irfft2(spectrum, s=part.shape[-2:]), out=part)

    def energy(self, vector: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Pv of a vector v (columns), summed in `exact`: by Parseval's theorem, without an inverse FFT."""
        part = self._picture(vector)
        spectrum = torch.fft.rfft2(part.masked_fill(self.held, 0)).mul_(self.roots)
        apart = part.masked_fill(~self.held, 0)
        norms = (torch.linalg.vector_norm(each, dtype=exact) for each in (torch.view_as_real(spectrum), apart))
        return sum((norm.square() for norm in norms), torch.zeros((), dtype=exact, device=vector.device))

    def _picture(self, vector: Tensor) -> Tensor:
        return vector[: self.held.numel()].view(self.held.shape)
