"""The content loss of Kolkin, Salavon and Shakhnarovich (2019, STROTSS): similarities between positions."""

from torch import Tensor

from nst.objective.sampling import SampledLoss, inverse_lengths

EPSILON = 1e-4
"""Added to each sum of distances before dividing by it: without it a flat picture would give 0 / 0."""


class Loss(SampledLoss):
    """Mean absolute difference of two matrices: distances between sampled positions, divided by their sums.

    D_ij = 1 - x_i x_j with rows x normalised to length 1, each column divided by its sum, once for the feature and once
    for the content's. Neither colours nor contrast matter, only which positions resemble each other.
    """

    version = 1
    same_shape = True

    def between(self, found: Tensor, target: Tensor) -> Tensor:
        return (shares(found) - shares(target)).abs().mean()


def shares(rows: Tensor) -> Tensor:
    """Return the cosine distances between rows (n, C), as (n, n), divided by the column sums."""
    directions = rows * inverse_lengths(rows)
    distances = 1 - directions @ directions.t()
    return distances / (distances.sum(0, keepdim=True) + EPSILON)
