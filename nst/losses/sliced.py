"""The sliced Wasserstein loss of Heitz, Vanhoey, Chambon and Belcour (2021)."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.objective.sampling import check_seed, gaussian
from nst.objective.sorted_rows import SortedLoss
from nst.objective.strips import wide


@dataclass(frozen=True)
class Settings:
    """`directions`: their number, 0 for one per channel; drawn from `seed`; anew at each evaluation if `resample`."""

    directions: int = 0
    seed: int = 0
    resample: bool = False

    def __post_init__(self) -> None:
        if self.directions < 0:
            raise ValueError(f"directions={self.directions}: must be 1 or more, or 0 for as many as channels")
        check_seed(self.seed)


class Loss(SortedLoss):
    """Mean squared difference of the feature's and the style's sorted projections onto random unit directions.

    Fixed directions are orthonormal, as far as possible, so that they cover all of a feature: if F is the style moved
    by d, as many directions as channels give |d|^2 / C exactly. The paper draws independent ones anew at each
    evaluation, as `resample` does: they give that on average, but no optimizer may compare two such losses.
    """

    version = 1
    Settings = Settings
    _fixed: Tensor | None = None

    def directions(self, feature: Tensor) -> Tensor:
        """Return the unit directions (count, C) of this evaluation, on the feature's device, in at least float32."""
        channels, dtype = feature.shape[1], wide(feature)
        count = self.settings.directions or channels
        if self.settings.resample:
            drawn = gaussian((count, channels), self.settings.seed, self.number(feature.device))
            return F.normalize(drawn, dim=1).to(dtype)
        if self._fixed is None or self._fixed.dtype != dtype:
            self._fixed = orthonormal(count, channels, self.settings.seed).to(dtype).to(feature.device)
        return self._fixed

    def is_fixed(self) -> bool:
        return not self.settings.resample

    @classmethod
    def rows_of(cls, channels: int, settings: Any) -> int:
        return int(settings.directions) or channels


def orthonormal(count: int, channels: int, seed: int) -> Tensor:
    """Return unit directions (count, channels), float64: random orthonormal bases, the last one truncated."""
    generator = torch.Generator().manual_seed(seed)
    bases = -(-count // channels)
    drawn = torch.randn(bases, channels, channels, generator=generator, dtype=torch.float64)
    found: Tensor = torch.linalg.qr(drawn).Q
    return found.transpose(1, 2).reshape(-1, channels)[:count].contiguous()
