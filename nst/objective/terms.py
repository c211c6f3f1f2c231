"""Bind the terms of a spec to their target pictures: for each layer a loss with its target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PIL.Image import Image
from torch import Tensor

from nst import losses
from nst.objective.layer_losses import LayerLoss, PictureLoss, Statistic, StatisticLoss
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


Picture = Image | Tensor
"""An image, or a tensor (1, 3, H, W), RGB in [0, 1]."""


class Targets(Protocol):
    """Computes the targets of losses, by layer."""

    def features(self, picture: Picture, layers: Sequence[str]) -> Mapping[str, Tensor]:
        """Return the features (1, C, h, w) of a picture."""
        ...

    def statistics(self, picture: Picture, layers: Sequence[str]) -> Mapping[str, Statistic]:
        """Return the statistics of a picture's features."""
        ...


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
    parts = []
    for layer, layer_weight, found in _targets(kind, term, images, shares, targets):
        for target, share in found:
            weight = layer_weight if share == 1 else layer_weight * share
            parts.append(LayerPart(layer, kind(target, term.weight * weight, settings=settings), weight))
    return BoundTerm(term.name, term.weight, tuple(parts))


def _targets(
    kind: type[LayerLoss], term: Term, images: Sequence[Picture], shares: Sequence[float], targets: Targets
) -> list[tuple[str, float, list[tuple[Any, float]]]]:
    """Return each layer with its weight, and the targets there with their shares."""
    read = targets.statistics if issubclass(kind, StatisticLoss) else targets.features
    found = [read(image, term.layers) for image in images]
    mixes = issubclass(kind, StatisticLoss) and kind.mixes and len(images) > 1
    rows = []
    for layer, weight in zip(term.layers, term.layer_weights, strict=True):
        here: list[tuple[Any, float]] = [
            (by_layer[layer], share) for by_layer, share in zip(found, shares, strict=True)
        ]
        rows.append((layer, weight, [(_mixed(here), 1.0)] if mixes else here))
    return rows


def _mixed(targets: Sequence[tuple[Statistic, float]]) -> Statistic:
    """Return the weighted mean of statistics."""
    means = sum((share * statistic.mean for statistic, share in targets[1:]), targets[0][1] * targets[0][0].mean)
    moments = sum((share * statistic.moment for statistic, share in targets[1:]), targets[0][1] * targets[0][0].moment)
    return Statistic(means, moments)
