"""From a spec and its pictures to the objective, with network and targets shared by the runs of a process."""

import torch
from PIL.Image import Image

from nst.networks.base.network import Vgg19, vgg19
from nst.objective.objective import Objective
from nst.objective.reference import Reference
from nst.objective.targets import Targets, content_targets, style_targets
from nst.pictures.tensors import picture_hash, to_tensor
from nst.spec.signature import Spec

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp64": torch.float64}


def prepare_objective(
    spec: Spec, precision: str, content: Image | None, style: Image | None, shape: tuple[int, int]
) -> Objective | Reference:
    """The objective of a spec in one precision, for pictures of `shape` (height, width).

    `content`, `style`: the pictures as they enter, None where the spec has no such loss. The hand-written chain, except
    on Apple's GPUs, where autograd does it.
    """
    network = vgg19(spec.weights, DTYPES[precision], spec.device)
    if spec.device == "mps":
        sides = (None if side is None else to_tensor(side).to(spec.device) for side in (content, style))
        return Reference(spec, network, *sides)
    return Objective(spec, network, targets(spec, network, content, style), shape)


def targets(spec: Spec, network: Vgg19, content: Image | None, style: Image | None) -> Targets:
    """The spec's targets, remembered by picture, network, layer and pooling."""
    features, grams = {}, {}
    if content is not None and spec.content_layers:
        features = content_targets(
            network, on(network, content), spec.content_layers, spec.pooling, key(spec, network, content)
        )
    if style is not None and spec.style_layers:
        grams = style_targets(network, on(network, style), spec.style_layers, spec.pooling, key(spec, network, style))
    return Targets(features, grams)


def on(network: Vgg19, image: Image) -> torch.Tensor:
    """A picture (1, 3, H, W) in the network's place and type of pictures."""
    return to_tensor(image).to(network.mean)


def key(spec: Spec, network: Vgg19, image: Image) -> tuple[object, ...]:
    """What targets depend on besides layer and pooling."""
    return (picture_hash(image), spec.weights, network.dtype, spec.device, spec.deterministic)
