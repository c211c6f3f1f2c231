"""Enlarge what one scale passes to the next: the picture, and Adam's moments.

As in crowsonkb/style-transfer-pytorch: pictures and first moments bicubic, second moments bilinear and never negative.
"""

import torch
from torch import Tensor
from torch.nn.functional import interpolate


def enlarged_picture(picture: Tensor, shape: torch.Size | tuple[int, int]) -> Tensor:
    """Return a picture (1, 3, h, w) at another (H, W), bicubic, clamped to [0, 1]: bicubic overshoots at edges."""
    return enlarged_mean(picture, shape).clamp_(0, 1)


def enlarged_mean(mean: Tensor, shape: torch.Size | tuple[int, int]) -> Tensor:
    """Return a mean of gradients (1, 3, h, w) at another (H, W), bicubic."""
    return interpolate(mean, shape, mode="bicubic", align_corners=False, antialias=False)


def enlarged_square(square: Tensor, shape: torch.Size | tuple[int, int]) -> Tensor:
    """Return a mean of squared gradients (1, 3, h, w) at another (H, W), bilinear, 0 or more."""
    return interpolate(square, shape, mode="bilinear", align_corners=False).relu_()
