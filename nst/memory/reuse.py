"""Reuse memory from one run to the next in a process: the optimizer's history, working memory, and targets."""

from dataclasses import dataclass

from torch import Tensor

from nst.memory.peak import free_memory
from nst.objective.strips import ARENAS
from nst.objective.targets import TARGETS
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import make_optimizer
from nst.optimizer.optimizer import Optimizer
from nst.spec.records import Lbfgs, Spec


@dataclass
class Caches:
    """Memory that a process holds between runs: one optimizer, `ARENAS` and `TARGETS`; `key` is the last run's."""

    key: tuple[object, ...] | None = None
    optimizer: Optimizer | None = None

    def free_unrelated_buffers(self, spec: Spec, shape: tuple[int, int]) -> None:
        """Free buffers kept for another kind or shape of run, so that they do not count towards this run."""
        key = _key(spec, shape)
        if self.key not in (None, key):
            self.optimizer = None
            ARENAS.release()
            free_memory()
        self.key = key

    def optimizer_for(self, spec: Spec, picture: Tensor) -> Optimizer:
        """Return a fresh optimizer; on a CPU it reuses the last one's memory if that had the same key.

        On a GPU, PyTorch's allocator reuses memory at no cost, and measuring the run may need it.
        """
        key = _key(spec, (picture.shape[2], picture.shape[3]))
        kept, self.optimizer = self.optimizer if self.key == key else None, None
        found = kept or make_optimizer(spec.optimizer, spec.steps)
        found.prepare(picture)
        found.reset()
        if not picture.is_cuda:
            self.key, self.optimizer = key, found
        return found

    def reusable_bytes(self) -> int:
        """Return the bytes that are held for the next run of the same kind."""
        held = self.optimizer.history.buffer.vectors.nbytes if isinstance(self.optimizer, LbfgsOptimizer) else 0
        return ARENAS.bytes + held

    def release(self) -> None:
        """Free everything, as after a failed run."""
        self.optimizer = None
        ARENAS.release()
        TARGETS.kept.clear()
        free_memory()


CACHES = Caches()
"""The caches of this process."""


def _key(spec: Spec, shape: tuple[int, int]) -> tuple[object, ...]:
    """Return everything that an optimizer's memory and steps depend on."""
    settings = spec.optimizer
    pairs = min(settings.history, spec.steps - 1) if isinstance(settings, Lbfgs) else 0
    return (settings, pairs, shape, spec.precision, spec.runtime.device)
