"""`checkpoint.pt` in a run's folder: what an interrupted run resumes from, as plain tensors, numbers and strings.

It is written whole or not at all, a digest of its content is checked when it is read, and reading it runs no code in
it. One that cannot be resumed from is set aside as `checkpoint-unusable.pt` until its run is recorded.
"""

import contextlib
import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from nst.objective import balance
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.run_state import RunState, TraceRow
from nst.spec.records import Lbfgs, Spec
from nst.spec.signature import SPEC_VERSION, signature
from nst.store.files.atomic import remove, write_with
from nst.store.files.names import CHECKPOINT, UNUSABLE_CHECKPOINT

FORMAT = 3
"""Increased whenever older checkpoints mean something else. Those of format 2 had no digest; their runs start over."""


class Unusable(Exception):
    """The reason why a run is not resumed from a checkpoint."""


def write_checkpoint(folder: Path, spec: Spec, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint; raises `OSError`, and leaves the one before, if the disk is full.

    Tensors on the CPU are not copied, and only the part of the history in use is written.
    """
    run, best = checkpoint.run_state, checkpoint.run_state.best_picture
    compact_best = None if best is None else _compact(best)
    data = {
        **_origin(spec),
        "picture": _compact(checkpoint.picture),
        "state": {name: _compact(part) for name, part in checkpoint.state.items()},
        "course": {**vars(run), "trace": [tuple(row) for row in run.trace], "best_picture": compact_best},
        **({} if checkpoint.balance is None else {"balance": checkpoint.balance}),
    }
    write_with(folder / CHECKPOINT, lambda file: _save({**data, "digest": digest(data)}, file))


def read_checkpoint(folder: Path, spec: Spec) -> Checkpoint | None:
    """Read the checkpoint of this spec, None if there is none; tensors are read from the disk when needed.

    Raises `Unusable` if it is damaged, holds NaN, or is of another run, version, device or number of threads.
    """
    if not os.path.lexists(folder / CHECKPOINT):
        return None
    try:
        data = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True, mmap=True)
        if not isinstance(data, dict):
            raise Unusable("it is damaged")
        for key, expected in _origin(spec).items():
            if data.get(key) != expected:
                raise Unusable(f"it was written with {key}={data.get(key)}, but this run uses {key}={expected}")
        if data.pop("digest", None) != digest(data):
            raise Unusable("it is damaged: its content is not what was written")
        return _checked(data, spec)
    except Unusable:
        raise
    except Exception as error:
        raise Unusable(f"it cannot be read ({error})") from None


def set_checkpoint_aside(folder: Path) -> None:
    """Rename a checkpoint that its run cannot use, so that it is not tried again."""
    with contextlib.suppress(OSError):
        os.replace(folder / CHECKPOINT, folder / UNUSABLE_CHECKPOINT)


def remove_leftovers(folder: Path) -> None:
    """Remove files that a killed process was writing; the caller must hold the run's lock."""
    for path in folder.glob(f".{CHECKPOINT}.*.tmp"):
        remove(path)


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a checkpoint's content: types, shapes and numbers of its tensors, and all else as text."""
    found = hashlib.sha256()
    for part in _hashed(data):
        found.update(part)
    return found.hexdigest()


def _hashed(value: Any) -> Iterator[Any]:
    """Yield what to hash of a value; a tensor that is sparse, has no numbers or repeats them raises `ValueError`."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield repr(key).encode()
            yield from _hashed(item)
    elif isinstance(value, Tensor):
        if value.layout != torch.strided or value.is_meta or value.nbytes > value.untyped_storage().nbytes():
            raise ValueError("a tensor in it is sparse, empty or expanded")
        yield repr((value.dtype, tuple(value.shape))).encode()
        yield value.reshape(-1).view(torch.uint8).numpy()
    else:
        yield repr(value).encode()


def _checked(data: Mapping[str, Any], spec: Spec) -> Checkpoint:
    """Return the checkpoint in `data`; raises `Unusable`, or any error for data of other types."""
    run_state = RunState(**{**data["course"], "trace": [TraceRow(*row) for row in data["course"]["trace"]]})
    checkpoint = Checkpoint(data["picture"], data["state"], run_state, data.get("balance"))
    if checkpoint.has_nan:
        raise Unusable("the checkpoint contains NaN")
    if not (_has_possible_pictures(checkpoint) and _has_possible_numbers(checkpoint, spec)):
        raise Unusable("it is damaged: a number in it is out of range")
    return checkpoint


def _has_possible_pictures(checkpoint: Checkpoint) -> bool:
    picture, best = checkpoint.picture, checkpoint.run_state.best_picture
    return picture.dim() == 4 and all(
        (one.shape, one.dtype) == (picture.shape, picture.dtype) and bool(one.isfinite().all())
        for one in ([picture] if best is None else [picture, best])
    )


def _has_possible_numbers(checkpoint: Checkpoint, spec: Spec) -> bool:
    run, made = checkpoint.run_state, checkpoint.evaluation
    evaluations = [row.evaluation for row in run.trace]
    seconds = [*run.durations, run.seconds_recording, *(row.seconds for row in run.trace)]
    most = spec.optimizer.history if isinstance(spec.optimizer, Lbfgs) else 0
    order = checkpoint.state["order"].tolist() if "order" in checkpoint.state else []
    return (
        0 < made
        and _has_possible_scale(run, spec)
        and (run.best_evaluation == 0 or run.before < run.best_evaluation <= made)
        and evaluations == sorted({count for count in evaluations if 0 < count <= made})
        and all(0 <= number < math.inf for number in seconds)
        and (checkpoint.pairs is None or 0 < checkpoint.pairs <= most)
        and balance.fits(checkpoint.balance, spec)
        and sorted(order) == list(range(len(order)))
    )


def _has_possible_scale(run: RunState, spec: Spec) -> bool:
    """Return whether a run of this spec may have made as many evaluations, and as many before this scale."""
    if run.scale not in range(len(spec.scales)):
        return False
    earlier, scale = spec.scales[: run.scale], spec.scales[run.scale]
    is_size = run.size == (scale.size if len(spec.scales) > 1 else None)
    is_before = run.scale <= run.before <= sum(each.steps for each in earlier)
    return is_size and is_before and run.before <= run.evaluations <= run.before + scale.steps


def _origin(spec: Spec) -> dict[str, Any]:
    """Return what must match to resume: on a CPU, another number of threads would give another picture."""
    device = spec.runtime.device.partition(":")[0]
    threads = spec.runtime.threads if device == "cpu" else 0
    versions = {"format": FORMAT, "spec_version": SPEC_VERSION}
    return {**versions, "signature": signature(spec), "device": device, "threads": threads}


def _compact(tensor: Tensor) -> Tensor:
    """Copy to the CPU with no larger a storage than needed: `torch.save` writes whole storages."""
    here = tensor.detach().cpu()
    if here.dtype == torch.bfloat16:  # NumPy has no bfloat16
        return torch.from_numpy(here.view(torch.int16).numpy()).view(torch.bfloat16)
    return torch.from_numpy(here.numpy())


def _save(data: dict[str, Any], file: IO[bytes]) -> None:
    """Save, and raise what really happened: `torch.save` turns any error, even Ctrl-C, into a `RuntimeError`."""
    try:
        torch.save(data, file)
    except RuntimeError as error:
        raise (error.__context__ or OSError(str(error))) from None
