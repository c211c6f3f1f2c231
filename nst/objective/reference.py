"""The objective written to be read: features, losses, autograd. The oracle of every faster one."""

from typing import NamedTuple

import torch
from torch import Tensor

from nst.networks.base.network import Vgg19
from nst.objective.losses import content_loss, gram, style_loss, total_variation
from nst.spec.signature import Spec


class Losses(NamedTuple):
    """Scalars on the run's device. `content`, `style`, `tv` are unweighted (layer weights in), `total` is weighted."""

    content: Tensor
    style: Tensor
    tv: Tensor
    total: Tensor

    def values(self) -> "LossValues":
        """The same as Python numbers; waits for the device."""
        return LossValues(*torch.stack(list(self)).cpu().double().tolist())  # on the CPU, for MPS knows no float64


class LossValues(NamedTuple):
    """The losses of one picture as numbers."""

    content: float
    style: float
    tv: float
    total: float


class Reference:
    """content_weight x content + style_weight x style + tv_weight x total variation, for one pair of pictures.

    `content`, `style`: (1, 3, H, W) float tensors, RGB in [0, 1], on the network's device; None where the spec has no
    such loss. They may differ in shape; pictures to evaluate must have the content's shape where there is one.
    """

    def __init__(self, spec: Spec, network: Vgg19, content: Tensor | None, style: Tensor | None) -> None:
        self.network = network
        self.pooling = spec.pooling
        self.weights = (spec.content_weight, spec.style_weight, spec.tv_weight)
        self.content_layers = dict(zip(spec.content_layers, spec.content_layer_weights, strict=True))
        self.style_layers = dict(zip(spec.style_layers, spec.style_layer_weights, strict=True))
        with torch.no_grad():
            self.content_targets = self._features(content, self.content_layers)
            self.style_targets = {k: gram(f) for k, f in self._features(style, self.style_layers).items()}

    def _features(self, picture: Tensor | None, layers: dict[str, float]) -> dict[str, Tensor]:
        if picture is None or not layers:
            return {}
        return self.network.features(picture, layers, self.pooling)

    def losses(self, picture: Tensor) -> Losses:
        """The losses of a picture (1, 3, H, W), RGB in [0, 1]."""
        found = self.network.features(picture, self.content_layers | self.style_layers, self.pooling)
        zero = picture.new_zeros(())
        content = sum(
            (w * content_loss(found[k], self.content_targets[k]) for k, w in self.content_layers.items()), zero
        )
        style = sum((w * style_loss(found[k], self.style_targets[k]) for k, w in self.style_layers.items()), zero)
        tv = total_variation(picture) if self.weights[2] else zero
        total = self.weights[0] * content + self.weights[1] * style + self.weights[2] * tv
        return Losses(content, style, tv, total)

    def loss_and_gradient(self, picture: Tensor) -> tuple[Losses, Tensor]:
        """The losses of a picture, and the gradient of their total with respect to it, of its shape and type."""
        variable = picture.detach().requires_grad_(True)
        with torch.enable_grad():
            losses = self.losses(variable)
            (gradient,) = torch.autograd.grad(losses.total, variable)
        return Losses(*(loss.detach() for loss in losses)), gradient
