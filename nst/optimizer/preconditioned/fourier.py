"""Filter pictures by spatial frequency, with FFTs."""

import torch
from torch import Tensor

from nst.optimizer.preconditioned.filter import Filter


def frequency_weights(exponent: float, height: int, width: int) -> Tensor:
    """Return f^-exponent for the frequencies of `rfft2`, (H, W // 2 + 1) float64, f at least one cycle per longer side.

    The mean over all H x W frequencies is 1, and so is every number on the filter's diagonal.
    """
    weights = frequencies(height, width) ** -exponent
    return weights / ((weights * multiplicity(width)).sum() / (height * width))


def frequencies(height: int, width: int) -> Tensor:
    """Return the frequencies of `rfft2` in cycles per pixel, (H, W // 2 + 1) float64, at least 1 per longer side."""
    rows = torch.fft.fftfreq(height, dtype=torch.float64)[:, None]
    columns = torch.fft.rfftfreq(width, dtype=torch.float64)
    return torch.hypot(rows, columns).clamp_min(1 / max(height, width))


def multiplicity(width: int) -> Tensor:
    """Return how many of the `width` columns of `fft2` each column of `rfft2` stands for: 1 or 2, float64."""
    counts = torch.full((width // 2 + 1,), 2.0, dtype=torch.float64)
    counts[0] = 1
    if width % 2 == 0:
        counts[-1] = 1
    return counts


class FourierFilter(Filter):
    """M proportional to f^-exponent for pictures of the shape, type and device of `picture` (1, 3, H, W)."""

    def __init__(self, exponent: float, picture: Tensor) -> None:
        height, width = picture.shape[-2:]
        weights = frequency_weights(exponent, height, width)
        roots = (weights * multiplicity(width) / (height * width)).sqrt()
        self.weights, self.roots = (each.to(picture.dtype).to(picture.device) for each in (weights, roots))

    def __call__(self, picture: Tensor) -> Tensor:
        """Return M times a picture."""
        filtered: Tensor = torch.fft.irfft2(torch.fft.rfft2(picture).mul_(self.weights), s=picture.shape[-2:])
        return filtered

    def energy(self, picture: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Mv of a picture v: (), summed in `exact`; by Parseval's theorem, without an inverse FFT."""
        spectrum = torch.fft.rfft2(picture).mul_(self.roots)
        norm: Tensor = torch.linalg.vector_norm(torch.view_as_real(spectrum), dtype=exact)
        return norm.square()
