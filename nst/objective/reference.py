"""The readable objective: features, losses, autograd. The oracle of every faster one."""

from collections.abc import Sequence

import torch
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.evaluation import Evaluation
from nst.objective.terms import BoundTerm


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
