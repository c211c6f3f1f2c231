"""Claim a GPU for a worker of this host: the first that no other worker holds, by a file lock kept while it lives."""

import os
import platform
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class Claim:
    """A GPU, as CUDA_VISIBLE_DEVICES names it, and how many others had it before; held until the process ends."""

    gpu: str
    others: int
    lock: FileLock


_held: Claim | None = None


def visible_gpus() -> list[str]:
    """Return the GPUs this process may use, by index or UUID; asks the driver's library, and starts no CUDA."""
    import torch

    found = torch.cuda.device_count()
    given = os.environ.get(VISIBLE)
    names = [str(n) for n in range(found)] if given is None else [name.strip() for name in given.split(",")]
    return names[:found]


def take_gpu() -> Claim | None:
    """Make one GPU the only one that this process sees, before its CUDA starts; None without a GPU or if it has one."""
    global _held
    if _held is not None or not (gpus := visible_gpus()):
        return None
    _held = claim(gpus, lock_folder())
    os.environ[VISIBLE] = _held.gpu
    return _held


def claim(gpus: Sequence[str], folder: Path) -> Claim:
    """Claim the first GPU that is free; if all are taken, the first with the fewest workers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for others in count():
        for gpu in gpus:
            lock = FileLock(folder / f"{platform.node()}-{re.sub('[^0-9A-Za-z-]', '_', gpu)}-{others}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            return Claim(gpu, others, lock)
    raise AssertionError("there is always one more place")


def lock_folder() -> Path:
    """Return a folder for this host and user, not for a store: sweeps of two stores do not meet on one GPU."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"nst-gpus-{user}"
