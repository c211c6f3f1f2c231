"""Time a call, waiting for the GPU if there is one."""

import time
from collections.abc import Callable

import torch


def timed(step: Callable[[], object], device: str) -> float:
    """Return the seconds of one call, until the device has finished."""
    synchronise(device)
    began = time.perf_counter()
    step()
    synchronise(device)
    return time.perf_counter() - began


def synchronise(device: str) -> None:
    """Wait for the device if it is a GPU."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
