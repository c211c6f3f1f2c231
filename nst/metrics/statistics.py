"""Distances to the style by means and second moments of features: pictures may differ in shape."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from nst.metrics.features import cosine
from nst.objective.layer_losses import Statistic, statistic

GRAM_LAYERS = tuple(f"conv_{number}" for number in range(1, 6))
COSINE_LAYERS = ("relu_3", "relu_5", "relu_9", "relu_13")
"""relu2_1 to relu5_1."""
FRECHET_LAYER = "relu_5"
"""relu3_1: 256 channels, and at 512 px 64 times as many positions."""
LAYERS = frozenset({*GRAM_LAYERS, *COSINE_LAYERS, FRECHET_LAYER})
DEEPEST = 13

Statistics = Mapping[str, Statistic]


def statistics(features: Iterable[tuple[str, Tensor]]) -> Statistics:
    """Return the statistics of the features that count, by layer."""
    return {layer: statistic(feature) for layer, feature in features if layer in LAYERS}


def compared(ours: Statistics, theirs: Statistics) -> dict[str, float | None]:
    """Return the measures; None for those whose layers a small picture does not have."""
    both = ours.keys() & theirs.keys()
    return {
        "vgg_gram_distance_style": _gram_distance(ours, theirs) if both.issuperset(GRAM_LAYERS) else None,
        "global_effects_grams": _gram_cosine(ours, theirs) if both.issuperset(COSINE_LAYERS) else None,
        "vgg_frechet_style": frechet(ours[FRECHET_LAYER], theirs[FRECHET_LAYER]) if FRECHET_LAYER in both else None,
    }


def _gram_distance(ours: Statistics, theirs: Statistics) -> float:
    """Return the sum over layers of mean squared differences of Gram matrices, second moments over C."""
    grams = ((ours[layer].moment - theirs[layer].moment) / len(ours[layer].mean) for layer in GRAM_LAYERS)
    return sum(float(difference.square().mean()) for difference in grams)


def _gram_cosine(ours: Statistics, theirs: Statistics) -> float | None:
    """Return the mean over layers of the cosine of Gram matrices."""
    cosines = [cosine(ours[layer].moment, theirs[layer].moment) for layer in COSINE_LAYERS]
    known = [one for one in cosines if one is not None]
    return sum(known) / len(known) if len(known) == len(cosines) else None


def frechet(one: Statistic, other: Statistic) -> float:
    """Return the squared Fréchet distance of the Gaussians with two means and covariances, in float64.

    |m - m'|^2 + tr(S + S' - 2 (S S')^(1/2)), where the last trace is that of (R S R)^(1/2) with R the root of S'.
    """
    ours, theirs = _covariance(one), _covariance(other)
    values, vectors = torch.linalg.eigh(theirs)
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    shared = torch.linalg.eigvalsh(root @ ours @ root).clamp(min=0).sqrt().sum()
    moved = (one.mean.double() - other.mean.double()).square().sum()
    return float((moved + ours.trace() + theirs.trace() - 2 * shared).clamp(min=0))


def _covariance(found: Statistic) -> Tensor:
    mean = found.mean.double()
    covariance: Tensor = found.moment.double() - torch.outer(mean, mean)
    return covariance
