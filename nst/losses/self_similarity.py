"""The content loss of Kolkin, Salavon and Shakhnarovich (2019, STROTSS): which positions resemble which."""

from torch import Tensor

from nst.objective.sampling import SampledLoss, inverse_lengths

EPSILON = 1e-4
"""Added to the sum of distances that each is divided by: without it a flat picture is 0 / 0."""


class Loss(SampledLoss):
    """Mean absolute difference of two matrices: distances of sampled positions from each other, over their sums.

    D_ij = 1 - x_i x_j with rows x over their lengths, each column divided by its sum, once for the feature and once
    for the content's. Neither colours nor contrast matter, only what is alike where.
    """

    version = 1
    same_shape = True

    def between(self, found: Tensor, target: Tensor) -> Tensor:
        return (shares(found) - shares(target)).abs().mean()


def shares(rows: Tensor) -> Tensor:
    """Return the cosine distances of rows (n, C) from each other, (n, n), divided by the sums of columns."""
    directions = rows * inverse_lengths(rows)
    distances = 1 - directions @ directions.t()
    return distances / (distances.sum(0, keepdim=True) + EPSILON)
