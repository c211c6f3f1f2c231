"""Set PyTorch up for a run, and restore its process-wide settings at the end."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch

from nst.spec.records import Runtime

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""From glibc's malloc.h."""


@contextmanager
def torch_settings(runtime: Runtime) -> Iterator[None]:
    """Use a run's settings, then restore the previous ones; glibc's cannot be read, and stay."""
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    threads = torch.get_num_threads()
    before = (matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic)
    apply_settings(runtime)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic = before


def apply_settings(runtime: Runtime) -> None:
    """Use the run's threads; on CUDA full float32 (no TF32), and autotuned kernels unless `deterministic`."""
    torch.set_num_threads(runtime.threads)
    keep_freed_blocks()
    if runtime.device.startswith("cuda"):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.benchmark = not runtime.deterministic
        torch.backends.cudnn.deterministic = runtime.deterministic


def keep_freed_blocks() -> None:
    """Let glibc reuse freed blocks up to 32 MiB, 1 GiB in all: page faults would cost a quarter of an evaluation."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(M_MMAP_THRESHOLD, 32 * 2**20)
            library.mallopt(M_TRIM_THRESHOLD, 2**30)
