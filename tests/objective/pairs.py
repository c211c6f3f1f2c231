"""The chain and its twin for the terms of a spec on tensors as pictures."""

import torch
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.objective import Objective
from nst.objective.reference import Reference, bind
from nst.objective.targets import ChainTargets, PlainTargets
from nst.spec.records import Spec


def picture(seed: int, height: int = 8, width: int = 12, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64).to(dtype)


def reference(spec: Spec, network: Network, content: Tensor | None, style: Tensor | None) -> Reference:
    """The oracle for a pair of pictures."""
    pooling = spec.network.pooling
    return Reference(bind(spec.terms, _named(content, style), PlainTargets(network, pooling)), network, pooling)


def both(spec: Spec, network: Network, content: Tensor, style: Tensor) -> tuple[Objective, Reference]:
    """The chain and the oracle for a pair of pictures, in the network's type."""
    kind = network.mean.dtype
    content, style, pooling = content.to(kind), style.to(kind), spec.network.pooling
    terms = bind(spec.terms, _named(content, style), ChainTargets(network, pooling))
    shape = (content.shape[2], content.shape[3])
    return Objective(terms, network, shape, pooling), reference(spec, network, content, style)


def _named(content: Tensor | None, style: Tensor | None) -> dict[str, Tensor]:
    return {name: side for name, side in (("content", content), ("style", style)) if side is not None}
