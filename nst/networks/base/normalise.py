"""Normalise a network: scale each convolution so that its mean activation over the fixed crops is 1.

A network of convolutions, ReLUs and poolings is homogeneous: if layer l's mean activation is a_l, the weights
w_l a_(l-1) / a_l and biases b_l / a_l divide every feature of layer l by a_l and change nothing else. (Gatys et al.
normalise each channel so; here a layer is scaled as a whole, which keeps the proportions of its channels.)
"""

import hashlib
import json
import math
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import torch

from nst.errors import UserError
from nst.networks.base.crops import crops, crops_name
from nst.networks.base.layers import Layer, Layers
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights
from nst.pictures.cache import cache_folder, write_cached
from nst.pictures.tensors import to_tensor

DIGITS = 6
"""Significant digits of a mean activation: beyond them it depends on the processor and its threads."""


def scaled(weights: Weights, means: Sequence[float]) -> Weights:
    """Return weights with which each layer's features are divided by its mean activation."""
    pairs = tuple(pairwise([1.0, *means]))

    def layer(at: int) -> Layer:
        (weight, bias), (before, here) = weights.layers[at], pairs[at]
        return weight * (before / here), bias / here

    return Weights(Layers(len(weights.layers), layer), weights.mean)


def mean_activations(network: Network, pooling: str, key: Sequence[object]) -> tuple[float, ...]:
    """Return each layer's mean activation over the crops, with `pooling`, in `DIGITS` digits; 1 for a dead layer.

    They are cached on the disk; `key`: all that they depend on beside the crops. `network`: on the CPU.
    """
    path = _cache_file([crops_name(), pooling, *key])
    cached = _read(path, network.architecture.depth)
    if cached is not None:
        return cached
    found = measure(network, pooling)
    with suppress(OSError):  # without a cache, they are measured again
        write_cached(path, json.dumps({"means": found}).encode())
    return found


@torch.no_grad()
def measure(network: Network, pooling: str) -> tuple[float, ...]:
    """Measure the mean activations."""
    names = [f"relu_{convolution.number}" for convolution in network.architecture.convolutions]
    sums, count = dict.fromkeys(names, 0.0), 0
    for images in crops():
        features = network.features(torch.cat([to_tensor(image) for image in images]).to(network.mean), names, pooling)
        sums = {name: total + float(features[name].mean(dtype=torch.float64)) for name, total in sums.items()}
        count += 1
    means = tuple(float(f"{total / count:.{DIGITS}g}") or 1.0 for total in sums.values())
    if not all(map(math.isfinite, means)):
        raise UserError("normalise=true: an activation of this network is infinite or not a number")
    return means


def _cache_file(key: Sequence[object]) -> Path:
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:16]
    return cache_folder() / f"mean-activations-{digest}.json"


def _read(path: Path, depth: int) -> tuple[float, ...] | None:
    """Return the cached means; None if there are none, or if they cannot be those of a network of this depth."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["means"]
        means = tuple(map(float, found))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return means if len(means) == depth and all(0 < mean < math.inf for mean in means) else None
