"""The patch loss of Li and Wand (2016), a Markov random field: each 3 x 3 patch against the nearest of the style."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from nst.objective.strips import matrix, wide

SIDE = 3
BLOCK = 2**24
"""Similarities, or numbers of style patches, held at a time."""


@dataclass(frozen=True)
class Settings:
    """`stride`: distance in positions between the style's patches, 2 in the paper; the picture's are all compared."""

    stride: int = 2

    def __post_init__(self) -> None:
        if self.stride < 1:
            raise ValueError(f"stride={self.stride}: must be 1 or more")


class Loss(WholeLoss):
    """Mean squared difference of the feature's 3 x 3 patches and the most similar ones of the style.

    Similarity is the normalised cross-correlation, the cosine of two patches. Patches are matched anew at each
    evaluation; the gradient treats the matches as constant.
    """

    version = 1
    Settings = Settings

    @classmethod
    def least_side(cls, settings: Any) -> int:
        return SIDE

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        patches, theirs = (F.unfold(each, SIDE)[0].t() for each in (found, target))
        corners = nearest(found.detach(), target, self.settings.stride)
        row, column = (torch.div(corners, target.shape[3], rounding_mode="floor"), corners % target.shape[3])
        return (patches - theirs[row * (target.shape[3] - SIDE + 1) + column]).square().mean()

    @torch.no_grad()
    def finish(self, strips: list[Tensor]) -> None:
        """Sum the differences from the matches over the positions in a patch, each a shift of the whole feature."""
        dtype = wide(strips[0])
        found, target = torch.cat(strips, dim=2).to(dtype), self.target.to(dtype)
        corners = nearest(found, target, self.settings.stride)
        high, across, rows = found.shape[2] - SIDE + 1, found.shape[3] - SIDE + 1, matrix(target)
        count = SIDE**2 * found.shape[1] * high * across
        ours, self.gradient = found[0].permute(1, 2, 0), torch.zeros_like(found)
        into, total = self.gradient[0].permute(1, 2, 0), found.new_zeros(())
        for y, x in ((y, x) for y in range(SIDE) for x in range(SIDE)):
            matched = rows[corners + y * target.shape[3] + x].view(high, across, -1)
            difference = ours[y : y + high, x : x + across] - matched
            total = total + torch.linalg.vector_norm(difference).square()
            into[y : y + high, x : x + across] += difference.mul_(2 / count)
        self.value = total / count

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the gradient; temporarily the feature, its target, two differences and a block of the search."""
        return channels * positions, 4 * channels * positions + 3 * BLOCK + positions * 6


@torch.no_grad()
def nearest(found: Tensor, target: Tensor, stride: int) -> Tensor:
    """Return, for each patch of a feature, the position of the upper left corner of the target's most similar patch.

    The search takes blocks of the target's patches, each a convolution of the whole feature. A patch of zeros is
    similar to none.
    """
    channels, height, width = target.shape[1:]
    down, across = (torch.arange(0, side - SIDE + 1, stride, device=target.device) for side in (height, width))
    corners = (down[:, None] * width + across).flatten()
    inside = torch.arange(SIDE, device=target.device)
    shifts = (inside[:, None] * width + inside).flatten()
    count = (found.shape[2] - SIDE + 1) * (found.shape[3] - SIDE + 1)
    best, found_at = found.new_full((count,), -torch.inf), torch.zeros(count, dtype=torch.int64, device=found.device)
    for block in torch.split(corners, max(1, BLOCK // max(SIDE**2 * channels, count))):
        patches = matrix(target)[block[:, None] + shifts]
        lengths = torch.linalg.vector_norm(patches, dim=(1, 2), keepdim=True)
        kernels = (patches / torch.where(lengths > 0, lengths, 1)).transpose(1, 2)
        similar, place = F.conv2d(found, kernels.reshape(-1, channels, SIDE, SIDE))[0].flatten(1).max(0)
        found_at = torch.where(similar > best, block[place], found_at)
        best = torch.maximum(best, similar)
    return found_at
