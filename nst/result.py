"""The records of a finished run: its timings and its result."""

from dataclasses import dataclass

from PIL.Image import Image
from torch import Tensor

from nst.inputs import Inputs
from nst.metrics.recorded import Metrics
from nst.objective.balance import Factors
from nst.optimizer.run_state import TraceRow


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
    `history_used`: pairs in the history of L-BFGS, fewer than requested if the GPU's memory holds no more; None for
    Adam. `resumed_at`: the evaluation after which it was last resumed; None for an uninterrupted run, and only those
    have comparable timings. `peak_memory_mib` is of the last start. `remark`: see
    `nst.metrics.recorded.remark`. `balance`: the factors of `nst.objective.balance`, which are in the losses; None if
    there are none.
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
