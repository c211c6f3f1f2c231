"""Make one run against the store: claim it, skip it if it is done, and record its result or its failure."""

import errno
import os
import shutil
from enum import StrEnum
from functools import partial

from filelock import AcquireReturnProxy, FileLock, Timeout

from nst import losses
from nst.colours import shown
from nst.errors import JobError, UserError, is_out_of_memory, reason
from nst.hardware.torch_settings import torch_settings
from nst.optimizer.checkpoint import CheckpointCallback
from nst.optimizer.loop import Progress
from nst.signals import STOP, Terminated
from nst.spec.records import Spec
from nst.spec.signature import signature
from nst.store.files.folder import settle
from nst.store.files.frames import FrameWriter, has_frames
from nst.store.files.names import BEST, IMAGE
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import FULL, Store, StoreError
from nst.store.upkeep.measure_runs import is_unmeasured, measure_stored
from nst.sweep.checkpoints import Checkpoints
from nst.sweep.progress import ConsoleProgress, clock, numbers
from nst.sweep.rerun import run_name, should_run

BESIDE_PICTURES = 2**16
"""Bytes of what a short run leaves beside its two largest files, the start and the result."""


class Outcome(StrEnum):
    """The state of a run after `run_one`; `held`: another process is making it."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    HELD = "held"


class NotStarted(StoreError):
    """An error found before the run: nothing was computed."""


def run_one(
    store: Store,
    spec: Spec,
    console: ConsoleProgress,
    *,
    rerun: str = "missing",
    attempts: int | None = None,
    wait: bool = True,
) -> Outcome:
    """Make a run if it is due, holding its lock; if another process holds that, wait for it or return `HELD`.

    A failure is recorded. Raises `StoreError` if nothing can be recorded, `NotStarted` if that is known before the run.
    """
    key = run_name(store, spec, rerun)
    attempts = store.attempt(key) if attempts is None else attempts
    refusal: type[StoreError] = NotStarted
    if not should_run(store.record(key, probe=False), rerun, attempts):
        outcome = _report_skipped(store, key, console)
        _measure(store, key, spec, console)
        return outcome
    try:
        with _claim(store, key, console, wait):
            settle(store.run(key))
            if not should_run(store.record(key, probe=False), rerun, attempts):
                return _report_skipped(store, key, console)
            _tell_damage(store, key, console)
            check_room(store, spec)
            refusal = StoreError
            outcome = _make(store, spec, console)
    except Timeout:
        return Outcome.HELD
    except Terminated:
        STOP.leave_work()
        raise
    except OSError as error:
        raise refusal(store.root, error) from error
    except Exception as error:  # memory or the GPU is gone, even for recording what went wrong
        console.complain(f"failed, and could not be recorded: {_first_line(error)}")
        outcome = Outcome.FAILED
    _after(store, key, spec, console, outcome)
    return outcome


def _after(store: Store, key: str, spec: Spec, console: ConsoleProgress, outcome: Outcome) -> None:
    """Free a failed run's memory, or measure a run that is done; the run's lock is free again."""
    if outcome is Outcome.FAILED:
        _after_failure(store, key)
    if outcome is Outcome.DONE:
        _measure(store, key, spec, console)


def _claim(store: Store, key: str, console: ConsoleProgress, wait: bool) -> "AcquireReturnProxy[FileLock]":
    """Take a run's lock; if another process holds it, print so and wait, or raise `Timeout`."""
    lock = store.lock(key)
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        if not wait:
            raise
        console.say("another process is making this run; waiting for it")
        return lock.acquire()


def check_room(store: Store, spec: Spec) -> None:
    """Raise the `OSError` of a full disk before a run, not after it, if there is no room for its pictures."""
    folder = next(path for path in (store.root, *store.root.absolute().parents) if path.exists())
    if shutil.disk_usage(folder).free < BESIDE_PICTURES + 2 * 3 * spec.size**2:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _tell_damage(store: Store, key: str, console: ConsoleProgress) -> None:
    if damage := store.damage(key):
        console.complain(f"made again: {damage}  ({store.run(key)})")


def _after_failure(store: Store, key: str) -> None:
    """Free the memory of a run; raise `StoreError` if the disk is full: its record still fitted, others would not."""
    from nst.memory.reuse import CACHES

    CACHES.release()
    number = (store.error(key) or {}).get("errno")
    if number in FULL:
        raise StoreError(store.root, OSError(number, os.strerror(number)))


def _make(store: Store, spec: Spec, console: ConsoleProgress) -> Outcome:
    started, checkpoints, folder = now(), Checkpoints(store, spec, console), store.run(signature(spec))
    resume = checkpoints.found()
    every = spec.runtime.frames_every
    if resume and not has_frames(folder, every, resume.evaluation):
        console.complain(f"starts over: its frames up to evaluation {resume.evaluation} are missing")
        resume = None
    frames = FrameWriter(folder, every, resume.evaluation if resume else 0, partial(shown, spec))

    def callback(progress: Progress) -> CheckpointCallback | None:
        console.update(progress)
        frames.update(progress)
        return checkpoints.update(progress)

    try:
        with STOP.deferred():  # a run that has finished its evaluations is recorded first
            result = checkpoints.transfer(callback, resume)
            picture = write_result(store, spec, result, started)
    except Exception as error:
        write_failure(store, spec, error, started)
        kept = "" if store.metrics(signature(spec)) is None else "; the earlier result stays"
        place = f"best so far: {folder / BEST}" if (folder / BEST).exists() else folder
        console.complain(f"failed: {_first_line(error)}{_in_loss(spec, error)}{kept}  ({place})")
        return Outcome.FAILED
    timings = result.timings
    console.say(
        f"done in {clock(timings.seconds_loop)}  {numbers(result.metrics.losses)}  "
        f"{timings.ms_per_evaluation_p50:.0f} ms/evaluation  {picture}"
    )
    if result.remark:
        console.say(result.remark)
    return Outcome.DONE


def _measure(store: Store, key: str, spec: Spec, console: ConsoleProgress) -> None:
    """Measure a run that is done, if that is asked for and was not done before; what hinders it costs a line."""
    patches = spec.runtime.measure == "patches"
    if spec.runtime.measure is None or not is_unmeasured(store, key, patches):
        return
    try:
        with torch_settings(spec.runtime):
            seconds = measure_stored(store, key, patches=patches)
        console.say(f"measured in {seconds:.1f} s")
    except (JobError, OSError) as error:
        console.complain(f"not measured: {reason(error)}")


def _report_skipped(store: Store, key: str, console: ConsoleProgress) -> Outcome:
    if store.metrics(key) is not None:
        console.say(f"already done  {store.run(key) / IMAGE}")
        return Outcome.SKIPPED
    why = store.reason(key)
    if why is None:
        console.say(f"{store.damage(key) or 'not run yet'}; rerun=never starts nothing")
    else:
        console.complain(f"failed before: {why}  (rerun=failed tries again; {store.run(key)})")
    return Outcome.FAILED


def _first_line(error: BaseException) -> str:
    return reason(error).strip().partition("\n")[0] or type(error).__name__


def _in_loss(spec: Spec, error: BaseException) -> str:
    """Return ` in my_loss.py, line 8` for an error of a loss's own code; nothing for one that is known."""
    if isinstance(error, JobError | UserError) or is_out_of_memory(error):
        return ""
    place = losses.place(error, {term.loss for term in spec.terms})
    return f" in {place}" if place else ""
