"""Distances to the content by features, position by position: both pictures have the same shape."""

import torch
import torch.nn.functional as F
from torch import Tensor

DISTANCE = "conv_10"
FIDELITY = ("relu_9", "relu_13")
"""relu4_1 and relu5_1."""
PERCEPTUAL = ("relu_2", "relu_4", "relu_8", "relu_12", "relu_16")
"""The last ReLU of each block."""


def cosine(one: Tensor, other: Tensor) -> float | None:
    """Return the cosine of two tensors as long vectors, summed in float64; None if one of them is zero."""
    product, ours, theirs = (
        float((a * b).sum(dtype=torch.float64)) for a, b in ((one, other), (one, one), (other, other))
    )
    return product / (ours * theirs) ** 0.5 if ours > 0 and theirs > 0 else None


def perceptual(one: Tensor, other: Tensor) -> float:
    """Return the mean over positions of the squared difference of features (1, C, h, w) over their lengths.

    A feature of zeros stays zeros: it is 1 away from any other, 0 from its like.
    """
    difference = F.normalize(one, dim=1) - F.normalize(other, dim=1)
    return float(difference.square().sum(dim=1).mean())


class ContentComparison:
    """Collects what the features of a picture and of the content say, layer by layer."""

    def __init__(self) -> None:
        self.distance: float | None = None
        self.cosines: list[float | None] = []
        self.perceptual: list[float] = []

    def add(self, layer: str, ours: Tensor, theirs: Tensor) -> None:
        """Compare one layer, if it counts."""
        if layer == DISTANCE:
            self.distance = float((ours - theirs).square().mean())
        if layer in FIDELITY:
            self.cosines.append(cosine(ours, theirs))
        if layer in PERCEPTUAL:
            self.perceptual.append(perceptual(ours, theirs))

    def values(self) -> dict[str, float | None]:
        """Return the measures; None for those whose layers a small picture does not have."""
        cosines = [one for one in self.cosines if one is not None]
        is_deep, is_deepest = len(cosines) == len(FIDELITY), len(self.perceptual) == len(PERCEPTUAL)
        return {
            "content_fidelity": sum(cosines) / len(cosines) if is_deep else None,
            "vgg_perceptual_content": sum(self.perceptual) if is_deepest else None,
            "vgg_feature_distance_content": self.distance,
        }
