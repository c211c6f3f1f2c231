"""The relaxed earth mover's distance of Kolkin, Salavon and Shakhnarovich (2019, STROTSS), of one layer's features."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from nst.objective.sampling import Sample, SampledLoss, inverse_lengths

BLOCK = 2**22
"""Similarities held at a time."""


@dataclass(frozen=True)
class Settings(Sample):
    """Like `Sample`, with a higher limit on `samples`, because positions are searched in blocks."""

    most: ClassVar[int] = 2**16


class Loss(SampledLoss):
    """The larger of two mean cosine distances at sampled positions: to the nearest style row, and from each of those.

    With x and y the rows of feature and style, normalised to length 1: max(mean_i min_j (1 - x_i y_j), mean_j min_i (1
    - x_i y_j)). A row of zeros has distance 1 from all others. The paper joins the rows of all layers and samples anew
    at each evaluation, as `resample` does; here each layer is compared by itself.
    """

    version = 1
    Settings = Settings

    def between(self, found: Tensor, target: Tensor) -> Tensor:
        ours, theirs = (rows * inverse_lengths(rows) for rows in (found, target))
        there, here = nearest(ours.detach(), theirs)
        to, back = 1 - (ours * theirs[there]).sum(1).mean(), 1 - (ours[here] * theirs).sum(1).mean()
        return torch.where(to >= back, to, back)

    @torch.no_grad()
    def evaluate(self, found: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss of rows (n, C) against (m, C), and its gradient (n, C), with both matchings held constant."""
        scale = inverse_lengths(found)
        ours, theirs = found * scale, target * inverse_lengths(target)
        there, here = nearest(ours, theirs)
        matched = theirs[there]
        to, back = 1 - (ours * matched).sum(1).mean(), 1 - (ours[here] * theirs).sum(1).mean()
        is_to = (to >= back).to(found.dtype)
        upstream = matched.mul_(-is_to / len(ours)).index_add_(0, here, theirs * ((is_to - 1) / len(theirs)))
        along = (upstream * ours).sum(1, keepdim=True)
        return torch.maximum(to, back), (upstream - ours * along) * scale

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the gradient w.r.t. the rows; temporarily rows of both features and a block of the search."""
        count = min(settings.samples, positions)
        return count * channels, 8 * count * channels + 3 * max(BLOCK, count)


@torch.no_grad()
def nearest(found: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return the most similar row of `target` (m, C) for each of `found` (n, C), and the reverse; in blocks."""
    here = torch.zeros(len(target), dtype=torch.int64, device=found.device)
    best, there, start = found.new_full((len(target),), -torch.inf), [], 0
    for block in torch.split(found, max(1, BLOCK // len(target))):
        similar = block @ target.t()
        there.append(similar.argmax(1))
        value, place = similar.max(0)
        here = torch.where(value > best, place + start, here)
        best = torch.maximum(best, value)
        start += len(block)
    return torch.cat(there), here
