"""Third moments: how lopsided the values of a picture's channels are, compared with another picture's."""

import torch
from PIL.Image import Image
from torch import Tensor

from nst.metrics.ruler import activations
from nst.pictures.tensors import to_tensor

LAYER = "relu_9"
"""relu4_1, which style losses of conv_1 to conv_5 do not see."""
DEEPEST = 9


@torch.no_grad()
def feature_distance(one: Image, other: Image) -> float | None:
    """Return the root mean square difference of third moments at `LAYER`; None for a picture too small for it."""
    ours, theirs = (dict(activations(to_tensor(image), DEEPEST)).get(LAYER) for image in (one, other))
    return None if ours is None or theirs is None else _distance(_rows(ours), _rows(theirs))


def pixel_distance(one: Image, other: Image) -> float:
    """Return the root mean square difference, in levels, of third moments of R, G and B."""
    return 255 * _distance(*(_rows(to_tensor(image)) for image in (one, other)))


def third_moments(rows: Tensor) -> Tensor:
    """Return the cube root, with its sign, of each column's third central moment, in float64; rows are values (N, C).

    The root has the unit of the values, and unlike skewness it is finite for a column of one value.
    """
    values = rows.double()
    moments = (values - values.mean(0)).pow(3).mean(0)
    roots: Tensor = moments.sign() * moments.abs().pow(1 / 3)
    return roots


def _distance(ours: Tensor, theirs: Tensor) -> float:
    return float((third_moments(ours) - third_moments(theirs)).square().mean().sqrt())


def _rows(values: Tensor) -> Tensor:
    return values[0].flatten(1).T
