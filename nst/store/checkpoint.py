"""`checkpoint.pt` in a run's folder: what an interrupted run resumes from, as plain tensors, numbers and strings.

It is written whole or not at all, its sums are checked when it is read, and reading it runs no code that it holds.
"""

import contextlib
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from nst.optimizer.run_state import Checkpoint, RunState, TraceRow
from nst.spec.records import Spec
from nst.spec.signature import SPEC_VERSION, signature
from nst.store.atomic import write_with
from nst.store.names import CHECKPOINT

FORMAT = 2
"""Raised whenever older checkpoints mean something else."""


class Unusable(Exception):
    """The reason why a run is not resumed from a checkpoint."""


def write_checkpoint(folder: Path, spec: Spec, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint; raises `OSError`, and leaves the one before, if the disk is full.

    Nothing is copied that is on the CPU, and of the history only what is used is written.
    """
    data = {
        **_origin(spec),
        "picture": _compact(checkpoint.picture),
        "state": {name: _compact(part) for name, part in checkpoint.state.items()},
        "course": _plain(checkpoint.run_state),
    }
    write_with(folder / CHECKPOINT, lambda file: _save(data, file))


def read_checkpoint(folder: Path, spec: Spec) -> Checkpoint | None:
    """Read the checkpoint of this spec, None if there is none; tensors are read from the disk when needed.

    Raises `Unusable` if it is damaged, holds NaN, or is of another run, version, device or number of threads.
    """
    if not (folder / CHECKPOINT).exists():
        return None
    data = _load(folder / CHECKPOINT)
    for key, expected in _origin(spec).items():
        if data.get(key) != expected:
            raise Unusable(f"it was written with {key}={data.get(key)}, but this run uses {key}={expected}")
    try:
        run_state = RunState(**{**data["course"], "trace": [TraceRow(*row) for row in data["course"]["trace"]]})
        checkpoint = Checkpoint(data["picture"], data["state"], run_state)
        has_nan = checkpoint.has_nan
    except Exception as error:
        raise Unusable(f"it cannot be read ({error})") from None
    if has_nan:
        raise Unusable("the checkpoint contains NaN")
    return checkpoint


def remove_checkpoint(folder: Path) -> None:
    """Remove the checkpoint of a recorded run; one that cannot be removed harms nobody."""
    with contextlib.suppress(OSError):
        (folder / CHECKPOINT).unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove files that a killed process was writing; only for the one that holds the run's lock."""
    for path in folder.glob(f".{CHECKPOINT}.*.tmp"):
        with contextlib.suppress(OSError):
            path.unlink()


def _origin(spec: Spec) -> dict[str, Any]:
    """Return what must be the same to resume: on a CPU, other threads would end in another picture."""
    device = spec.runtime.device.partition(":")[0]
    return {
        "format": FORMAT,
        "spec_version": SPEC_VERSION,
        "signature": signature(spec),
        "device": device,
        "threads": spec.runtime.threads if device == "cpu" else 0,
    }


def _plain(run_state: RunState) -> dict[str, Any]:
    values = {field.name: getattr(run_state, field.name) for field in fields(run_state)}
    best = None if run_state.best_picture is None else _compact(run_state.best_picture)
    return {**values, "trace": [tuple(row) for row in run_state.trace], "best_picture": best}


def _compact(tensor: Tensor) -> Tensor:
    """Copy to the CPU with no larger a storage than needed: `torch.save` writes whole storages."""
    here = tensor.detach().cpu()
    if here.dtype == torch.bfloat16:  # which NumPy does not know
        return torch.from_numpy(here.view(torch.int16).numpy()).view(torch.bfloat16)
    return torch.from_numpy(here.numpy())


def _save(data: dict[str, Any], file: IO[bytes]) -> None:
    """Save; `torch.save` turns whatever happens while it writes, Ctrl-C as well, into a `RuntimeError`."""
    try:
        torch.save(data, file)
    except RuntimeError as error:
        raise (error.__context__ or OSError(str(error))) from None


def _load(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        data = None if damaged else torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except Exception as error:
        raise Unusable(f"it cannot be read ({error})") from None
    if not isinstance(data, dict):
        raise Unusable("it is damaged")
    return data
