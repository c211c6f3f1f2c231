"""Drive the four engines of the bench through one protocol: set up, start (with a full history or none), evaluate.

`nst`, the tutorial's loop (`plain`), a tuned version of it (`tuned`), and the package `pastiche`. Each is driven one
evaluation at a time, its L-BFGS update included.

`pastiche` is driven through its own API: the class of its command line, its network, its optimizer. Its pictures are
BGR in 0..255 minus a mean, its Gram matrices are divided by positions only, and it never clamps. With the case's layers
and the layer weights below, its total loss equals the case's (as long as the picture stays in range).
"""

import warnings
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from nst.bench.case import Case, timed
from nst.bench.history import LENGTH, fill, fill_torch
from nst.bench.tutorial import DEPTH, PlainLoop, features
from nst.hardware.torch_settings import apply_settings
from nst.inputs import load_inputs, set_up
from nst.networks.base.torchvision import Weights
from nst.optimizer.loop import make_optimizer, optimise

SCALE = 57.6
"""Ratio of pastiche's activations to ours (see `nst.networks.base.weights`)."""
CONTENT_LAYER = "block2_conv2"
STYLE_LAYERS = ("block1_conv1", "block1_conv2", "block2_conv1", "block2_conv2", "block3_conv1")
CHANNELS = (64, 64, 128, 128, 256)
BGR_MEAN = (103.939, 116.779, 123.68)


class Engine(Protocol):
    """An engine as the bench drives it. Its constructor reads weights and pictures and computes the targets."""

    def start(self, *, full: bool) -> None:
        """Start at the content picture with a fresh optimizer; `full`: with a history of 100 pairs."""

    def evaluate(self, evaluations: int) -> list[float]:
        """Run `evaluations` more; return the seconds of each, its update included."""

    def picture(self) -> Tensor:
        """Return the current picture: (1, 3, H, W) float32, RGB in [0, 1]."""


class NstEngine:
    """This project: the loop of `transfer`, without its metrics.

    On CUDA the loop records a step and starts over without pairs, but every step reads the memory of all 100, so its
    time is that of a full history.
    """

    def __init__(self, case: Case) -> None:
        apply_settings(case.spec.runtime)
        self.spec = case.spec
        self.begin, self.objective = set_up(case.spec, load_inputs(case.spec))
        self.start(full=False)

    def start(self, *, full: bool) -> None:
        self.now = self.begin.clone()
        self.optimizer = make_optimizer(self.spec.optimizer)
        if full:
            _, gradient = self.objective.loss_and_gradient(self.now)
            fill(self.optimizer, self.now, gradient.clone())

    def evaluate(self, evaluations: int) -> list[float]:
        every = self.spec.runtime.trace_every
        return optimise(self.objective, self.optimizer, self.now, evaluations, trace_every=every).durations

    def picture(self) -> Tensor:
        return self.now.detach().clamp(0, 1).float()


class LoopEngine:
    """The tutorial's loop, plain or tuned; PyTorch keeps its defaults: on CUDA, TF32 in convolutions only."""

    def __init__(self, case: Case, kind: type[PlainLoop] = PlainLoop, **settings: bool) -> None:
        torch.set_num_threads(case.spec.runtime.threads)
        self.case = case
        self.loop = kind(case.weights(), case.content, case.style, case.content, **settings)

    def start_at(self, picture: Tensor) -> None:
        """Start at another picture, without history."""
        self.loop.begin(picture, max_iter=1)

    def start(self, *, full: bool) -> None:
        self.start_at(self.case.content)
        if full:
            self.loop.closure()
            gradient = self.loop.picture.grad
            assert gradient is not None
            fill_torch(self.loop.optimizer, gradient.clone())

    def evaluate(self, evaluations: int) -> list[float]:
        return [timed(self._step, self.case.device) for _ in range(evaluations)]

    def _step(self) -> None:
        """Evaluate and update; `loss` is the total loss before the update."""
        self.loss: Tensor = self.loop.optimizer.step(self.loop.closure).detach()

    def picture(self) -> Tensor:
        return self.loop.picture.detach().clamp(0, 1)


class TunedLoop(PlainLoop):
    """The tutorial's loop as a careful user would tune it: channels last and, if `bf16`, convolutions under autocast.

    The picture itself stays contiguous, because `torch.optim.LBFGS` flattens gradients with `view`. Gram matrices and
    losses are left in float32: autocast would sum them in bfloat16.
    """

    def __init__(self, weights: Weights, content: Tensor, style: Tensor, start: Tensor, *, bf16: bool = False) -> None:
        self.bf16 = bf16
        super().__init__(channels_last(weights), content, style, start)

    def features(self, picture: Tensor) -> list[Tensor]:
        """Return the features down to the deepest loss, float32."""
        laid = picture.contiguous(memory_format=torch.channels_last)
        with torch.autocast(picture.device.type, torch.bfloat16, enabled=self.bf16):
            found = features(laid, self.weights, DEPTH)
        return [feature.float() for feature in found]


def channels_last(weights: Weights) -> Weights:
    """Return the same weights with kernels in channels_last."""
    layers = tuple((weight.contiguous(memory_format=torch.channels_last), bias) for weight, bias in weights.layers)
    return Weights(layers, weights.mean)


def tuned(case: Case) -> Engine:
    """Make the tuned loop, in bf16 if the case is."""
    return LoopEngine(case, TunedLoop, bf16=case.spec.precision == "bf16")


class PasticheEngine:
    """One `PasticheArtist`; its `draw` is one evaluation with its update (`torch.optim.LBFGS`, history 100)."""

    def __init__(self, case: Case) -> None:
        torch.set_num_threads(case.spec.runtime.threads)
        self.device = case.device
        self.artist = quietly_made(case)
        self.begin = self.artist.pastiche.detach().clone()

    def start(self, *, full: bool) -> None:
        """Return to the start with a fresh optimizer; `full`: with all 100 pairs in its history."""
        artist = self.artist
        with torch.no_grad():
            artist.pastiche.copy_(self.begin)
        artist.pastiche.grad = None
        artist.optimizer = torch.optim.LBFGS([artist.pastiche], max_iter=1, lr=1.0)  # as in its constructor
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
    """Make pastiche's artist for `case`, without the warnings that its use of Pillow and PyTorch causes."""
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


ENGINES: dict[str, Callable[[Case], Engine]] = {
    "nst": NstEngine, "plain": LoopEngine, "tuned": tuned, "pastiche": PasticheEngine,
}  # fmt: skip
"""Engines by their names on the command line."""
