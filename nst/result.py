"""The records of a finished run: its inputs, timings and result."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL.Image import Image
from torch import Tensor

from nst.metrics.measure import Metrics
from nst.objective.balance import Factors
from nst.optimizer.run_state import TraceRow


@dataclass(frozen=True)
class Inputs:
    """The pictures of a run: resized, 8 bit, by their names in `Spec.pictures`; `start`: (1, 3, H, W) in [0, 1].

    They have the colours in which they enter the objective, as `nst.colours` says. Of a run of several scales, the
    pictures are those of the last one, and the start is that of the first. `masks`: of the shapes of their pictures,
    mode L, by their names in `nst.spec.masks`.
    """

    pictures: Mapping[str, Image]
    start: Tensor
    masks: Mapping[str, Image] = field(default_factory=dict)

    @property
    def images(self) -> dict[str, Image]:
        """Pictures and masks by name."""
        return {**self.pictures, **self.masks}


@dataclass(frozen=True)
class Timings:
    """Seconds of a run by part; `p50` and `p90` are milliseconds of one evaluation with its update, at the last scale.

    For a resumed run, loop, p50 and p90 include the evaluations before the checkpoint; set-up and warm-up are those of
    the last start.
    """

    seconds_setup: float
    seconds_warmup: float
    seconds_loop: float
    ms_per_evaluation_p50: float
    ms_per_evaluation_p90: float


@dataclass(frozen=True)
class Result:
    """A finished run. `picture`: (1, 3, H, W) float32 in [0, 1] on the CPU; `image` is the same in 8 bit.

    Both have the colours in which they are shown, `inputs` those in which they entered; see `nst.colours`.
    `history_used`: pairs in the history of L-BFGS, fewer than asked for if the GPU's memory holds no more; None for
    Adam. `resumed_at`: the evaluation after which it was last resumed; None for an uninterrupted run, and only those
    have comparable timings. `peak_memory_mib` is of the last start. `remark`: see
    `nst.metrics.measure.remark`. `balance`: the factors of `nst.objective.balance`, which are in the losses; None
    without.
    """

    picture: Tensor
    image: Image
    inputs: Inputs
    trace: tuple[TraceRow, ...]
    evaluations: int
    best_evaluation: int
    best_total_loss: float
    stopped: str
    metrics: Metrics
    timings: Timings
    peak_memory_mib: float
    history_used: int | None
    resumed_at: int | None = None
    remark: str | None = None
    balance: Factors | None = None
