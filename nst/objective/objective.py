"""`loss_and_gradient(picture)` on the fast chain, the twin of `nst.objective.reference`; `build_objective` chooses."""

from collections.abc import Mapping, Sequence

import torch
from PIL.Image import Image
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.chain.gpu import make_chain
from nst.objective.frozen import Frozen
from nst.objective.layer_losses import LayerLoss
from nst.objective.network_of import network_of
from nst.objective.reference import BoundTerm, Evaluation, Reference, bind, shared_counter
from nst.objective.targets import ChainTargets, PlainTargets
from nst.spec.masks import FREEZE
from nst.spec.records import NetworkRef, Spec

DTYPES = {
    "fp32": torch.float32,
    "fp32_winograd": torch.float32,
    "bf16": torch.bfloat16,
    "fp64": torch.float64,
}


class Objective:
    """The weighted sum of terms, for pictures of one shape (height, width); `names` are those of the terms."""

    def __init__(
        self, terms: Sequence[BoundTerm], network: Network, shape: tuple[int, int], pooling: str = "max"
    ) -> None:
        self.terms, self.names = terms, tuple(term.name for term in terms)
        self.network = network
        by_layer: dict[str, list[LayerLoss]] = {}
        for part in (part for term in terms for part in term.parts):
            by_layer.setdefault(part.layer, []).append(part.loss)
        self.chain = make_chain(network, shape, by_layer, pooling)
        rows = {part.loss: self._row(number, part.share) for number, t in enumerate(terms) for part in t.parts}
        self.mixing = network.mean.new_tensor([rows[loss] for layer in self.chain.layers for loss in layer.losses])
        """Factors of each layer loss in each term and in the total: (losses, T + 1), in the order of the chain."""
        self.evaluation = shared_counter(terms, network.mean.device)
        constants = [term.constant for term in terms]
        total = sum(term.weight * term.constant for term in terms)
        self.constants = network.mean.new_tensor([*constants, total]) if any(constants) else None

    def _row(self, number: int, share: float) -> list[float]:
        shares = [share if each == number else 0.0 for each in range(len(self.terms))]
        return [*shares, self.terms[number].weight * share]

    def losses(self, picture: Tensor) -> Evaluation:
        """Return the losses of a picture (1, 3, H, W), RGB in [0, 1]."""
        return self._sum(picture, self.chain.losses(picture))

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture, and the gradient of their total, (1, 3, H, W), valid until the next call."""
        self.evaluation += 1
        values, gradient = self.chain.loss_and_gradient(picture)
        for term in self.terms:
            if term.picture is not None:
                term.picture.backward(gradient, picture)
        return self._sum(picture, values), gradient

    def _sum(self, picture: Tensor, values: dict[LayerLoss, Tensor]) -> Evaluation:
        """Return terms and total, from the layer losses and those of the picture itself."""
        if values:
            mixed = torch.stack([value.to(self.mixing.dtype) for value in values.values()]) @ self.mixing
        else:
            mixed = picture.new_zeros(len(self.terms) + 1)
        if self.constants is not None:
            mixed += self.constants
        for number, term in enumerate(self.terms):
            if term.picture is not None:
                loss = term.picture.distance(picture)
                mixed[number] = loss
                mixed[-1] += term.weight * loss
        return Evaluation(mixed[:-1], mixed[-1])


def build_objective(
    spec: Spec, precision: str, pictures: Mapping[str, Image], shape: tuple[int, int]
) -> Objective | Reference | Frozen:
    """Return the objective of a spec in one precision, for pictures of `shape` (height, width).

    `pictures`: resized pictures and masks, keyed by their names in the spec. The objective is the hand-written chain
    or, on Apple GPUs, autograd.
    """
    found = _unfrozen(spec, precision, pictures, shape)
    return found if spec.freeze is None else Frozen(found, pictures[FREEZE], found.network.mean)


def _unfrozen(
    spec: Spec, precision: str, pictures: Mapping[str, Image], shape: tuple[int, int]
) -> Objective | Reference:
    if spec.runtime.device == "mps":
        found = network_of(spec.network, DTYPES[precision], "mps")
        terms = bind(spec.terms, pictures, PlainTargets(found, spec.network.pooling))
        return Reference(terms, found, spec.network.pooling)
    source = targets(spec.network, precision, spec.runtime.device, spec.runtime.deterministic)
    return Objective(bind(spec.terms, pictures, source), source.network, shape, spec.network.pooling)


def targets(ref: NetworkRef, precision: str, device: str, deterministic: bool = False) -> ChainTargets:
    """Return the source of targets of a network in one precision on a device."""
    found = network_of(ref, DTYPES[precision], device)
    if precision == "fp32_winograd":
        found = found.with_winograd()
    return ChainTargets(found, ref.pooling, (ref, precision, device, deterministic))
