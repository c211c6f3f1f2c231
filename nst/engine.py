"""Run one style transfer, reconstruction or texture: `transfer(spec)`. It prints and writes nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from nst.errors import is_out_of_memory
from nst.memory.estimate import fit_memory, ran_out
from nst.memory.peak import peak_mib, reset_peak
from nst.memory.reuse import CACHES
from nst.metrics.measure import Metrics, against_divergence, measure, remark
from nst.objective.frozen import Frozen
from nst.objective.objective import DTYPES, Objective, build_objective
from nst.objective.reference import Reference
from nst.optimizer.loop import Diverged, RunState, TraceRow, optimise
from nst.optimizer.run_state import Callback, Checkpoint
from nst.pictures.load import centre_crop, fit, fitted_shape, full_image
from nst.pictures.tensors import noise, to_image, to_tensor
from nst.spec.masks import mask_images
from nst.spec.records import Lbfgs, Scale, Spec
from nst.torch_settings import torch_settings


@dataclass(frozen=True)
class Inputs:
    """The pictures of a run: resized, 8 bit, by their names in `Spec.pictures`; `start`: (1, 3, H, W) in [0, 1].

    `masks`: of the shapes of their pictures, mode L, by their names in `nst.spec.masks`.
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
    """Seconds of a run by part; `p50` and `p90` are milliseconds of one evaluation with its update.

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

    `history_used`: pairs in the history of L-BFGS, fewer than asked for if the GPU's memory holds no more; None for
    Adam. `resumed_at`: the evaluation after which it was last resumed; None for an uninterrupted run, and only those
    have comparable timings. `peak_memory_mib` is of the last start. `remark`: see
    `nst.metrics.measure.remark`.
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


def transfer(spec: Spec, *, callback: Callback | None = None, resume: Checkpoint | None = None) -> Result:
    """Run one spec to its end, from its start or from a checkpoint; `callback` is called as `optimise` says.

    Raises `Diverged` (with the best picture and the trace) if the loss explodes or becomes NaN, `TooLarge` if the run
    does not fit into memory, and `CannotResume` if the checkpoint does not fit the run.
    """
    with torch_settings(spec.runtime):
        try:
            for scale in spec.scales:  # one for now
                result = _run_scale(spec, scale, callback, resume)
        except Diverged as error:
            raise Diverged(f"{error}; {against_divergence(spec)}", error.run_state) from error
    return result


def _run_scale(spec: Spec, scale: Scale, callback: Callback | None, resume: Checkpoint | None) -> Result:
    began, device = time.perf_counter(), spec.runtime.device
    shape = fitted_shape(*full_image(spec.pictures[spec.frame]).size, scale.size)
    fitted = _with_checkpoint_history(spec, resume)
    CACHES.free_unrelated_buffers(fitted, shape)
    fitted = fit_memory(fitted, shape, CACHES.reusable_bytes())
    try:
        inputs = load_inputs(spec, scale)
        reset_peak(device)
        run_state, final, timings = _optimise(fitted, scale, inputs, began, callback, resume)
        image = to_image(final)
        torch.backends.cudnn.benchmark = False  # autotuning for shapes that occur once takes time and gigabytes
        metrics = measure(spec, final, image, inputs.images)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        CACHES.release()
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
        peak_memory_mib=peak_mib(device),
        history_used=fitted.optimizer.history if isinstance(fitted.optimizer, Lbfgs) else None,
        resumed_at=resume.evaluation if resume else None,
        remark=remark(spec, image, to_image(inputs.start), inputs.pictures.values()),
    )


def _with_checkpoint_history(spec: Spec, resume: Checkpoint | None) -> Spec:
    """Use the shorter history that an interrupted run had to fall back to, even if more GPU memory is free now."""
    if resume is None or resume.pairs is None or not isinstance(spec.optimizer, Lbfgs):
        return spec
    was_shorter = resume.pairs < min(spec.optimizer.history, spec.steps - 1)
    return replace(spec, optimizer=replace(spec.optimizer, history=resume.pairs)) if was_shorter else spec


def _optimise(
    spec: Spec, scale: Scale, inputs: Inputs, began: float, callback: Callback | None, resume: Checkpoint | None
) -> tuple[RunState, Tensor, Timings]:
    """Set up, warm up, optimise; the final picture is in [0, 1]. `began`: when set-up began."""
    picture, objective = set_up(spec, inputs)
    ready = time.perf_counter()
    objective.loss_and_gradient(picture)[0].flat().cpu()
    warm = time.perf_counter()
    run_state = optimise(
        objective,
        CACHES.optimizer_for(spec, picture),
        picture,
        scale.steps,
        trace_every=spec.runtime.trace_every,
        exact_every=(spec.runtime.frames_every, spec.runtime.checkpoint_every),
        callback=callback,
        resume=resume,
    )
    best = run_state.best_picture if spec.keep == "best" else None
    final = (picture if best is None else best).clamp(0, 1)
    return run_state, final, _timings(ready - began, warm - ready, run_state)


def load_inputs(spec: Spec, scale: Scale | None = None) -> Inputs:
    """Read and resize all pictures and masks for a scale (None: the last one), and make the start.

    The result has the shape of `spec.frame`; a picture that only starts a run is cropped to it.
    """
    size, resize = (scale or spec.scales[-1]).size, spec.resize or "lanczos"
    wanted = {name: picture for name, picture in spec.pictures.items() if name != "init"}
    pictures = {name: fit(full_image(picture), size, resize) for name, picture in wanted.items()}
    width, height = pictures[spec.frame].size
    masks = mask_images(spec, {name: image.size for name, image in pictures.items()})
    return Inputs(pictures, _start(spec, pictures, height, width), masks)


def _start(spec: Spec, pictures: Mapping[str, Image], height: int, width: int) -> Tensor:
    if spec.start.kind == "content":
        return to_tensor(pictures["content"])
    if spec.start.picture is not None:
        return to_tensor(centre_crop(full_image(spec.start.picture), height, width, spec.resize or "lanczos"))
    return noise(spec.start.kind, height, width, spec.start.seed)


def set_up(spec: Spec, inputs: Inputs) -> tuple[Tensor, Objective | Reference | Frozen]:
    """Return the starting picture on the device, and the objective with its targets."""
    wide = torch.float64 if DTYPES[spec.precision] == torch.float64 else torch.float32
    start = inputs.start.to(spec.runtime.device, wide, copy=True)
    return start, build_objective(spec, spec.precision, inputs.images, (start.shape[2], start.shape[3]))


def _timings(setup: float, warmup: float, run_state: RunState) -> Timings:
    p50, p90 = np.percentile(run_state.durations, [50, 90]) * 1e3
    return Timings(setup, warmup + run_state.seconds_recording, sum(run_state.durations), float(p50), float(p90))
