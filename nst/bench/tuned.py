"""Run the tutorial's loop as a careful user would tune it: channels last, and bfloat16 by autocast.

Weights and activations are channels last; the picture itself stays contiguous, because `torch.optim.LBFGS` flattens
gradients with `view`. In bf16 the convolutions run under autocast; Gram matrices and
losses stay in float32, where autocast would sum them in bfloat16. Everything else is `nst.bench.tutorial`.
"""

import torch
from torch import Tensor

from nst.bench.tutorial import DEPTH, PlainLoop, features, gram
from nst.networks.base.torchvision import Weights


class TunedLoop(PlainLoop):
    """`PlainLoop` in channels last and, if `bf16`, with convolutions in bfloat16."""

    def __init__(self, weights: Weights, content: Tensor, style: Tensor, start: Tensor, *, bf16: bool = False) -> None:
        self.bf16 = bf16
        super().__init__(channels_last(weights), content, style, start)

    def features(self, picture: Tensor) -> list[Tensor]:
        """Return the features down to the deepest loss, float32."""
        laid = picture.contiguous(memory_format=torch.channels_last)
        with torch.autocast(picture.device.type, torch.bfloat16, enabled=self.bf16):
            found = features(laid, self.weights, DEPTH)
        return [feature.float() for feature in found]

    def gram(self, feature: Tensor) -> Tensor:
        """Return the Gram matrix of one feature, summed in float32."""
        with torch.autocast(feature.device.type, enabled=False):
            return gram(feature)


def channels_last(weights: Weights) -> Weights:
    """Return the same weights with kernels in channels_last."""
    layers = tuple((weight.contiguous(memory_format=torch.channels_last), bias) for weight, bias in weights.layers)
    return Weights(layers, weights.mean)
