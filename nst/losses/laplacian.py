"""The Laplacian loss of Li, Xu, Nie and Chua (2017): the edges of the content, computed on the pixels."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from nst.objective.layer_losses import PictureLoss


@dataclass(frozen=True)
class Settings:
    """`pooling`: side of the cells that are averaged first, in pixels; the paper uses 4 and 16."""

    pooling: int = 4

    def __post_init__(self) -> None:
        if self.pooling < 1:
            raise ValueError(f"pooling={self.pooling}: must be 1 or more")


class Loss(PictureLoss):
    """Mean squared difference of the Laplacians of two pictures, averaged over cells first, per colour channel."""

    version = 1
    compares = True
    same_shape = True
    Settings = Settings

    @classmethod
    def least_side(cls, settings: Any) -> int:
        return 2 * int(settings.pooling) + 1

    def distance(self, picture: Tensor) -> Tensor:
        return (self._laplacian(picture) - self.edges).square().mean()

    @cached_property
    def edges(self) -> Tensor:
        return self._laplacian(self.target)

    def _laplacian(self, picture: Tensor) -> Tensor:
        return laplacian(F.avg_pool2d(picture, self.settings.pooling, ceil_mode=True))


def laplacian(picture: Tensor) -> Tensor:
    """Return 4 times each inner pixel minus its four neighbours, (1, 3, H - 2, W - 2)."""
    inner = picture[..., 1:-1, 1:-1]
    across = picture[..., 1:-1, :-2] + picture[..., 1:-1, 2:]
    return 4 * inner - across - picture[..., :-2, 1:-1] - picture[..., 2:, 1:-1]
