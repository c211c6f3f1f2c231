"""Choose a run's device, threads and precision: once, when the plan is made."""

import os
import platform
from functools import cache
from pathlib import Path

from nst.errors import UserError

PRECISIONS = ("auto", "fp32", "fp32_winograd", "bf16", "fp64")
GRANTS = ("OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK")
"""Environment variables that limit a process's threads: set by joblib, Ray and users; set by Slurm."""

_cuda_elsewhere = False


def expect_cuda(elsewhere: bool) -> None:
    """Set whether runs are planned for CUDA devices of workers that this machine does not have."""
    global _cuda_elsewhere
    _cuda_elsewhere = elsewhere


def is_elsewhere(device: str) -> bool:
    """Return whether a device belongs to the workers, not to this machine."""
    return _cuda_elsewhere and device.startswith("cuda")


def cuda_devices() -> int:
    """Return how many CUDA devices PyTorch can use here."""
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def pick_device(name: str) -> str:
    """Return `cpu`, `cuda:N` or `mps` for `auto` or a name; raises `UserError` if this machine does not have it."""
    import torch

    if name == "auto":
        return "cuda:0" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (index and (kind != "cuda" or not index.isdigit())):
        raise UserError(f"device={name}: unknown; choose from auto, cpu, cuda, cuda:N, mps")
    if kind == "cuda":
        found = cuda_devices()
        if int(index or 0) >= found and not is_elsewhere(kind):
            raise UserError(f"device={name}: this machine has {found} CUDA devices that PyTorch can use")
        return f"cuda:{index or 0}"
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UserError("device=mps: PyTorch finds no Metal device on this machine")
    return kind


def pick_threads(value: object) -> int:
    """Return the threads of a run; `auto` is one for each processor that this process may use and has been granted."""
    if value == "auto":
        granted = (os.environ.get(name, "").partition(",")[0] for name in GRANTS)
        return min(processors(), *(int(number) for number in granted if number.isdigit() and int(number)), 1024)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1024:
        raise UserError(f"threads={value}: must be 'auto' or a number from 1 to 1024")
    return value


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pick_precision(name: str, device: str, is_transfer: bool) -> str:
    """Return the precision; `auto` is bf16 for transfers if the device has matrix units for it, else fp32.

    A run with one loss (reconstruction, texture) stays in fp32: rounding would change what its figure shows.
    """
    if name not in PRECISIONS:
        raise UserError(f"precision={name}: unknown; choose from {', '.join(PRECISIONS)}")
    if name == "fp64" and device == "mps":
        raise UserError("precision=fp64: Apple GPUs have no float64; use device=cpu")
    if name == "fp32_winograd" and device != "cpu":
        raise UserError(f"precision=fp32_winograd: for CPUs only, not device={device}; use precision=fp32")
    if name != "auto":
        return name
    return "bf16" if is_transfer and has_bf16(device) else "fp32"


def has_bf16(device: str) -> bool:
    """Return whether bfloat16 products are fast: AMX or AVX512-BF16; CUDA from compute capability 8.0."""
    if device.startswith("cuda"):
        import torch

        if _cuda_elsewhere:
            raise UserError("precision=auto: cannot see the workers' GPUs from here; give precision=bf16 or fp32")
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device == "cpu" and bool({"amx_bf16", "avx512_bf16"} & _cpu_flags())


def device_name(device: str) -> str:
    """Return the hardware's name, as its manufacturer spells it."""
    if device.startswith("cuda"):
        import torch

        return "a GPU elsewhere" if is_elsewhere(device) else torch.cuda.get_device_name(device)
    return _cpu_info("model name") or platform.processor() or platform.machine()


@cache
def _cpu_flags() -> frozenset[str]:
    return frozenset(_cpu_info("flags").split())


def _cpu_info(key: str) -> str:
    """Return a field of Linux's /proc/cpuinfo; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
