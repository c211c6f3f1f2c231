"""Set PyTorch up for a run, and restore its process-wide settings at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from nst.memory.peak import keep_freed_blocks
from nst.spec.records import Runtime


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
