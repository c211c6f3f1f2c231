"""The losses of Gatys, Ecker and Bethge (2016), in the scale of the PyTorch tutorial.

Sums run in at least float32: a Gram matrix summed in half precision overflows.
"""

import torch
from torch import Tensor


def gram(feature: Tensor) -> Tensor:
    """The Gram matrix of a feature: products of channels summed over positions, divided by C x H x W.

    `feature`: (1, C, H, W). Returns (C, C) in float32, or float64 for float64. Gatys et al. 2016, equation 3, with the
    tutorial's normalisation, which makes it independent of the picture's size.
    """
    rows = _wide(feature).permute(0, 2, 3, 1).reshape(-1, feature.shape[1])
    return rows.t() @ rows / rows.numel()


def content_loss(feature: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of two features of equal shape (equation 1, mean instead of half the sum)."""
    return (_wide(feature) - target).square().mean()


def style_loss(feature: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the feature's Gram matrix from the style's, (C, C) (equation 4, tutorial's scale)."""
    return (gram(feature) - target).square().mean()


def total_variation(picture: Tensor) -> Tensor:
    """Mean squared difference of vertical neighbours plus that of horizontal ones; 2 for a 0/1 checkerboard."""
    down = picture[..., 1:, :] - picture[..., :-1, :]
    right = picture[..., :, 1:] - picture[..., :, :-1]
    return down.square().mean() + right.square().mean()


def _wide(feature: Tensor) -> Tensor:
    return feature.float() if feature.dtype == torch.bfloat16 else feature
