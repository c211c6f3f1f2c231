"""The heart: `transfer(spec)` runs one style transfer, reconstruction or texture; it prints and writes nothing."""

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst.memory.estimate import fit_memory, ran_out
from nst.memory.peak import keep_freed_blocks, peak_mib, reset_peak
from nst.memory.reuse import free_unrelated_buffers, optimizer_for, release, reusable_bytes
from nst.metrics.measure import Metrics, measure
from nst.objective.objective import Objective
from nst.objective.prepare import DTYPES, prepare_objective
from nst.objective.reference import Reference
from nst.optimizer.checkpoint import Callback, Checkpoint
from nst.optimizer.loop import Diverged, RunState, TraceRow, optimise
from nst.pictures.load import full_image
from nst.pictures.resize import centre_crop, fit
from nst.pictures.start import noise
from nst.pictures.tensors import to_image, to_tensor
from nst.spec.records import Lbfgs
from nst.spec.signature import Spec


@dataclass(frozen=True)
class Inputs:
    """The pictures as they enter a run: resized, 8 bit; `start` is (1, 3, H, W) in [0, 1] on the CPU."""

    content: Image | None
    style: Image | None
    start: Tensor


@dataclass(frozen=True)
class Timings:
    """Where a run's seconds went; `p50` and `p90` are milliseconds of one evaluation with its update.

    Of a run that was resumed, loop, p50 and p90 are over all evaluations that count, those before the checkpoint as
    well; set-up and warm-up are of the last start alone. It may have gone on on a machine that was slower or had other
    work, so tables must not average it with runs in one piece.
    """

    seconds_setup: float
    seconds_warmup: float
    seconds_loop: float
    ms_per_evaluation_p50: float
    ms_per_evaluation_p90: float


@dataclass(frozen=True)
class Result:
    """A finished run. `picture`: (1, 3, H, W) float32 in [0, 1] on the CPU; `image` is the same in 8 bit.

    `history_used`: pairs of L-BFGS; fewer than asked for where a GPU's memory holds no more, None with Adam.
    `resumed_at`: the evaluation after which it last went on from a checkpoint; None of a run in one piece, and only
    such runs have timings that compare. `peak_memory_mib` is of the last start.
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


def transfer(spec: Spec, *, callback: Callback | None = None, resume: Checkpoint | None = None) -> Result:
    """Run one spec to its end, from its start or from a checkpoint; `callback` is called as `optimise` says.

    A function that `callback` returns is called with a `Checkpoint` once the update of that evaluation is made.
    Raises `Diverged` (with the best picture and the trace) where the loss explodes or becomes NaN, `TooLarge` where
    it does not fit into memory, and `CannotResume` where the checkpoint is of another kind of run.
    """
    began = time.perf_counter()
    prepare_device(spec)
    inputs = load_inputs(spec)
    shape = (inputs.start.shape[2], inputs.start.shape[3])
    fitted = _with_checkpoint_history(spec, resume)
    free_unrelated_buffers(fitted, shape)
    reset_peak(spec.device)
    fitted = fit_memory(fitted, shape, reusable_bytes())
    try:
        run_state, final, timings = _run(fitted, inputs, began, callback, resume)
        image = to_image(final)
        torch.backends.cudnn.benchmark = False  # trying kernels for shapes that are seen once takes time and gigabytes
        metrics = measure(spec, final, image, inputs.content, inputs.style)
    except torch.OutOfMemoryError:
        release()
        raise ran_out(fitted, shape) from None
    if not np.isfinite(metrics.losses.total):
        raise Diverged(f"diverged after evaluation {run_state.evaluations}: the final loss is not a number", run_state)
    return Result(
        picture=final.float().cpu(),
        image=image,
        inputs=inputs,
        trace=tuple(run_state.trace),
        evaluations=run_state.evaluations,
        best_evaluation=run_state.best_evaluation,
        best_total_loss=run_state.best_loss,
        stopped=run_state.stopped,
        metrics=metrics,
        timings=timings,
        peak_memory_mib=peak_mib(spec.device),
        history_used=fitted.optimizer.history if isinstance(fitted.optimizer, Lbfgs) else None,
        resumed_at=resume.evaluation if resume else None,
    )


def _with_checkpoint_history(spec: Spec, resume: Checkpoint | None) -> Spec:
    """With the history that the run had where a GPU's memory held no longer one; by now another may be free."""
    if resume is None or resume.pairs is None or not isinstance(spec.optimizer, Lbfgs):
        return spec
    was_shorter = resume.pairs < min(spec.optimizer.history, spec.steps - 1)
    return replace(spec, optimizer=replace(spec.optimizer, history=resume.pairs)) if was_shorter else spec


def _run(
    spec: Spec, inputs: Inputs, began: float, callback: Callback | None, resume: Checkpoint | None
) -> tuple[RunState, Tensor, Timings]:
    """Set up, warm up, optimise; the final picture is in [0, 1]. `began`: when the set-up did."""
    picture, objective = set_up(spec, inputs)
    ready = time.perf_counter()
    objective.loss_and_gradient(picture)[0].values()
    warm = time.perf_counter()
    run_state = optimise(
        objective,
        optimizer_for(spec, picture),
        picture,
        spec.steps,
        trace_every=spec.trace_every,
        exact_every=(spec.frames_every, spec.checkpoint_every),
        callback=callback,
        resume=resume,
    )
    return run_state, _final_picture(spec, run_state, picture), _timings(ready - began, warm - ready, run_state)


def prepare_device(spec: Spec) -> None:
    """Threads on the CPU; on CUDA, full float32 (no TF32) and autotuned kernels unless `deterministic`."""
    torch.set_num_threads(spec.threads)
    keep_freed_blocks()
    if spec.device.startswith("cuda"):
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = not spec.deterministic
        torch.backends.cudnn.deterministic = spec.deterministic


def load_inputs(spec: Spec) -> Inputs:
    """Read, resize and start. The result has the content's shape, or the style's where no content is used."""
    content = fit(full_image(spec.content), spec.size) if spec.content else None
    style = fit(full_image(spec.style), spec.size) if spec.style else None
    frame = content or style
    assert frame is not None, "a checked spec has a content or a style picture"
    return Inputs(content, style, _start(spec, content, *reversed(frame.size)))


def _start(spec: Spec, content: Image | None, height: int, width: int) -> Tensor:
    if spec.init == "content" and content is not None:
        return to_tensor(content)
    reference = {"style": spec.style, "picture": spec.init_picture}.get(spec.init)
    if reference is not None:
        return to_tensor(centre_crop(full_image(reference), height, width))
    return noise(spec.init, height, width, spec.seed)


def set_up(spec: Spec, inputs: Inputs) -> tuple[Tensor, Objective | Reference]:
    """The starting picture on the device, and the objective with its targets."""
    wide = torch.float64 if DTYPES[spec.precision] == torch.float64 else torch.float32
    start = inputs.start.to(spec.device, wide, copy=True)
    shape = (start.shape[2], start.shape[3])
    return start, prepare_objective(spec, spec.precision, inputs.content, inputs.style, shape)


def _final_picture(spec: Spec, run_state: RunState, last: Tensor) -> Tensor:
    best = run_state.best_picture if spec.keep == "best" else None
    return (last if best is None else best).clamp(0, 1)


def _timings(setup: float, warmup: float, run_state: RunState) -> Timings:
    p50, p90 = np.percentile(run_state.durations, [50, 90]) * 1e3
    return Timings(setup, warmup + run_state.seconds_recording, sum(run_state.durations), float(p50), float(p90))
