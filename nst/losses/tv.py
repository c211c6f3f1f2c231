"""Total variation: squared differences of neighbouring pixels."""

import torch
from torch import Tensor

from nst.objective.layer_losses import PictureLoss


class Loss(PictureLoss):
    """Mean squared difference of vertical neighbours plus that of horizontal ones; 2 for a 0/1 checkerboard."""

    version = 1

    def distance(self, picture: Tensor) -> Tensor:
        """Return the sum of the two means."""
        down = picture[..., 1:, :] - picture[..., :-1, :]
        right = picture[..., :, 1:] - picture[..., :, :-1]
        return down.square().mean() + right.square().mean()

    @torch.no_grad()
    def backward(self, into: Tensor, picture: Tensor) -> None:
        """Add 2 d / n to one side of each difference d, and subtract it from the other."""
        for axis in (2, 3):
            length = picture.shape[axis] - 1
            difference = torch.diff(picture, dim=axis)
            scale = 2 * self.weight / difference.numel()
            into.narrow(axis, 1, length).add_(difference, alpha=scale)
            into.narrow(axis, 0, length).sub_(difference, alpha=scale)
