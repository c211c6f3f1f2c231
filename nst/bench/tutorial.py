"""Run the loop of the PyTorch tutorial "Neural Transfer Using PyTorch", as every user would write it.

The readable twin of the fast engine: eager float32, contiguous tensors, `torch.optim.LBFGS` with
all its defaults, the picture clamped to [0, 1] inside the closure. Only the weights are shared with the rest.
"""

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks.base.torchvision import Weights

POOL_AFTER = (2, 4, 8, 12)


def features(picture: Tensor, weights: Weights, depth: int) -> list[Tensor]:
    """Return the features of the first `depth` convolutions, before their ReLU."""
    h, found = picture - weights.mean, []
    for number, (weight, bias) in enumerate(weights.layers[:depth], start=1):
        found.append(F.conv2d(h, weight, bias, padding=1))
        h = F.relu(found[-1])
        if number in POOL_AFTER:
            h = F.max_pool2d(h, 2)
    return found


def gram(feature: Tensor) -> Tensor:
    """Return the tutorial's Gram matrix: products of channels over all positions, divided by C x H x W."""
    rows = feature.view(feature.shape[1], -1)
    return torch.mm(rows, rows.t()).div(feature.numel())


class PlainLoop:
    """The tutorial's closure and its optimizer. `picture`: (1, 3, H, W), moved in place, clamped before evaluations."""

    def __init__(
        self,
        weights: Weights,
        content: Tensor,
        style: Tensor,
        start: Tensor,
        *,
        content_layer: int = 4,
        style_layers: tuple[int, ...] = (1, 2, 3, 4, 5),
        style_weight: float = 1e6,
    ) -> None:
        self.weights, self.depth = weights, max(content_layer, *style_layers)
        self.content_layer, self.style_layers, self.style_weight = content_layer, style_layers, style_weight
        with torch.no_grad():
            self.target = self.features(content)[content_layer - 1]
            style_features = self.features(style)
            self.grams = {number: self.gram(style_features[number - 1]) for number in style_layers}
        self.begin(start)

    def begin(self, start: Tensor, max_iter: int = 20) -> None:
        """Start at a copy of `start`, with a fresh optimizer.

        `max_iter`: evaluations of one `optimizer.step(closure)`, 20 in the tutorial; with 1 the pictures are the same,
        and each evaluation can be timed with its update.
        """
        self.picture = start.clone().contiguous().requires_grad_(True)
        self.optimizer = torch.optim.LBFGS([self.picture], max_iter=max_iter)
        self.last: tuple[Tensor, Tensor] | None = None
        """Content and (unweighted) style loss of the last evaluation."""

    def features(self, picture: Tensor) -> list[Tensor]:
        """Return the features down to the deepest loss."""
        return features(picture, self.weights, self.depth)

    def gram(self, feature: Tensor) -> Tensor:
        """Return the Gram matrix of one feature."""
        return gram(feature)

    def closure(self) -> Tensor:
        """Evaluate: clamp, losses, gradient."""
        with torch.no_grad():
            self.picture.clamp_(0, 1)
        self.optimizer.zero_grad()
        found = self.features(self.picture)
        style_losses = (F.mse_loss(self.gram(found[n - 1]), self.grams[n]) for n in self.style_layers)
        style_loss = sum(style_losses, torch.zeros(()))
        content_loss = F.mse_loss(found[self.content_layer - 1], self.target)
        loss = self.style_weight * style_loss + content_loss
        loss.backward()
        self.last = (content_loss.detach(), style_loss.detach())
        return loss


def plain_loop(
    weights: Weights,
    content: Tensor,
    style: Tensor,
    start: Tensor,
    evaluations: int,
    *,
    content_layer: int = 4,
    style_layers: tuple[int, ...] = (1, 2, 3, 4, 5),
    style_weight: float = 1e6,
    callback: Callable[[int, float, float, float], None] | None = None,
) -> Tensor:
    """Run the tutorial's loop for `evaluations` (in blocks of 20, as the tutorial does).

    `callback(evaluation, content_loss, style_loss, seconds)` is called at each; the style loss is unweighted. Returns
    the picture (1, 3, H, W), clamped.
    """
    loop = PlainLoop(
        weights, content, style, start,
        content_layer=content_layer, style_layers=style_layers, style_weight=style_weight,
    )  # fmt: skip
    done, began = 0, time.perf_counter()

    def closure() -> Tensor:
        nonlocal done
        loss = loop.closure()
        done += 1
        if callback and loop.last:
            content_loss, style_loss = loop.last
            callback(done, content_loss.item(), style_loss.item(), time.perf_counter() - began)
        return loss

    while done < evaluations:
        loop.optimizer.step(closure)
    return loop.picture.detach().clamp(0, 1)
