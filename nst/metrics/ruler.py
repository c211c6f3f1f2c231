"""The features by which pictures are measured: VGG-19 with its bundled weights, on the CPU in float32."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from nst import networks
from nst.networks.base.network import Network, network
from nst.networks.base.weights import identify


def ruler() -> Network:
    """Return the network, whatever a run used; built once per process."""
    return network("vgg19", identify(networks.architecture("vgg19"), "bundled"), torch.float32, "cpu")


def activations(picture: Tensor, deepest: int = 16) -> Iterator[tuple[str, Tensor]]:
    """Yield `conv_1`, `relu_1`, `conv_2`, ... of a picture (1, 3, H, W), each (1, C, h, w), to the `deepest`.

    Max pooling, zeros beyond the border. It ends early at a pooling that a side of 1 does not survive. A feature that
    the caller does not keep is freed at once.
    """
    chain = ruler()
    h = picture - chain.mean
    for number, (weight, bias) in enumerate(chain.layers[:deepest], start=1):
        if chain.architecture.pooled_before(number):
            if min(h.shape[2:]) < 2:
                return
            h = F.max_pool2d(h, 2)
        h = F.conv2d(h, weight, bias, padding=1)
        yield f"conv_{number}", h
        h = F.relu(h)
        yield f"relu_{number}", h
