"""Peak memory of one run: the process's high-water mark on a CPU, PyTorch's allocator on a GPU; reset between runs.

And a setting of the C library: freed blocks stay with the process, for page faults cost a quarter of an evaluation.
"""

import contextlib
import ctypes
import gc
import math
import sys
from pathlib import Path

MIB = 2**20
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Names of glibc's malloc.h."""
LARGEST_KEPT_BLOCK = 32 * MIB
MOST_KEPT = 1024 * MIB


def keep_freed_blocks() -> None:
    """Let glibc reuse freed blocks of up to 32 MiB instead of returning them to the kernel; elsewhere nothing."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT_BLOCK)
            library.mallopt(M_TRIM_THRESHOLD, MOST_KEPT)


def reset_peak(device: str) -> None:
    """Forget the peak so far. Linux resets a process's high-water mark; elsewhere the process's past counts too."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.init()  # type: ignore[no-untyped-call]  # a fresh process has no allocator to reset
        torch.cuda.reset_peak_memory_stats(device)
    else:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")


def peak_mib(device: str) -> float:
    """MiB in use at the highest point since `reset_peak`."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.max_memory_allocated(device) / MIB
    try:
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return _peak_ever_mib()


def _peak_ever_mib() -> float:
    """The process's peak since it began; NaN on Windows, where Python does not know it."""
    try:
        import resource
    except ImportError:
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MIB if sys.platform == "darwin" else peak / 1024


def free_memory() -> None:
    """Give back what runs held: cycles with tensors in them, freed blocks, and PyTorch's own store of GPU blocks."""
    gc.collect()
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        with contextlib.suppress(RuntimeError):  # a device that the failure took with it
            torch.cuda.empty_cache()
