"""Set PyTorch up for a run, and restore its process-wide settings at the end."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch

from nst.spec.records import Runtime

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""From glibc's malloc.h."""


@contextmanager
def torch_settings(runtime: Runtime) -> Iterator[None]:
    """Use a run's settings, then restore the previous ones; glibc's cannot be read, and stay."""
    cudnn, threads = torch.backends.cudnn, torch.get_num_threads()
    before, tf32, precisions = (cudnn.benchmark, cudnn.deterministic), _tf32(), _precisions()
    apply_settings(runtime)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        cudnn.benchmark, cudnn.deterministic = before
        if runtime.device.startswith("cuda"):
            _set_tf32(tf32, precisions)


def apply_settings(runtime: Runtime) -> None:
    """Use the run's threads; on CUDA full float32 (no TF32), and autotuned kernels unless `deterministic`."""
    torch.set_num_threads(runtime.threads)
    keep_freed_blocks()
    if runtime.device.startswith("cuda"):
        if _tf32() is None:
            _set_tf32(None, ("ieee", "ieee", "ieee"))
        else:
            _set_tf32((False, False), ())
        torch.backends.cudnn.benchmark = not runtime.deterministic
        torch.backends.cudnn.deterministic = runtime.deterministic


def _tf32() -> tuple[bool, bool] | None:
    """Return whether matrix products and cuDNN may use TF32; None if PyTorch's newer setting, `fp32_precision`, says.

    PyTorch refuses to read the older setting after the newer one was set.
    """
    try:
        return torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    except RuntimeError:
        return None


def _precisions() -> tuple[str, ...]:
    return tuple(part.fp32_precision for part in _parts())


def _set_tf32(tf32: tuple[bool, bool] | None, precisions: tuple[str, ...]) -> None:
    """Set the older setting, if it is in use, then the newer one, if its values are given."""
    if tf32 is not None:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = tf32
    for part, precision in zip(_parts(), precisions, strict=False):
        part.fp32_precision = precision


def _parts() -> tuple[Any, ...]:
    cudnn: Any = torch.backends.cudnn
    return torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn


def keep_freed_blocks() -> None:
    """Let glibc reuse freed blocks up to 32 MiB, 1 GiB in all: page faults would cost a quarter of an evaluation."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(M_MMAP_THRESHOLD, 32 * 2**20)
            library.mallopt(M_TRIM_THRESHOLD, 2**30)
