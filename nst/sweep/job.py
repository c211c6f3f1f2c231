"""One run against the store: claimed, skipped if it is done, recorded whether it ends well or not."""

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from nst.errors import UserError
from nst.optimizer.loop import Progress
from nst.spec.check import check_choice
from nst.spec.spec import Spec, signature
from nst.store.atomic import read_json, write_bytes
from nst.store.frames import FrameWriter
from nst.store.provenance import now
from nst.store.record import write_failure, write_result
from nst.store.store import Store
from nst.sweep.progress import Reporter, clock

RERUNS = ("missing", "failed", "all", "never")
DETERMINISTIC = frozenset({"Diverged", "UserError"})
"""Failures that would only happen again: not repeated unless asked for."""


class Outcome(StrEnum):
    """How a run stands after `run_job`."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


def is_due(store: Store, key: str, rerun: str, since: datetime) -> bool:
    """Whether `rerun` asks for this run to be made now; with `all`, unless it was made since the call began."""
    check_choice("rerun", rerun, RERUNS)
    error = store.error(key)
    if rerun == "all":
        return not _ended_since(store, key, since)
    if rerun == "never" or store.metrics(key) is not None:
        return False
    return error is None or rerun == "failed" or error.get("type") not in DETERMINISTIC


def run_job(
    store: Store, spec: Spec, reporter: Reporter, *, rerun: str = "missing", since: datetime | None = None
) -> Outcome:
    """Make a run if it is due, holding its lock; another process that holds it is waited for.

    Only `KeyboardInterrupt` and its like leave this function: whatever else happens is recorded as `error.json`.
    """
    key, since = signature(spec), since or now()
    if not is_due(store, key, rerun, since):
        return _standing(store, key, reporter)
    try:
        lock = store.lock(key)
        with _announced(lock, reporter):
            if not is_due(store, key, rerun, since):
                return _standing(store, key, reporter)
            return _make(store, spec, reporter)
    except OSError as error:
        reporter.complain(f"failed: cannot write to {store.root} ({error.strerror or error})")
        return Outcome.FAILED


def _announced(lock: FileLock, reporter: Reporter) -> "AcquireReturnProxy[FileLock]":
    """Take a lock; say so where another process holds it."""
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        reporter.say("another process is making this run; waiting for it")
        return lock.acquire()


def copy_output(store: Store, spec: Spec, output: str) -> Path:
    """Put a copy of a finished picture where the user wants it."""
    target = Path(output).expanduser()
    write_bytes(target, (store.job(signature(spec)) / "image.png").read_bytes())
    return target


def check_output(output: str) -> None:
    """Refuse a target that could not be written, before anything is computed."""
    target = Path(output).expanduser()
    if target.is_dir() or target.suffix.lower() != ".png":
        raise UserError(f"output={output}: must be the name of a .png file")
    folder = next(parent for parent in target.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UserError(f"output={output}: cannot write to {folder}")


def _make(store: Store, spec: Spec, reporter: Reporter) -> Outcome:
    from nst.transfer import transfer

    started = now()
    frames = FrameWriter(store.job(signature(spec)), spec.frames_every)

    def watch(progress: Progress) -> None:
        reporter.watch(progress)
        frames.watch(progress)

    try:
        result = transfer(spec, watch=watch)
        picture = write_result(store, spec, result, started)
    except Exception as error:
        folder = write_failure(store, spec, error, started)
        reporter.complain(f"failed: {_first_line(error)}  ({folder})")
        return Outcome.FAILED
    losses, timings = result.measurements.losses, result.timings
    reporter.say(
        f"done in {clock(timings.seconds_loop)}  total {losses.total:.4g}  content {losses.content:.3g}  "
        f"style {losses.style:.3g}  {timings.ms_per_evaluation_p50:.0f} ms/evaluation  {picture}"
    )
    return Outcome.DONE


def _standing(store: Store, key: str, reporter: Reporter) -> Outcome:
    """Say how a run that is not made stands."""
    if store.metrics(key) is not None:
        reporter.say(f"already done  {store.job(key) / 'image.png'}")
        return Outcome.SKIPPED
    error = store.error(key)
    if error is None:
        reporter.say("not there, and rerun=never")
    else:
        reporter.complain(f"failed before: {error.get('message')}  (rerun=failed tries again; {store.job(key)})")
    return Outcome.FAILED


def _ended_since(store: Store, key: str, since: datetime) -> bool:
    record = read_json(store.job(key) / "provenance.json")
    if store.metrics(key) is None or record is None:
        return False
    try:
        return datetime.fromisoformat(record["ended_utc"]) >= since.replace(microsecond=0)
    except (KeyError, ValueError):
        return False


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
