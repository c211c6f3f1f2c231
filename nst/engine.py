"""Run one style transfer, reconstruction or texture: `transfer(spec)`. It prints and writes nothing."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from nst import colours
from nst.errors import is_out_of_memory
from nst.hardware.torch_settings import torch_settings
from nst.inputs import Inputs, load_inputs, recorded, set_up
from nst.memory.estimate import fit_memory, ran_out
from nst.memory.peak import peak_mib, reset_peak
from nst.memory.reuse import CACHES
from nst.metrics.recorded import against_divergence, measure, remark
from nst.objective.balance import Factors, measure_factors, with_factors
from nst.objective.frozen import frozen_part
from nst.optimizer.begin import ScaleStart, Start, with_checkpoint_history
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.loop import Diverged, RunState, optimise
from nst.optimizer.schedule import Callback, Later, with_balance
from nst.pictures.tensors import to_image
from nst.result import Result, Timings
from nst.spec.masks import FREEZE
from nst.spec.records import Lbfgs, Spec
from nst.spec.sizes.shapes import result_shape


def transfer(spec: Spec, *, callback: Callback | None = None, resume: Checkpoint | None = None) -> Result:
    """Run one spec to its end, from its start or from a checkpoint; see `optimise` for when `callback` is called.

    Raises `Diverged` (with the best picture and the trace) if the loss explodes or becomes NaN, `TooLarge` if the run
    does not fit into memory, and `CannotResume` if the checkpoint does not fit the run.
    """
    with torch_settings(spec.runtime):
        try:
            return _measured(spec, _run_scales(spec, callback, resume), resume)
        except Diverged as error:
            raise Diverged(f"{error}; {against_divergence(spec)}", error.run_state) from error


@dataclass(frozen=True)
class _EndedScale:
    """A finished scale and its `picture` (1, 3, H, W) in [0, 1]; the seconds cover all scales since the last start.

    `carried`: tensors that the optimizer passes to the next scale. `balance`: the factors measured at the first scale.
    `history`: the number of pairs L-BFGS kept.
    """

    picture: Tensor
    inputs: Inputs
    run_state: RunState
    carried: Mapping[str, Tensor]
    balance: Factors | None
    history: int | None
    seconds_setup: float
    seconds_warmup: float


def _run_scales(spec: Spec, callback: Callback | None, resume: Checkpoint | None) -> _EndedScale:
    """Run from coarse to fine, from the scale of the checkpoint on; return the last scale."""
    start: Start = resume
    if len(spec.scales) > 1:
        fit_memory(spec.at(-1), result_shape(spec), CACHES.reusable_bytes())  # now, not hours later
        start = resume or ScaleStart(RunState(size=spec.scales[0].size))
    number, before = resume.run_state.scale if resume else 0, None
    while True:
        ended = _run_scale(spec, number, start, before, callback)
        if number == len(spec.scales) - 1:
            return ended
        start, number, before = _next_start(spec, number, ended), number + 1, ended


def _next_start(spec: Spec, number: int, ended: _EndedScale) -> ScaleStart:
    """Free the caches of a finished scale, and return the start of the next one."""
    run_state = ended.run_state
    if not ended.picture.isfinite().all():
        raise Diverged(f"diverged after evaluation {run_state.evaluations}: the picture contains NaN", run_state)
    CACHES.release()
    carried = {} if spec.carry is False else ended.carried
    return ScaleStart(run_state.next_scale(spec.scales[number + 1].size), carried)


def _run_scale(
    spec: Spec, number: int, start: Start, before: _EndedScale | None, callback: Callback | None
) -> _EndedScale:
    """Run one scale; `before`: the previous one, or None if this process begins with this scale."""
    began, own = time.perf_counter(), spec.at(number)
    shape = result_shape(own)
    fitted = with_checkpoint_history(own, start)
    CACHES.free_unrelated_buffers(fitted, shape)
    fitted = fit_memory(fitted, shape, CACHES.reusable_bytes())
    with _in_memory(fitted, shape):
        inputs = load_inputs(own, before.picture) if before else load_inputs(own)
        if before is None:
            reset_peak(spec.runtime.device)
        balance = before.balance if before else start.balance if isinstance(start, Checkpoint) else None
        balance = balance or measure_factors(own, inputs.images, inputs.start, colours.optimised)
        ended = _optimise(fitted, inputs, balance, began, callback, start, _later(spec, number))
    if before is None:
        return ended
    setup, warmup = before.seconds_setup + ended.seconds_setup, before.seconds_warmup + ended.seconds_warmup
    return replace(ended, seconds_setup=setup, seconds_warmup=warmup)


@contextmanager
def _in_memory(spec: Spec, shape: tuple[int, int]) -> Iterator[None]:
    """Raise `TooLarge` in place of the various errors that allocators raise when memory runs out."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        CACHES.release()
        raise ran_out(spec, shape) from None


def _measured(spec: Spec, ended: _EndedScale, resume: Checkpoint | None) -> Result:
    run_state, given, last = ended.run_state, ended.inputs, spec.at(-1)
    with _in_memory(last, result_shape(last)):
        optimised, picture = to_image(ended.picture), colours.shown(last, ended.picture)
        image = optimised if picture is ended.picture else to_image(picture)
        torch.backends.cudnn.benchmark = False  # autotuning for shapes that occur once takes time and gigabytes
        metrics = measure(with_factors(last, ended.balance), ended.picture, image, given.images)
        inputs = recorded(spec, given)
    if not np.isfinite(metrics.losses.total):
        raise Diverged(f"diverged after evaluation {run_state.evaluations}: the final loss is not a number", run_state)
    return Result(
        picture=picture.float().cpu(),
        image=image,
        inputs=inputs,
        trace=tuple(run_state.trace),
        evaluations=run_state.evaluations,
        best_evaluation=run_state.best_evaluation,
        best_total_loss=run_state.best_loss,
        stopped=run_state.stopped,
        metrics=metrics,
        timings=_timings(ended),
        peak_memory_mib=peak_mib(spec.runtime.device),
        history_used=ended.history,
        resumed_at=resume.evaluation if resume else None,
        remark=remark(spec, optimised, to_image(inputs.start), given.pictures.values()),
        balance=ended.balance,
    )


def _optimise(
    spec: Spec,
    inputs: Inputs,
    balance: Factors | None,
    began: float,
    callback: Callback | None,
    start: Start,
    later: Later,
) -> _EndedScale:
    """Set up, warm up, optimise; the final picture is in [0, 1]. `began`: when set-up began."""
    picture, given = set_up(with_factors(spec, balance), inputs)
    objective = colours.optimised(spec, given)
    ready = time.perf_counter()
    objective.loss_and_gradient(picture)[0].flat().cpu()
    warm = time.perf_counter()
    optimizer = CACHES.optimizer_for(spec, picture)
    run_state = optimise(
        objective,
        optimizer,
        picture,
        spec.steps,
        trace_every=spec.runtime.trace_every,
        exact_every=(spec.runtime.frames_every, spec.runtime.checkpoint_every),
        callback=with_balance(callback, balance),
        resume=_with_free_pixels(start, inputs, picture),
        later=later,
    )
    kept = {"best": run_state.best_picture, "average": optimizer.averaged(picture)}.get(spec.keep)
    final = (picture if kept is None else kept).clamp(0, 1)
    pairs = spec.optimizer.history if isinstance(spec.optimizer, Lbfgs) else None
    carried, seconds = optimizer.carried_tensors(), (ready - began, warm - ready)
    return _EndedScale(final, inputs, run_state, carried, balance, pairs, *seconds)


def _with_free_pixels(start: Start, inputs: Inputs, picture: Tensor) -> Start:
    """Tell the optimizer which pixels are free, if there is a mask, so that nothing carried over moves the others."""
    mask = inputs.masks.get(FREEZE)
    if mask is None or not isinstance(start, ScaleStart) or not start.carried:
        return start
    return replace(start, carried={**start.carried, "free": frozen_part(mask, picture) < 1})


def _later(spec: Spec, number: int) -> Later:
    """Return the evaluations and the work that the scales after `number` will add."""
    pixels = [math.prod(result_shape(spec.at(each))) for each in range(number, len(spec.scales))]
    steps = [scale.steps for scale in spec.scales[number + 1 :]]
    work = sum(count * size / pixels[0] for count, size in zip(steps, pixels[1:], strict=True))
    return Later(sum(steps), work)


def _timings(ended: _EndedScale) -> Timings:
    run_state = ended.run_state
    p50, p90 = np.percentile(run_state.durations[run_state.before :], [50, 90]) * 1e3
    warmup = ended.seconds_warmup + run_state.seconds_recording
    return Timings(ended.seconds_setup, warmup, sum(run_state.durations), float(p50), float(p90))
