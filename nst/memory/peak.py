"""Measure a run's peak memory: the process's high-water mark on a CPU, PyTorch's allocator on a GPU."""

import contextlib
import ctypes
import gc
import math
import sys
from pathlib import Path

MIB = 2**20


def reset_peak(device: str) -> None:
    """Reset the peak; on systems other than Linux a CPU's cannot be reset and includes the process's past."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.init()  # type: ignore[no-untyped-call]  # a fresh process has no allocator to reset
        torch.cuda.reset_peak_memory_stats(device)
    else:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")


def peak_mib(device: str) -> float:
    """Return the peak in MiB since `reset_peak`."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.max_memory_allocated(device) / MIB
    try:
        return number_after("VmHWM:", Path("/proc/self/status")) / 1024
    except (OSError, StopIteration):
        return _peak_ever_mib()


def _peak_ever_mib() -> float:
    """Return the process's peak since it began; NaN on Windows, where Python cannot measure it."""
    try:
        import resource
    except ImportError:
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MIB if sys.platform == "darwin" else peak / 1024


def number_after(key: str, path: Path) -> int:
    """Return the number after a key at the beginning of a line."""
    lines = path.read_text().splitlines()
    return next(int(line.removeprefix(key).split()[0]) for line in lines if line.startswith(key))


def free_memory() -> None:
    """Free the memory of earlier runs: reference cycles, freed blocks, and PyTorch's cache of GPU blocks."""
    gc.collect()
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        with contextlib.suppress(RuntimeError):  # the failure may have broken the device
            torch.cuda.empty_cache()
