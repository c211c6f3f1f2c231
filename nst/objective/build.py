"""Build the objective of a spec and its pictures; network and targets are shared by the runs of a process."""

from collections.abc import Mapping

import torch
from PIL.Image import Image

from nst.networks.base.network import network
from nst.objective.objective import Objective
from nst.objective.reference import Reference
from nst.objective.targets import ChainTargets, PlainTargets
from nst.objective.terms import bind
from nst.spec.records import NetworkRef, Spec

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp64": torch.float64}


def build_objective(
    spec: Spec, precision: str, pictures: Mapping[str, Image], shape: tuple[int, int]
) -> Objective | Reference:
    """Return the objective of a spec in one precision, for pictures of `shape` (height, width).

    `pictures`: resized, by their names in `spec.pictures`. It is the hand-written chain, or on Apple's GPUs autograd.
    """
    if spec.runtime.device == "mps":
        found = network(spec.network.name, spec.network.weights, DTYPES[precision], "mps")
        terms = bind(spec.terms, pictures, PlainTargets(found, spec.network.pooling))
        return Reference(terms, found, spec.network.pooling)
    source = targets(spec.network, precision, spec.runtime.device, spec.runtime.deterministic)
    return Objective(bind(spec.terms, pictures, source), source.network, shape, spec.network.pooling)


def targets(ref: NetworkRef, precision: str, device: str, deterministic: bool = False) -> ChainTargets:
    """Return the source of targets of a network in one precision on a device."""
    found = network(ref.name, ref.weights, DTYPES[precision], device)
    return ChainTargets(found, ref.pooling, (ref.name, ref.weights, found.dtype, device, deterministic))
