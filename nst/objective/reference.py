"""The readable objective: features, losses, autograd. The oracle of every faster one; and what an objective returns."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.terms import BoundTerm


class LossValues(NamedTuple):
    """Losses as numbers: `terms` unweighted, by name (layer weights are in them), `total` weighted."""

    terms: Mapping[str, float]
    total: float


class Evaluation(NamedTuple):
    """Losses on the run's device: `terms` (T,) unweighted, in the objective's order; `total` () weighted."""

    terms: Tensor
    total: Tensor

    def flat(self) -> Tensor:
        """Return terms and total as one vector (T + 1,)."""
        return torch.cat([self.terms, self.total[None]])

    def values(self, names: Sequence[str]) -> LossValues:
        """Return the losses as numbers; waits for the device."""
        *terms, total = self.flat().cpu().double().tolist()  # on the CPU, because MPS has no float64
        return LossValues(dict(zip(names, terms, strict=True)), total)


class Objective(Protocol):
    """An objective as the loop uses it; `names` are those of its terms."""

    names: tuple[str, ...]

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the gradient of their total, valid until the next call."""
        ...


class Reference:
    """The weighted sum of terms; pictures to evaluate must have the shape that the targets of feature losses have."""

    def __init__(self, terms: Sequence[BoundTerm], network: Network, pooling: str = "max") -> None:
        self.terms, self.network, self.pooling = terms, network, pooling
        self.names = tuple(term.name for term in terms)
        self.layers = {part.layer for term in terms for part in term.parts}

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
        return sum(values, picture.new_zeros(()))

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture, and the gradient of their total with respect to it, of its shape and type."""
        variable = picture.detach().requires_grad_(True)
        with torch.enable_grad():
            found = self.losses(variable)
            (gradient,) = torch.autograd.grad(found.total, variable)
        return Evaluation(found.terms.detach(), found.total.detach()), gradient
