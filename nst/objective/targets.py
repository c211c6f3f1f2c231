"""Content features and style Grams: computed once in a process, and kept for the later runs that need the same."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from nst.networks.base.network import Vgg19
from nst.objective.gpu import make_chain
from nst.objective.layer_losses import LayerLoss, add_products

REMEMBERED_BYTES = 2**30
"""Targets that a process keeps for later runs; the ones used longest ago go first."""


class Targets(NamedTuple):
    """By layer: content features (1, C, h, w) in channels_last, and style Grams (C, C) in at least float32."""

    content: dict[str, Tensor]
    style: dict[str, Tensor]


class TargetCache:
    """Tensors by key, at most `limit` bytes of them."""

    def __init__(self, limit: int = REMEMBERED_BYTES) -> None:
        self.limit = limit
        self.activations: OrderedDict[Hashable, Tensor] = OrderedDict()

    def get(self, key: Hashable) -> Tensor | None:
        """What is kept under a key; it counts as used now."""
        if key in self.activations:
            self.activations.move_to_end(key)
        return self.activations.get(key)

    def keep(self, key: Hashable, tensor: Tensor) -> None:
        """Keep a tensor, at the cost of the ones used longest ago."""
        self.activations[key] = tensor
        while self.bytes > self.limit:
            self.activations.popitem(last=False)

    @property
    def bytes(self) -> int:
        """Bytes of all that is kept."""
        return sum(tensor.nbytes for tensor in self.activations.values())


TARGETS = TargetCache()


class _Feature(LayerLoss):
    """Not a loss: hands the feature out."""

    whole = True

    def close(self, strips: list[Tensor]) -> None:
        self.feature = torch.cat(strips, dim=2)

    def value(self) -> Tensor:
        return self.feature

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        raise NotImplementedError


class _Gram(LayerLoss):
    """Not a loss: hands the Gram matrix out."""

    def begin(self, like: Tensor) -> None:
        self.products: Tensor | None = None
        self.numel = 0

    def see(self, rows: Tensor, strip: slice) -> None:
        self.numel += rows.numel()
        self.products = add_products(self.products, rows)

    def value(self) -> Tensor:
        assert self.products is not None
        return self.products / self.numel

    def add_gradient(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        raise NotImplementedError


def content_targets(
    network: Vgg19, picture: Tensor, layers: Sequence[str], pooling: str, key: Hashable = None
) -> dict[str, Tensor]:
    """Features of a picture (1, 3, H, W) by layer; `key` stands for picture and network in the process's memory."""
    return _collect(_Feature, network, picture, layers, pooling, key)


def style_targets(
    network: Vgg19, picture: Tensor, layers: Sequence[str], pooling: str, key: Hashable = None
) -> dict[str, Tensor]:
    """Gram matrices of a picture by layer; `key` as in `content_targets`."""
    return _collect(_Gram, network, picture, layers, pooling, key)


def _collect(
    kind: type[_Feature] | type[_Gram],
    network: Vgg19,
    picture: Tensor,
    layers: Iterable[str],
    pooling: str,
    key: Hashable,
) -> dict[str, Tensor]:
    def place(layer: str) -> Hashable:
        return (kind, key, layer, pooling)

    found = {layer: None if key is None else TARGETS.get(place(layer)) for layer in layers}
    collectors: dict[str, list[LayerLoss]] = {layer: [kind(0.0)] for layer, kept in found.items() if kept is None}
    if collectors:
        chain = make_chain(network, (picture.shape[2], picture.shape[3]), collectors, pooling)
        values = chain.losses(picture)
        for layer, (collector,) in collectors.items():
            found[layer] = values[collector]
            if key is not None:
                TARGETS.keep(place(layer), values[collector])
    return {layer: tensor for layer, tensor in found.items() if tensor is not None}
