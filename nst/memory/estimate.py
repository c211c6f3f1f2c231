"""Estimate a run's memory before it starts, and propose settings that would fit if it does not."""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from nst import losses, networks
from nst.errors import JobError
from nst.memory.masks import BYTES, masked_bytes
from nst.memory.peak import number_after
from nst.memory.winograd import winograd_bytes
from nst.pictures.load import fitted_shape, full_image, scaled_size
from nst.spec.records import Adam, Lbfgs, Spec, Term

PICTURES = 16
"""Most pictures in float32 that a run holds at once."""
FILTERING = 6
"""Copies of the picture that a preconditioner needs: a vector, spectra, and the numbers that may move."""
LEARNING = 3
"""Further copies that an adaptive one needs: the shares of octaves, and a spectrum."""
L2_COPIES = 4
"""Copies of a feature in float32 that l2 pooling needs on a GPU: squares, roots and ratios."""
SHORTEST_HISTORY = 10
"""Fewest L-BFGS pairs that are proposed or used."""
STEP = 64
"""Proposed sizes are multiples of this."""
NO_LIMIT = 2**62
CONTROL_FILES = (
    ("memory.max", "memory.current", "inactive_file "),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
)
"""Limit and usage of a control group, and the field in `memory.stat` for cached file pages; versions 2 and 1."""


class TooLarge(JobError):
    """Raised when a run does not fit into free memory."""


def fit_memory(spec: Spec, shape: tuple[int, int], reusable: int = 0) -> Spec:
    """Return the spec if a run of this shape fits; on CUDA, if need be, with the longest history that fits.

    `reusable`: bytes that this process holds and the run would reuse. Raises `TooLarge`, with the size or the history
    that would fit.
    """
    free = free_bytes(spec.runtime.device) + reusable
    needed = needed_bytes(spec, shape)
    if needed <= free:
        return spec
    shorter = _with_shorter_history(spec, shape, free)
    if shorter is not None and spec.runtime.device.startswith("cuda"):
        return shorter
    raise TooLarge(
        f"{shape[1]} x {shape[0]} needs about {needed / 2**30:.1f} GiB of memory, but {free / 2**30:.1f} GiB are free; "
        + (" or ".join(_proposals(spec, shape, free)) or "no smaller size fits either")
    )


def ran_out(spec: Spec, shape: tuple[int, int]) -> TooLarge:
    """Return the error for a run that ran out of memory; proposals need at most two thirds of the estimate."""
    proposals = _proposals(spec, shape, needed_bytes(spec, shape) * 2 // 3)
    return TooLarge(
        f"{shape[1]} x {shape[0]} ran out of memory on {spec.runtime.device}; "
        + (f"try {' or '.join(proposals)}" if proposals else "no smaller size is likely to fit either")
    )


def needed_bytes(spec: Spec, shape: tuple[int, int]) -> int:
    """Return an upper estimate of a run's peak in bytes, excluding interpreter, network and cuDNN workspaces."""
    if spec.balance and spec.precision == "bf16":  # gradients are measured in float32, before there is an optimizer
        measured_first = replace(spec, balance=None, precision="fp32", keep="last", optimizer=Adam())
        return max(needed_bytes(replace(spec, balance=None), shape), needed_bytes(measured_first, shape))
    architecture = networks.architecture(spec.network.name)
    depth = max(architecture.at(layer).number for layer in spec.layers)
    item, numbers = BYTES[spec.precision], 3 * shape[0] * shape[1]
    shapes = dict(enumerate(architecture.shapes(*shape, architecture.depth), start=1))
    features = [math.prod(feature) for feature in shapes.values()]
    measured = [math.prod(feature) for feature in networks.architecture("vgg19").shapes(*shape, 16)]
    at_layer = {layer: features[architecture.at(layer).number - 1] for layer in spec.layers}
    compared = [(losses.find(term.loss).kind, term, layer) for term in spec.terms for layer in term.layers]
    targets = item * sum(_areas(t) * at_layer[layer] for kind, t, layer in compared if kind != "statistic")
    extra = [_extra_numbers(term, layer, shapes[architecture.at(layer).number]) for _, term, layer in compared]
    if spec.runtime.device.startswith("cuda"):
        passing, positions = item * sum(features[:depth]) * 5 // 4, 2 * sum(features[:depth])
        measuring = 4 * 2 * sum(measured[:10])
        if spec.network.pooling == "l2":
            passing += 4 * L2_COPIES * max(features[:depth])
    else:
        passing, positions = 2 * item * max(features[:depth]), 0
        measuring = 4 * (2 * max(measured) + 3 * measured[9])
    for larger in _larger_targets(spec, shape):
        passed = [math.prod(feature) for feature in architecture.shapes(*larger, depth)]
        passing = max(passing, item * sum(passed) * 5 // 4 if positions else 2 * item * max(passed))
        measured = [math.prod(feature) for feature in networks.architecture("vgg19").shapes(*larger, 5)]
        measuring = max(measuring, 4 * 2 * (sum(measured) if positions else max(measured)))
    working = max(item * sum(features[:depth]) + positions, measuring + 2 * targets * 4 // item)
    working += max(4, item) * (sum(kept for kept, _ in extra) + max((moment for _, moment in extra), default=0))
    working += masked_bytes(spec, shape) + winograd_bytes(spec, (shape, *_larger_targets(spec, shape)))
    return (passing + targets + working + _history(spec, numbers) + 4 * PICTURES * numbers) * 115 // 100


def _extra_numbers(term: Term, layer: str, shape: tuple[int, int, int]) -> tuple[int, int]:
    """Return how many numbers a term needs at a layer beside feature and targets: kept, and temporary."""
    kind: Any = losses.find(term.loss)
    settings = losses.settings_record(kind, term.settings)
    kept, moment = kind.extra_numbers(shape[0], shape[1] * shape[2], settings)
    rectified = math.prod(shape) if kind.whole and layer.startswith("relu") else 0
    return kept * _areas(term), moment + rectified


def _areas(term: Term) -> int:
    """Return an upper bound on the area of a term's targets, in pictures of the run's size."""
    return math.ceil(sum(max(1.0, target.scale or 1.0) ** 2 for target in term.targets))


def _larger_targets(spec: Spec, shape: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the height and width of targets that are larger than a run of this shape."""
    for target in (one for one in spec.targets.values() if one.scale is not None and one.scale > 1):
        own = full_image(target.picture).size
        yield fitted_shape(*own, scaled_size(min(shape), target.scale, *own))


def free_bytes(device: str) -> int:
    """Return the bytes that this process may still allocate."""
    if device.startswith("cuda"):
        import torch

        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + unused
    try:
        available = number_after("MemAvailable:", Path("/proc/meminfo")) * 1024
        return min(available, _control_group_bytes(), _process_bytes())
    except (OSError, StopIteration):
        return NO_LIMIT


def _process_bytes() -> int:
    """Return the bytes that this process may still allocate under `ulimit -v` and `ulimit -d`."""
    import resource

    rooms = [NO_LIMIT]
    for limit, used in ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:")):
        allowed = resource.getrlimit(limit)[0]
        if allowed != resource.RLIM_INFINITY:
            rooms.append(allowed - number_after(used, Path("/proc/self/status")) * 1024)
    return max(0, min(rooms))


def _control_group_bytes(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """Return the bytes that this process's control groups still allow, as under Slurm or in a container."""
    rooms = [NO_LIMIT]
    for line in own.read_text().splitlines() if own.exists() else ():
        _, controllers, name = line.split(":", 2)
        if not controllers or "memory" in controllers.split(","):  # version 2, version 1
            group = root / ("memory" if controllers else "") / name.strip("/")
            rooms += [_room(folder) for folder in (group, *group.parents) if folder.is_relative_to(root)]
    return min(rooms)


def _room(group: Path) -> int:
    """Return the bytes below the limit of one control group; cached pages of files count as free."""
    for limit, used, pages in CONTROL_FILES:
        with suppress(OSError, ValueError, StopIteration):  # no such file, or no limit: `max`
            allowed, held = (int((group / name).read_text()) for name in (limit, used))
            return allowed - held + number_after(pages, group / "memory.stat")
    return NO_LIMIT


def _proposals(spec: Spec, shape: tuple[int, int], free: int) -> list[str]:
    side = min(shape)
    sizes = range((side - 1) // STEP * STEP, 0, -STEP)
    fits = (s for s in sizes if needed_bytes(spec, (shape[0] * s // side, shape[1] * s // side)) <= free)
    found = [f"size={size} would fit" for size in islice(fits, 1)]
    shorter = _with_shorter_history(spec, shape, free)
    if shorter is not None and isinstance(shorter.optimizer, Lbfgs):
        found.append(f"optimizer.history={shorter.optimizer.history} at this size")
    return found


def _with_shorter_history(spec: Spec, shape: tuple[int, int], free: int) -> Spec | None:
    """Return the spec with the longest history below its own that fits into `free` bytes; None if none does."""
    settings = spec.optimizer
    if not isinstance(settings, Lbfgs):
        return None
    pairs = range(min(settings.history, spec.steps) - 1, SHORTEST_HISTORY - 1, -1)
    shorter = (replace(spec, optimizer=replace(settings, history=number)) for number in pairs)
    return next((each for each in shorter if needed_bytes(each, shape) <= free), None)


def _history(spec: Spec, numbers: int) -> int:
    if not isinstance(spec.optimizer, Lbfgs):
        return 0
    item = 2 if spec.optimizer.history_dtype == "bf16" else max(4, BYTES[spec.precision])
    filtering = _filtering(spec.optimizer) * max(4, BYTES[spec.precision]) * numbers
    return 2 * (min(spec.optimizer.history, spec.steps) + 1) * item * numbers + filtering


def _filtering(optimizer: Lbfgs) -> int:
    """Return the copies of the picture that the preconditioner needs."""
    chosen = optimizer.preconditioner
    return 0 if chosen is None else FILTERING + LEARNING * (chosen.kind == "adaptive")
