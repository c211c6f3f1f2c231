"""The readable objective, against which faster ones are tested: terms bound to target pictures, features, autograd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor

from nst import losses
from nst.networks.base.network import Network
from nst.objective.layer_losses import LayerLoss, PictureLoss, Statistic, StatisticLoss
from nst.objective.targets import ChainTargets, Picture, PlainTargets, masks_at, to_network
from nst.spec.masks import term_masks
from nst.spec.records import Term, target_names


class LossValues(NamedTuple):
    """Losses as numbers: `terms` unweighted, by name (layer weights included), `total` weighted."""

    terms: Mapping[str, float]
    total: float


class Evaluation(NamedTuple):
    """Losses on the run's device: `terms` (T,) unweighted, in their order; `total` () weighted, per `unit`."""

    terms: Tensor
    total: Tensor
    unit: float = 1.0

    def flat(self) -> Tensor:
        """Return terms and total, over the unit, as one vector (T + 1,)."""
        return torch.cat([self.terms, self.total[None]])

    def values(self, names: Sequence[str]) -> LossValues:
        """Return the losses as numbers; waits for the device."""
        *terms, total = self.flat().cpu().double().tolist()  # on the CPU, because MPS has no float64
        return LossValues(dict(zip(names, terms, strict=True)), total * self.unit)


class Objective(Protocol):
    """An objective as the loop uses it; `names` are those of its terms."""

    names: tuple[str, ...]

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the gradient of their total, valid until the next call."""
        ...


@runtime_checkable
class Counting(Protocol):
    """An objective that counts its evaluations, () int64 on the device, for losses that draw new samples at each."""

    evaluation: Tensor


def count_from(objective: object, evaluations: int) -> None:
    """Set an objective's count of evaluations, so that a resumed run draws the samples it would have drawn.

    An objective that wraps another has it as its attribute `objective`.
    """
    if hasattr(objective, "objective"):
        count_from(objective.objective, evaluations)
    elif isinstance(objective, Counting):
        objective.evaluation.fill_(evaluations)


def shared_counter(terms: Sequence["BoundTerm"], device: torch.device) -> Tensor:
    """Return the counter of evaluations, initially 0, that all layer losses of the terms share."""
    counter = torch.zeros((), dtype=torch.int64, device=device)
    for part in (part for term in terms for part in term.parts):
        part.loss.evaluation = counter
    return counter


@dataclass(frozen=True)
class LayerPart:
    """A loss at one layer; its term is the sum of `share` times the loss over all parts."""

    layer: str
    loss: LayerLoss
    share: float


@dataclass(frozen=True)
class BoundTerm:
    """A weighted term of the objective: parts at layers, or a loss of the picture itself.

    `constant` is added to its loss: for mixed targets, the sum of losses minus the loss against the mixture.
    """

    name: str
    weight: float
    parts: tuple[LayerPart, ...] = ()
    picture: PictureLoss | None = None
    constant: float = 0.0


Targets = ChainTargets | PlainTargets


def bind(terms: Sequence[Term], pictures: Mapping[str, Picture], targets: Targets) -> tuple[BoundTerm, ...]:
    """Return the terms with their losses; `pictures`, masks included, are keyed by the names in `target_names`."""
    return tuple(_bind(term, pictures, targets) for term in terms)


def _bind(term: Term, pictures: Mapping[str, Picture], targets: Targets) -> BoundTerm:
    kind: Any = losses.find(term.loss)
    settings = losses.settings_record(kind, term.settings)
    if issubclass(kind, PictureLoss):
        compared = [to_network(targets.network, pictures[name]) for name in target_names(term)]
        return BoundTerm(term.name, term.weight, picture=kind(term.weight, settings, *compared))
    images = [pictures[name] for name in target_names(term)]
    shares = [target.weight for target in term.targets]
    masks = term_masks(term, pictures, targets.network.architecture)
    own = masks_at(masks.own, masks.layers, targets.network)
    if issubclass(kind, StatisticLoss):
        pairs = zip(images, masks.targets, strict=True)
        found: Any = [targets.statistics(image, masks.layers, mask) for image, mask in pairs]
    else:
        found = [targets.features(image, masks.layers) for image in images]
    mixes = issubclass(kind, StatisticLoss) and kind.mixes and len(images) > 1
    parts, constant = [], 0.0
    for layer in masks.layers:
        layer_weight = term.layer_weights[term.layers.index(layer)]
        here = [(by_layer[layer], share) for by_layer, share in zip(found, shares, strict=True)]
        for target, share in [(_mixed(here), 1.0)] if mixes else here:
            weight = layer_weight * share
            loss = kind(target, term.weight * weight, mask=own[layer], settings=settings)
            parts.append(LayerPart(layer, loss, weight))
        if mixes:
            constant += layer_weight * loss.spread(here)
    return BoundTerm(term.name, term.weight, tuple(parts), constant=constant)


def _mixed(targets: Sequence[tuple[Statistic, float]]) -> Statistic:
    """Return the weighted mean of statistics."""
    means = sum((share * statistic.mean for statistic, share in targets[1:]), targets[0][1] * targets[0][0].mean)
    moments = sum((share * statistic.moment for statistic, share in targets[1:]), targets[0][1] * targets[0][0].moment)
    return Statistic(means, moments)


class Reference:
    """The weighted sum of terms; evaluated pictures must have the shape of the targets of feature losses."""

    def __init__(self, terms: Sequence[BoundTerm], network: Network, pooling: str = "max") -> None:
        self.terms, self.network, self.pooling = terms, network, pooling
        self.names = tuple(term.name for term in terms)
        self.layers = {part.layer for term in terms for part in term.parts}
        self.evaluation = shared_counter(terms, network.mean.device)

    def losses(self, picture: Tensor) -> Evaluation:
        """Return the losses of a picture (1, 3, H, W), RGB in [0, 1]."""
        features = self.network.features(picture, self.layers, self.pooling) if self.layers else {}
        terms = [self._value(term, picture, features) for term in self.terms]
        total = sum((term.weight * value for term, value in zip(self.terms, terms, strict=True)), picture.new_zeros(()))
        return Evaluation(torch.stack(terms), total)

    def _value(self, term: BoundTerm, picture: Tensor, features: dict[str, Tensor]) -> Tensor:
        if term.picture is not None:
            return term.picture.distance(picture)
        values = (part.share * part.loss.value_of(features[part.layer]) for part in term.parts)
        found: Tensor = sum(values, picture.new_zeros(()))
        return found + term.constant if term.constant else found

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture, and the gradient of their total with respect to it, in its shape and type."""
        self.evaluation += 1
        variable = picture.detach().requires_grad_(True)
        with torch.enable_grad():
            found = self.losses(variable)
            (gradient,) = torch.autograd.grad(found.total, variable)
        return Evaluation(found.terms.detach(), found.total.detach()), gradient
