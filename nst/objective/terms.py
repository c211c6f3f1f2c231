"""Bind the terms of a spec to their target pictures: for each layer a loss with its target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nst import losses
from nst.objective.layer_losses import LayerLoss, PictureLoss, Statistic, StatisticLoss
from nst.objective.targets import ChainTargets, Picture, PlainTargets
from nst.spec.records import Term, target_names


@dataclass(frozen=True)
class LayerPart:
    """A loss at one layer; its term is the sum of `share` times the loss over all parts."""

    layer: str
    loss: LayerLoss
    share: float


@dataclass(frozen=True)
class BoundTerm:
    """A weighted term of the objective: parts at layers, or a loss of the picture itself."""

    name: str
    weight: float
    parts: tuple[LayerPart, ...] = ()
    picture: PictureLoss | None = None


Targets = ChainTargets | PlainTargets


def bind(terms: Sequence[Term], pictures: Mapping[str, Picture], targets: Targets) -> tuple[BoundTerm, ...]:
    """Return the terms with their losses made; `pictures` by the names that `target_names` gives."""
    return tuple(_bind(term, pictures, targets) for term in terms)


def _bind(term: Term, pictures: Mapping[str, Picture], targets: Targets) -> BoundTerm:
    kind: Any = losses.find(term.loss)
    settings = kind.Settings(**dict(term.settings)) if kind.Settings else None
    if issubclass(kind, PictureLoss):
        return BoundTerm(term.name, term.weight, picture=kind(term.weight, settings))
    images = [pictures[name] for name in target_names(term)]
    shares = [target.weight for target in term.targets]
    read: Any = targets.statistics if issubclass(kind, StatisticLoss) else targets.features
    found = [read(image, term.layers) for image in images]
    mixes = issubclass(kind, StatisticLoss) and kind.mixes and len(images) > 1
    parts = []
    for layer, layer_weight in zip(term.layers, term.layer_weights, strict=True):
        here = [(by_layer[layer], share) for by_layer, share in zip(found, shares, strict=True)]
        for target, share in [(_mixed(here), 1.0)] if mixes else here:
            weight = layer_weight * share
            parts.append(LayerPart(layer, kind(target, term.weight * weight, settings=settings), weight))
    return BoundTerm(term.name, term.weight, tuple(parts))


def _mixed(targets: Sequence[tuple[Statistic, float]]) -> Statistic:
    """Return the weighted mean of statistics."""
    means = sum((share * statistic.mean for statistic, share in targets[1:]), targets[0][1] * targets[0][0].mean)
    moments = sum((share * statistic.moment for statistic, share in targets[1:]), targets[0][1] * targets[0][0].moment)
    return Statistic(means, moments)
