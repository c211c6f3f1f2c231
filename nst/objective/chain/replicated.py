"""The first convolution of a picture whose edge pixels are repeated beyond its border (`padding=replicate`)."""

import torch.nn.functional as F
from torch import Tensor

from nst.objective.strips import Padded


class Replicated(Padded):
    """A picture in channels_last with its edge pixels repeated all around, rows and columns."""

    padding = (0, 0)

    def __init__(self, storage: Tensor, picture: Tensor) -> None:
        _, channels, height, width = picture.shape
        self.whole = storage.view(1, height + 2, width + 2, channels).permute(0, 3, 1, 2)
        self.whole.copy_(F.pad(picture, (1, 1, 1, 1), mode="replicate"))


def replicated_adjoint(kernel: Tensor, above: Padded, strips: tuple[slice, ...], gradient: Tensor) -> None:
    """Write the gradient w.r.t. the picture, given `above`, that w.r.t. the first convolution's output.

    `kernel`: as `Network.adjoint` returns it. The gradient of each repeated pixel is added to that of the edge pixel it
    was copied from, first for columns, then for rows.
    """
    for strip in strips:
        gradient[:, :, strip] = _fold_columns(F.conv2d(above.with_neighbours(strip), kernel, padding=(0, 2)))
    first, last = above.whole[:, :, 1:2], above.whole[:, :, -2:-1]
    gradient[:, :, :1] += _fold_columns(F.conv2d(first, kernel[:, :, 2:], padding=(0, 2)))
    gradient[:, :, -1:] += _fold_columns(F.conv2d(last, kernel[:, :, :1], padding=(0, 2)))


def _fold_columns(gradient: Tensor) -> Tensor:
    inner = gradient[:, :, :, 1:-1]
    inner[..., :1] += gradient[..., :1]
    inner[..., -1:] += gradient[..., -1:]
    return inner
