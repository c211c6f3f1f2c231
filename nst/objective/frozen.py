"""Freeze pixels: an objective whose gradient is 0 where a mask is white."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst.objective.reference import Evaluation

if TYPE_CHECKING:
    from nst.objective.objective import Objective
    from nst.objective.reference import Reference


def frozen_part(mask: Image, like: Tensor) -> Tensor:
    """Return a mask (mode L) as numbers from 0 to 1, (1, 1, H, W), with the type and device of `like`."""
    return torch.from_numpy(np.asarray(mask) / 255).to(like.dtype).to(like.device)[None, None]


class Frozen:
    """An objective whose gradient is multiplied by 1 - `mask` (mode L, of the pictures' shape).

    Every optimizer moves a pixel by a combination of that pixel's own gradients, so a pixel whose gradient is always 0
    keeps its starting value, to the bit. A preconditioner, which combines those of neighbours, leaves it out, and so do
    the moments that Adam takes from a smaller size.
    """

    def __init__(self, objective: "Objective | Reference", mask: Image, like: Tensor) -> None:
        self.objective, self.names = objective, objective.names
        self.free = 1 - frozen_part(mask, like)

    def losses(self, picture: Tensor) -> Evaluation:
        """Return the losses of a picture; a mask does not change them."""
        return self.objective.losses(picture)

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the masked gradient of their total, valid until the next call."""
        losses, gradient = self.objective.loss_and_gradient(picture)
        return losses, gradient.mul_(self.free)
