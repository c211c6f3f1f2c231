"""The loop of the PyTorch tutorial "Neural Transfer Using PyTorch", as every user would write it.

The readable twin of everything this project does faster: eager float32, contiguous tensors, `torch.optim.LBFGS` with
all its defaults, the picture clamped to [0, 1] inside the closure. Only the weights are shared with the rest.
"""

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.network.weights import Weights

POOL_AFTER = (2, 4, 8, 12)


def features(picture: Tensor, weights: Weights, depth: int) -> list[Tensor]:
    """Features of the first `depth` convolutions, before their ReLU."""
    h, found = picture - weights.mean, []
    for number, (weight, bias) in enumerate(weights.layers[:depth], start=1):
        found.append(F.conv2d(h, weight, bias, padding=1))
        h = F.relu(found[-1])
        if number in POOL_AFTER:
            h = F.max_pool2d(h, 2)
    return found


def gram(feature: Tensor) -> Tensor:
    """The tutorial's Gram matrix: products of channels over all positions, divided by C x H x W."""
    rows = feature.view(feature.shape[1], -1)
    return torch.mm(rows, rows.t()).div(feature.numel())


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
    watch: Callable[[int, float, float, float], None] | None = None,
) -> Tensor:
    """Run the tutorial's loop until `evaluations` are made (in blocks of 20, as the tutorial does).

    `watch(evaluation, content_loss, style_loss, seconds)` sees each evaluation; the style loss is unweighted.
    Returns the picture (1, 3, H, W), clamped.
    """
    depth = max(content_layer, *style_layers)
    with torch.no_grad():
        target = features(content, weights, depth)[content_layer - 1]
        style_features = features(style, weights, depth)
        grams = {number: gram(style_features[number - 1]) for number in style_layers}
    picture = start.clone().contiguous().requires_grad_(True)
    optimizer = torch.optim.LBFGS([picture])
    done, began = 0, time.perf_counter()

    def closure() -> Tensor:
        nonlocal done
        with torch.no_grad():
            picture.clamp_(0, 1)
        optimizer.zero_grad()
        found = features(picture, weights, depth)
        style_loss = sum((F.mse_loss(gram(found[n - 1]), grams[n]) for n in style_layers), torch.zeros(()))
        content_loss = F.mse_loss(found[content_layer - 1], target)
        loss = style_weight * style_loss + content_loss
        loss.backward()
        done += 1
        if watch:
            watch(done, content_loss.item(), style_loss.item(), time.perf_counter() - began)
        return loss

    while done < evaluations:
        optimizer.step(closure)
    return picture.detach().clamp(0, 1)
