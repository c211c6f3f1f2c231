"""The central moment discrepancy of Kalischek, Wegner and Schindler (2021): moments of each channel up to the fifth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from nst.objective.strips import matrix, wide


@dataclass(frozen=True)
class Settings:
    """`moments`: the highest one; `sigmoid`: whether features are squashed to [0, 1] first, as in the paper."""

    moments: int = 5
    sigmoid: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.moments <= 10:
            raise ValueError(f"moments={self.moments}: must be from 1 to 10")


class Loss(WholeLoss):
    """Sum over k of |m_k - s_k|, with m_1 the channel means, m_k the k-th central moments, and s_k the style's.

    With u_k = (m_k - s_k) / |m_k - s_k| (0 if both are equal) and c = f - m_1, the gradient w.r.t. a number f at one of
    n positions is (u_1 + sum over k > 1 of k u_k (c^(k-1) - m_(k-1))) / n, where m_1 counts as 0; f is taken after the
    sigmoid.
    """

    version = 1
    Settings = Settings

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        ours, theirs = (central_moments([self._rows(each)], self.settings.moments) for each in (found, target))
        distances: Tensor = torch.linalg.vector_norm(ours - theirs, dim=1)
        return distances.sum()

    def _rows(self, strip: Tensor) -> Tensor:
        rows = matrix(strip).to(wide(strip))
        return rows.sigmoid() if self.settings.sigmoid else rows

    @cached_property
    def style_moments(self) -> Tensor:
        return central_moments([self._rows(self.target)], self.settings.moments)

    def finish(self, strips: list[Tensor]) -> None:
        self.moments = central_moments([self._rows(strip) for strip in strips], self.settings.moments)
        self.count = sum(strip.shape[2] * strip.shape[3] for strip in strips)
        difference = self.moments - self.style_moments
        lengths = torch.linalg.vector_norm(difference, dim=1, keepdim=True)
        self.value = lengths.sum()
        self.slopes = difference / torch.where(lengths > 0, lengths, 1)

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the polynomial in c by Horner's rule."""
        values = self._rows(rows)
        centred, highest = values - self.moments[0], self.settings.moments
        gradient = torch.zeros_like(centred)
        for k in range(highest, 1, -1):
            gradient = (gradient + k * self.slopes[k - 1]) * centred
        inner = [k * self.slopes[k - 1] * self.moments[k - 2] for k in range(3, highest + 1)]
        gradient += self.slopes[0] - sum(inner, torch.zeros_like(self.slopes[0]))
        if self.settings.sigmoid:
            gradient *= values * (1 - values)
        matrix(into).add_(gradient, alpha=self.weight / self.count)

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count the squashed feature and its powers, which are temporary."""
        return 0, 4 * channels * positions


def central_moments(parts: Sequence[Tensor], highest: int) -> Tensor:
    """Return each column's mean and central moments of orders 2 to `highest`; `parts`: blocks of rows (n, C)."""
    count = sum(len(rows) for rows in parts)
    mean = sum((rows.sum(0) for rows in parts), parts[0].new_zeros(())) / count
    sums = [parts[0].new_zeros(parts[0].shape[1])] * (highest - 1)
    for centred in (rows - mean for rows in parts):
        power = centred
        for order in range(highest - 1):
            power = power * centred
            sums[order] = sums[order] + power.sum(0)
    return torch.stack([mean, *(total / count for total in sums)])
