"""`loss_and_gradient(picture)` of a spec, on the fast chain; twin of `nst.objective.reference.Reference`."""

import torch
from torch import Tensor

from nst.networks.base.network import Vgg19
from nst.objective.gpu import make_chain
from nst.objective.layer_losses import ContentLoss, LayerLoss, StyleLoss
from nst.objective.losses import total_variation
from nst.objective.reference import Losses
from nst.objective.targets import Targets
from nst.spec.signature import Spec


class Objective:
    """content_weight x content + style_weight x style + tv_weight x total variation of pictures of one shape.

    `shape`: height and width of the pictures; content targets must come from a picture of that shape.
    """

    def __init__(self, spec: Spec, network: Vgg19, targets: Targets, shape: tuple[int, int]) -> None:
        self.weights = (spec.content_weight, spec.style_weight, spec.tv_weight)
        by_layer: dict[str, list[LayerLoss]] = {}
        shares: dict[LayerLoss, tuple[float, float, float]] = {}
        for layer, weight in zip(spec.content_layers, spec.content_layer_weights, strict=True):
            content = ContentLoss(targets.content[layer], spec.content_weight * weight)
            by_layer.setdefault(layer, []).append(content)
            shares[content] = (weight, 0, spec.content_weight * weight)
        for layer, weight in zip(spec.style_layers, spec.style_layer_weights, strict=True):
            style = StyleLoss(targets.style[layer], spec.style_weight * weight)
            by_layer.setdefault(layer, []).append(style)
            shares[style] = (0, weight, spec.style_weight * weight)
        self.chain = make_chain(network, shape, by_layer, spec.pooling)
        self.shares = network.mean.new_tensor([shares[loss] for stage in self.chain.stages for loss in stage.losses])
        """What each loss adds to content, style and total: (losses, 3), in the order of the chain."""

    def losses(self, picture: Tensor) -> Losses:
        """The losses of a picture (1, 3, H, W), RGB in [0, 1]."""
        return self._sum(picture, self.chain.losses(picture))

    def loss_and_gradient(self, picture: Tensor) -> tuple[Losses, Tensor]:
        """The losses of a picture, and the gradient of their total, (1, 3, H, W), valid until the next call."""
        values, gradient = self.chain.loss_and_gradient(picture)
        if self.weights[2]:
            add_total_variation_gradient(picture, self.weights[2], gradient)
        return self._sum(picture, values), gradient

    def _sum(self, picture: Tensor, values: dict[LayerLoss, Tensor]) -> Losses:
        zero = picture.new_zeros(())
        content, style, total = torch.stack([*values.values()]) @ self.shares if values else (zero, zero, zero)
        if not self.weights[2]:
            return Losses(content, style, zero, total)
        tv = total_variation(picture)
        return Losses(content, style, tv, total + self.weights[2] * tv)


@torch.no_grad()
def add_total_variation_gradient(picture: Tensor, weight: float, gradient: Tensor) -> None:
    """Add `weight` x gradient of `total_variation`: 2 d / n to one side of each difference d, minus to the other."""
    for axis in (2, 3):
        length = picture.shape[axis] - 1
        difference = torch.diff(picture, dim=axis)
        scale = 2 * weight / difference.numel()
        gradient.narrow(axis, 1, length).add_(difference, alpha=scale)
        gradient.narrow(axis, 0, length).sub_(difference, alpha=scale)
