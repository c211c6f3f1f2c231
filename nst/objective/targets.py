"""Targets of losses: features and statistics of pictures, computed once per process and cached for later runs."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import torch
from PIL.Image import Image
from torch import Tensor

from nst.networks.base.network import Network
from nst.objective.chain.gpu import make_chain
from nst.objective.layer_losses import LayerLoss, Statistic, StatisticLoss, WholeLoss, statistic
from nst.pictures.tensors import picture_hash, to_tensor
from nst.spec.masks import LayerMask

CACHED_BYTES = 2**30
"""Bytes of targets that a process caches for later runs; the least recently used are dropped first."""

Picture = Image | Tensor
"""An image, or a tensor (1, 3, H, W), RGB in [0, 1]."""
Target = Tensor | Statistic


class TargetCache:
    """A cache of targets by key, of at most `limit` bytes; the least recently used are dropped first."""

    def __init__(self, limit: int = CACHED_BYTES) -> None:
        self.limit = limit
        self.kept: OrderedDict[Hashable, Target] = OrderedDict()

    def get(self, key: Hashable) -> Target | None:
        """Return the target of a key, or None, and mark it as just used."""
        if key in self.kept:
            self.kept.move_to_end(key)
        return self.kept.get(key)

    def put(self, key: Hashable, target: Target) -> None:
        """Store a target, dropping the least recently used ones beyond the limit."""
        self.kept[key] = target
        while self.bytes > self.limit:
            self.kept.popitem(last=False)

    @property
    def bytes(self) -> int:
        """Bytes of all targets."""
        parts = ([target] if isinstance(target, Tensor) else target for target in self.kept.values())
        return sum(part.nbytes for target in parts for part in target)


TARGETS = TargetCache()


class _Feature(WholeLoss):
    """Not a loss: `compute` returns the feature."""

    def finish(self, strips: list[Tensor]) -> None:
        self.value = torch.cat(strips, dim=2)

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        raise NotImplementedError


class _Statistic(StatisticLoss):
    """Not a loss: `compute` returns the statistic of the feature."""

    def finish(self, strips: list[Tensor]) -> None:
        self.value = self.found()

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        raise NotImplementedError


class ChainTargets:
    """Targets from the fast chain, cached for images if `key` gives all else that they depend on."""

    def __init__(self, network: Network, pooling: str, key: Hashable = None) -> None:
        self.network, self.pooling, self.key = network, pooling, key

    def features(self, picture: Picture, layers: Sequence[str]) -> dict[str, Tensor]:
        """Return the features (1, C, h, w) of a picture by layer, in channels_last."""
        return self._collect(_Feature, picture, layers)

    def statistics(
        self, picture: Picture, layers: Sequence[str], mask: LayerMask | None = None
    ) -> dict[str, Statistic]:
        """Return the statistics of a picture's features by layer, under a mask if given."""
        return self._collect(_Statistic, picture, layers, mask)

    def _collect(
        self,
        kind: type[_Feature | _Statistic],
        picture: Picture,
        layers: Sequence[str],
        mask: LayerMask | None = None,
    ) -> dict[str, Any]:
        name = None if isinstance(picture, Tensor) or self.key is None else picture_hash(picture)
        under = None if mask is None or mask.image is None else (picture_hash(mask.image), mask.propagation)
        keys = {layer: (kind, name, self.key, layer, self.pooling, under) for layer in layers}
        found: dict[str, Any] = {layer: TARGETS.get(key) if name else None for layer, key in keys.items()}
        weighed = masks_at(mask, layers, self.network)
        missing = {layer: kind(None, 0.0, mask=weighed[layer]) for layer in layers if found[layer] is None}
        if missing:
            losses: dict[str, list[LayerLoss]] = {layer: [collector] for layer, collector in missing.items()}
            ours = to_network(self.network, picture)
            make_chain(self.network, (ours.shape[2], ours.shape[3]), losses, self.pooling).losses(ours)
        for layer, collector in missing.items():
            found[layer] = collector.compute()
            if name:
                TARGETS.put(keys[layer], found[layer])
        return found


class PlainTargets:
    """The same targets from the network's own features: the slow twin, also for devices the chain does not support."""

    def __init__(self, network: Network, pooling: str) -> None:
        self.network, self.pooling = network, pooling

    @torch.no_grad()
    def features(self, picture: Picture, layers: Sequence[str]) -> dict[str, Tensor]:
        return self.network.features(to_network(self.network, picture), layers, self.pooling)

    def statistics(
        self, picture: Picture, layers: Sequence[str], mask: LayerMask | None = None
    ) -> dict[str, Statistic]:
        weighed = masks_at(mask, layers, self.network)
        return {layer: statistic(each, weighed[layer]) for layer, each in self.features(picture, layers).items()}


def masks_at(mask: LayerMask | None, layers: Sequence[str], network: Network) -> dict[str, Tensor | None]:
    """Return a mask by layer, (1, 1, h, w), on the network's device in its type; None if all positions weigh alike."""
    found: dict[str, Tensor | None] = {}
    for layer in layers:
        each = None if mask is None else mask.at[layer]
        found[layer] = (
            None if each is None else torch.tensor(each).to(network.dtype).to(network.mean.device)[None, None]
        )
    return found


def to_network(network: Network, picture: Picture) -> Tensor:
    """Return a picture (1, 3, H, W) on the network's device, in its type for pictures."""
    return (picture if isinstance(picture, Tensor) else to_tensor(picture)).to(network.mean)
