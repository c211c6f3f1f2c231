"""What a process keeps from one run for the next: the optimizer's history, working memory, and targets."""

from torch import Tensor

from nst.memory.peak import free_memory
from nst.objective.strips import arena_bytes, release_arenas
from nst.objective.targets import TARGETS
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import make_optimizer
from nst.optimizer.protocols import Optimizer
from nst.spec.records import Lbfgs
from nst.spec.signature import Spec

ReuseKey = tuple[object, ...]

_kept: dict[ReuseKey, Optimizer] = {}
"""At most one optimizer, of the last run."""
_last: list[ReuseKey] = []
"""The kind of the last run, if there was one."""


def free_unrelated_buffers(spec: Spec, shape: tuple[int, int]) -> None:
    """Give back what a run of another kind or shape needed, so that it counts neither as used nor as this run's."""
    kind = _kind(spec, shape)
    if _last and _last[0] != kind:
        _kept.clear()
        release_arenas()
        free_memory()
    _last[:] = [kind]


def optimizer_for(spec: Spec, picture: Tensor) -> Optimizer:
    """A fresh optimizer; on a CPU in the memory of the last one where that was of the same kind and shape.

    A GPU's own allocator does that in no time, and its memory may be wanted when the run is measured.
    """
    kind = _kind(spec, (picture.shape[2], picture.shape[3]))
    found = _kept.pop(kind, None) or make_optimizer(spec.optimizer, spec.steps)
    _kept.clear()
    found.prepare(picture)
    found.reset()
    if not picture.is_cuda:
        _kept[kind] = found
    return found


def reusable_bytes() -> int:
    """Bytes that are held for the next run of the same kind."""
    histories = [found.history for found in _kept.values() if isinstance(found, LbfgsOptimizer)]
    return arena_bytes() + sum(history.buffer.vectors.nbytes for history in histories)


def release() -> None:
    """Give everything back, as after a run that failed."""
    _kept.clear()
    release_arenas()
    TARGETS.activations.clear()
    free_memory()


def _kind(spec: Spec, shape: tuple[int, int]) -> ReuseKey:
    """All that the memory of an optimizer, and how it moves, depend on."""
    settings = spec.optimizer
    pairs = min(settings.history, spec.steps - 1) if isinstance(settings, Lbfgs) else 0
    return (settings, pairs, shape, spec.precision, spec.device)
