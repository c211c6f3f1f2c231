"""Drive the four engines of the bench through one protocol: set up, start (with a full history or none), evaluate.

`nst`, the tutorial's loop (`plain`), the same well tuned (`tuned`), and the package `pastiche`. Each is driven one
evaluation at a time, its L-BFGS update included.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from nst.bench.case import Case, timed
from nst.bench.history import fill, fill_torch
from nst.bench.pastiche_engine import PasticheEngine
from nst.bench.tuned import TunedLoop
from nst.bench.tutorial import STYLE_WEIGHT, PlainLoop
from nst.engine import load_inputs, set_up
from nst.optimizer.loop import make_optimizer, optimise
from nst.torch_settings import apply_settings


class Engine(Protocol):
    """An engine as the bench drives it. Its constructor reads weights and pictures and computes the targets."""

    def start(self, *, full: bool) -> None:
        """Start at the content picture with a fresh optimizer; `full`: with a history of 100 pairs."""
        ...

    def evaluate(self, evaluations: int) -> list[float]:
        """Run `evaluations` more; return the seconds of each, its update included."""
        ...

    def picture(self) -> Tensor:
        """Return the current picture: (1, 3, H, W) float32, RGB in [0, 1]."""
        ...


class NstEngine:
    """This project: the loop of `transfer`, without its metrics.

    On CUDA the loop records a step and starts over without pairs, but every step reads the memory of all 100, so that
    its time is that of a full history.
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

    def __init__(self, case: Case, make: Callable[[Case], PlainLoop]) -> None:
        torch.set_num_threads(case.spec.runtime.threads)
        self.case = case
        self.loop = make(case)

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

    def loss(self) -> float:
        """Return the total loss of the last evaluation, before its update."""
        assert self.loop.last is not None
        content, style = self.loop.last
        return float(content + STYLE_WEIGHT * style)

    def _step(self) -> None:
        self.loop.optimizer.step(self.loop.closure)

    def picture(self) -> Tensor:
        return self.loop.picture.detach().clamp(0, 1)


def plain(case: Case) -> LoopEngine:
    """Make the tutorial's loop, float32, one evaluation a step."""
    return LoopEngine(case, lambda case: PlainLoop(case.weights(), case.content, case.style, case.content))


def tuned(case: Case) -> Engine:
    """Make the same, channels last, and in bf16 under autocast."""
    bf16 = case.spec.precision == "bf16"
    return LoopEngine(case, lambda case: TunedLoop(case.weights(), case.content, case.style, case.content, bf16=bf16))


ENGINES: dict[str, Callable[[Case], Engine]] = {
    "nst": NstEngine, "plain": plain, "tuned": tuned, "pastiche": PasticheEngine,
}  # fmt: skip
"""Engines by their names on the command line."""
