"""CFSD: the divergence of two pictures' self-similarities, in blocks of rows (Chung et al. 2024, StyleID)."""

import math

import torch
from PIL.Image import Image, Resampling
from torch import Tensor

from nst.metrics.ruler import activations
from nst.objective.strips import matrix
from nst.pictures.tensors import to_tensor

LAYER, NUMBER = "relu_5", 5
"""relu3_1."""
PIXELS = 2**18
"""Pixels of 512 x 512; time grows with their square, so that larger pictures are reduced to as many."""
BLOCK = 2**23
"""Similarities that are held at a time."""


def cfsd(image: Image, content: Image) -> float | None:
    """Return the divergence of pictures of one shape; None if a side is below 4 pixels."""
    ours, theirs = (_feature(_reduced(each)) for each in (image, content))
    return None if ours is None or theirs is None else divergence(matrix(ours), matrix(theirs))


def divergence(ours: Tensor, theirs: Tensor) -> float:
    """Return the mean over rows of KL(S' | S) of features (N, C), with S = softmax(F F^T / C), row by row.

    Rows are taken in blocks, so that no N x N matrix exists.
    """
    count, channels = ours.shape
    total = 0.0
    for rows in torch.split(torch.arange(count), max(1, BLOCK // count)):
        found, wanted = ((each[rows] @ each.T / channels).log_softmax(dim=1) for each in (ours, theirs))
        total += float((wanted.exp() * (wanted - found)).sum(dtype=torch.float64))
    return max(0.0, total / count)


def _reduced(image: Image) -> Image:
    scale = math.sqrt(PIXELS / (image.width * image.height))
    if scale >= 1:
        return image
    width, height = (max(4, int(side * scale)) for side in image.size)
    return image.resize((width, height), Resampling.LANCZOS)


def _feature(image: Image) -> Tensor | None:
    return dict(activations(to_tensor(image), NUMBER)).get(LAYER)
