"""Draw positions and directions from a seed and the number of the evaluation, on the device, without synchronising.

The numbers are a hash of seed, evaluation and index: a resumed run draws what it would have drawn, and a recorded CUDA
graph draws new ones at each replay. `SampledLoss` is the base of losses that compare rows at sampled positions.
"""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from nst.objective.layer_losses import WholeLoss, differentiate
from nst.objective.strips import matrix, wide

SMALLEST = 1e-12
"""Rows shorter than this have no direction."""
BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class Sample:
    """The positions compared: `samples` of them, drawn from `seed`; anew at each evaluation if `resample`."""

    samples: int = 1024
    seed: int = 0
    resample: bool = False
    most: ClassVar[int] = 4096

    def __post_init__(self) -> None:
        if not 2 <= self.samples <= self.most:
            raise ValueError(f"samples={self.samples}: must be from 2 to {self.most}")
        check_seed(self.seed)


def check_seed(seed: int) -> None:
    """Raise `ValueError` if a seed is not an unsigned 32-bit number."""
    if not 0 <= seed <= BITS:
        raise ValueError(f"seed={seed}: must be from 0 to 2**32 - 1")


def hashed(seed: int, evaluation: Tensor, count: int) -> Tensor:
    """Return `count` pseudorandom numbers from 0 to 2**32 - 1, int64; `evaluation` is () int64."""
    key = _mixed(evaluation ^ _mixed(torch.full_like(evaluation, seed)))
    return _mixed(torch.arange(count, device=evaluation.device) ^ key)


def _mixed(number: Tensor) -> Tensor:
    """Permute 32-bit numbers by mixing their bits, in two rounds of multiply and shift."""
    number = (number ^ (number >> 16)) * 0x7FEB352D & BITS
    number = (number ^ (number >> 15)) * 0x846CA68B & BITS
    return number ^ (number >> 16)


def positions(count: int, samples: int, seed: int, evaluation: Tensor) -> Tensor:
    """Return `samples` of `count` positions, ascending, one from each of `samples` equal parts; or all of them."""
    places = torch.arange(min(samples, count) + 1, device=evaluation.device)
    starts = torch.div(places * count, min(samples, count), rounding_mode="floor")
    return starts[:-1] + hashed(seed, evaluation, len(starts) - 1) % starts.diff()


def gaussian(shape: tuple[int, int], seed: int, evaluation: Tensor) -> Tensor:
    """Return standard normal numbers in float32, by the Box-Muller method."""
    count = shape[0] * shape[1]
    uniform = ((hashed(seed, evaluation, 2 * count) >> 9).float() + 0.5) / 2**23
    radius = (-2 * uniform[:count].log()).sqrt()
    return (radius * (2 * math.pi * uniform[count:]).cos()).view(shape)


def inverse_lengths(rows: Tensor) -> Tensor:
    """Return 1 / |row| (n, 1) of rows (n, C); 0 for a row without direction, whose gradient is then 0, too."""
    squares = rows.square().sum(1, keepdim=True)
    return torch.where(squares > SMALLEST**2, squares, torch.inf).rsqrt()


class SampledLoss(WholeLoss):
    """A loss of both features' rows at sampled positions; its `Settings` is a `Sample`.

    Features of the same shape (`same_shape`) are sampled at the same positions.
    """

    Settings = Sample

    @abstractmethod
    def between(self, found: Tensor, target: Tensor) -> Tensor:
        """Return the loss of rows (n, C) against the target's (m, C), a scalar; autograd differentiates it."""

    def evaluate(self, found: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss and its gradient on the rows; a subclass may give them in closed form."""
        return differentiate(lambda rows: self.between(rows, target), found, type(self))

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        return self.between(matrix(found)[self.places(found)], matrix(target)[self.places(target)])

    def places(self, feature: Tensor) -> Tensor:
        """Return the positions of a feature to compare."""
        return self._places(feature.shape[2] * feature.shape[3], feature.device)

    def _places(self, count: int, device: torch.device) -> Tensor:
        number = self.number(device) if self.settings.resample else torch.zeros((), dtype=torch.int64, device=device)
        return positions(count, self.settings.samples, self.settings.seed, number)

    def finish(self, strips: list[Tensor]) -> None:
        """Gather the rows at the drawn positions; compute the loss and its gradient w.r.t. them."""
        sizes = [rows.shape[2] * rows.shape[3] for rows in strips]
        places, device = self._places(sum(sizes), strips[0].device), strips[0].device
        self.drawn, start, parts = places, 0, []
        for rows, size in zip(strips, sizes, strict=True):
            parts.append(matrix(rows)[places[self._within(start, start + size, len(strips) == 1)] - start])
            start += size
        target = matrix(self.target)[self.places(self.target).to(device)]
        dtype = wide(strips[0])
        self.value, self.gradient = self.evaluate(torch.cat(parts).to(dtype), target.to(dtype))

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        start, stop = strip.start * rows.shape[3], strip.stop * rows.shape[3]
        part = self._within(start, stop, into.is_cuda)
        gradient = self.gradient[part].to(into.dtype)
        matrix(into).index_add_(0, self.drawn[part] - start, gradient, alpha=self.weight)

    def _within(self, start: int, stop: int, all_of_them: bool) -> slice:
        """Return the slice of the drawn positions that are in [start, stop); skips the search if all are."""
        if all_of_them:
            return slice(None)
        return slice(*torch.searchsorted(self.drawn, torch.tensor([start, stop])).tolist())

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the gradient w.r.t. the rows; temporarily both features' rows and 8 matrices of all their pairs."""
        count = min(settings.samples, positions)
        return count * channels, 6 * count * channels + 8 * count**2
