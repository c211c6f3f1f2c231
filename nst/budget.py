"""How much memory a run takes, known before it starts, and what would fit where it does not."""

from dataclasses import replace
from pathlib import Path

from nst.errors import JobError
from nst.network.table import CONVOLUTIONS, pooled_before
from nst.spec.parts import Lbfgs
from nst.spec.spec import Spec

BYTES = {"bf16": 2, "fp32": 4, "fp64": 8}
PICTURES = 16
"""Pictures in float32 that a run holds at once, generously."""
SHORTEST_HISTORY = 10
"""Pairs of L-BFGS below which no shorter history is proposed or taken."""
STEP = 64
"""Sizes that are proposed are multiples of this."""


class TooLarge(JobError):
    """The run does not fit into the memory that is free."""


def fit_memory(spec: Spec, shape: tuple[int, int]) -> Spec:
    """The spec, where a run of this shape fits; on CUDA with as many pairs of history as do, if those are enough.

    Raises `TooLarge`, with the size or the history that would fit, where it does not.
    """
    free = free_bytes(spec.device)
    if needed_bytes(spec, shape) <= free:
        return spec
    history = longest_history(spec, shape, free)
    if history is not None and history >= SHORTEST_HISTORY and spec.device.startswith("cuda"):
        return _with_history(spec, history)
    raise too_large(spec, shape, free)


def too_large(spec: Spec, shape: tuple[int, int], free: int) -> TooLarge:
    """What to say of a run that does not fit into `free` bytes."""
    needed = needed_bytes(spec, shape)
    return TooLarge(
        f"{shape[1]} x {shape[0]} needs about {needed / 2**30:.1f} GiB of memory, {free / 2**30:.1f} GiB are free; "
        + (" or ".join(_proposals(spec, shape, free)) or "no smaller size fits either")
    )


def needed_bytes(spec: Spec, shape: tuple[int, int]) -> int:
    """What a run allocates at its highest point, beside interpreter and network: bytes, from above."""
    depth = max((int(layer.split("_")[1]) for layer in spec.content_layers + spec.style_layers), default=1)
    item, numbers = BYTES[spec.precision], 3 * shape[0] * shape[1]
    features = _features(shape, 16)
    kept = item * sum(features[:depth])
    arenas = 2 * item * max(features[:depth])
    targets = item * sum(features[int(layer.split("_")[1]) - 1] for layer in spec.content_layers)
    measuring = 4 * (2 * max(features) + 3 * features[9]) + 2 * targets * 4 // item
    return arenas + targets + max(kept, measuring) + _history(spec, numbers) + 4 * PICTURES * numbers


def free_bytes(device: str) -> int:
    """Bytes that a run may take: free ones, and those that this process holds and would use again."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)
    try:
        available = _field(Path("/proc/meminfo"), "MemAvailable") + _field(Path("/proc/self/status"), "VmRSS")
    except OSError:
        return 2**62
    return available * 1024


def _proposals(spec: Spec, shape: tuple[int, int], free: int) -> list[str]:
    found = []
    shorter = min(shape)
    for size in range((shorter - 1) // STEP * STEP, 0, -STEP):
        if needed_bytes(spec, (shape[0] * size // shorter, shape[1] * size // shorter)) <= free:
            found.append(f"size={size} would fit")
            break
    history = longest_history(spec, shape, free)
    if history is not None and history >= SHORTEST_HISTORY:
        found.append(f"optimizer.history={history} at this size")
    return found


def longest_history(spec: Spec, shape: tuple[int, int], free: int) -> int | None:
    """Most pairs of L-BFGS, up to the spec's, with which it fits into `free` bytes; None where not even one does."""
    if not isinstance(spec.optimizer, Lbfgs):
        return None
    pairs = range(min(spec.optimizer.history, spec.steps), 0, -1)
    return next((n for n in pairs if needed_bytes(_with_history(spec, n), shape) <= free), None)


def _with_history(spec: Spec, pairs: int) -> Spec:
    assert isinstance(spec.optimizer, Lbfgs)
    return replace(spec, optimizer=replace(spec.optimizer, history=pairs))


def _history(spec: Spec, numbers: int) -> int:
    if not isinstance(spec.optimizer, Lbfgs):
        return 0
    item = 2 if spec.optimizer.history_dtype == "bf16" else max(4, BYTES[spec.precision])
    return 2 * (min(spec.optimizer.history, spec.steps) + 1) * item * numbers


def _features(shape: tuple[int, int], depth: int) -> list[int]:
    """Numbers in the feature of each convolution."""
    (height, width), found = shape, []
    for convolution in CONVOLUTIONS[:depth]:
        if pooled_before(convolution.number):
            height, width = height // 2, width // 2
        found.append(convolution.channels_out * height * width)
    return found


def _field(path: Path, key: str) -> int:
    """A field of a file under /proc, in KiB."""
    return next(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(key + ":"))
