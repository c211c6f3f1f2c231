"""Run the loop of the PyTorch tutorial "Neural Transfer Using PyTorch", as users would write it.

The readable twin of the fast engine: eager float32, contiguous tensors, `torch.optim.LBFGS` with all its defaults, the
picture clamped to [0, 1] inside the closure. Only the weights are shared with the rest of nst. As a script, it reads
pictures without resizing them and writes one PNG:

    python -m nst.bench.tutorial CONTENT STYLE EVALUATIONS DEVICE THREADS CONTENT_LAYER OUTPUT
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from nst.networks import architecture
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import identify, load
from nst.pictures.read import read
from nst.pictures.tensors import to_image, to_tensor

POOL_AFTER = (2, 4, 8, 12)
DEPTH, STYLE_WEIGHT = 5, 1e6
"""Style is compared after each of the first five convolutions."""


def on_device(weights: Weights, device: str) -> Weights:
    """Return the convolutions that the losses need, on a device."""
    layers = tuple((weight.to(device), bias.to(device)) for weight, bias in weights.layers[:DEPTH])
    return Weights(layers, weights.mean.to(device))


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
        self, weights: Weights, content: Tensor, style: Tensor, start: Tensor, *, content_layer: int = 4
    ) -> None:
        self.weights, self.content_layer = weights, content_layer
        with torch.no_grad():
            self.target = self.features(content)[content_layer - 1]
            self.grams = [gram(feature) for feature in self.features(style)]
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
        return features(picture, self.weights, DEPTH)

    def closure(self) -> Tensor:
        """Evaluate: clamp, losses, gradient."""
        with torch.no_grad():
            self.picture.clamp_(0, 1)
        self.optimizer.zero_grad()
        found = self.features(self.picture)
        style_losses = (F.mse_loss(gram(feature), theirs) for feature, theirs in zip(found, self.grams, strict=True))
        style_loss = sum(style_losses, torch.zeros(()))
        content_loss = F.mse_loss(found[self.content_layer - 1], self.target)
        loss = STYLE_WEIGHT * style_loss + content_loss
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
    callback: Callable[[int, float, float, float], None] | None = None,
) -> Tensor:
    """Run the tutorial's loop for `evaluations` (in blocks of 20, as the tutorial does).

    `callback(evaluation, content_loss, style_loss, seconds)` is called at each; the style loss is unweighted. Returns
    the picture (1, 3, H, W), clamped.
    """
    loop = PlainLoop(weights, content, style, start, content_layer=content_layer)
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the script."""
    content, style, evaluations, device, threads, layer, output = sys.argv[1:] if arguments is None else arguments
    torch.set_num_threads(int(threads))
    vgg19 = architecture("vgg19")
    weights = on_device(load(vgg19, identify(vgg19, "bundled")), device)
    start, style_picture = (to_tensor(read(Path(path))).to(device) for path in (content, style))
    final = plain_loop(weights, start, style_picture, start, int(evaluations), content_layer=int(layer))
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    to_image(final).save(output)


if __name__ == "__main__":
    main()
