"""Pool a strip of a convolution's output, and propagate a gradient back through the pooling and the ReLU before it."""

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks.base.network import POOLINGS

aten = torch.ops.aten


def pool(kind: str, rows: Tensor) -> Tensor:
    """Pool a strip; max pooling may run before the ReLU, which is less work; other kinds only after it."""
    return POOLINGS[kind](rows if kind == "max" else F.relu(rows), 2)


def unpool(kind: str, gradient: Tensor, rows: Tensor) -> Tensor:
    """Return the gradient w.r.t. the rectified strip, given that of its pooling; `rows`: the strip before the ReLU."""
    if kind == "l2":
        return _unpool_l2(gradient, F.relu(rows))
    found: Tensor
    if kind == "avg":
        found = aten.avg_pool2d_backward(gradient, rows, [2, 2], [2, 2], [0, 0], False, True, None)
    else:  # the first of equal maxima gets it; on a CPU finding it again is faster than storing it
        places = aten.max_pool2d_with_indices(rows, [2, 2])[1]
        found = aten.max_pool2d_with_indices_backward(gradient, rows, [2, 2], [2, 2], [0, 0], [1, 1], False, places)
    return found


def _unpool_l2(gradient: Tensor, rectified: Tensor) -> Tensor:
    """Turn `rectified`, x, into gradient x / y, with y its pooling; 0 if y = 0 and in an odd last row or column."""
    pooled = POOLINGS["l2"](rectified, 2)
    ratio = torch.where(pooled > 0, gradient / pooled, 0).to(rectified.dtype)
    spread = ratio.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    height, width = spread.shape[2:]
    rectified[:, :, :height, :width] *= spread
    rectified[:, :, height:] = 0
    rectified[:, :, :, width:] = 0
    return rectified
