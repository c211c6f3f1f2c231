"""Keep memory from one run for the next in the same process: the optimizer's history, working memory, and targets."""

from dataclasses import dataclass

from torch import Tensor

from nst.memory.peak import free_memory
from nst.objective.strips import ARENAS
from nst.objective.targets import TARGETS
from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.optimizer.loop import make_optimizer
from nst.optimizer.protocols import Optimizer
from nst.spec.records import Lbfgs, Spec

ReuseKey = tuple[object, ...]


@dataclass
class Caches:
    """What a process holds between runs: one optimizer beside `ARENAS` and `TARGETS`; `key` is that of the last run."""

    key: ReuseKey | None = None
    optimizer: Optimizer | None = None

    def free_unrelated_buffers(self, spec: Spec, shape: tuple[int, int]) -> None:
        """Free buffers kept for another kind or shape of run, so that they count neither as used nor as this run's."""
        key = _key(spec, shape)
        if self.key not in (None, key):
            self.optimizer = None
            ARENAS.release()
            free_memory()
        self.key = key

    def optimizer_for(self, spec: Spec, picture: Tensor) -> Optimizer:
        """Return a fresh optimizer; on a CPU in the memory of the last one if that was of the same kind and shape.

        A GPU's own allocator does that in no time, and its memory may be wanted when the run is measured.
        """
        same = self.key == _key(spec, (picture.shape[2], picture.shape[3]))
        kept, self.optimizer = self.optimizer if same else None, None
        found = kept or make_optimizer(spec.optimizer, spec.steps)
        found.prepare(picture)
        found.reset()
        if not picture.is_cuda:
            self.optimizer = found
        return found

    def reusable_bytes(self) -> int:
        """Return the bytes that are held for the next run of the same kind."""
        held = self.optimizer.history.buffer.vectors.nbytes if isinstance(self.optimizer, LbfgsOptimizer) else 0
        return ARENAS.bytes + held

    def release(self) -> None:
        """Free everything, as after a run that failed."""
        self.optimizer = None
        ARENAS.release()
        TARGETS.kept.clear()
        free_memory()


CACHES = Caches()
"""Those of this process."""


def _key(spec: Spec, shape: tuple[int, int]) -> ReuseKey:
    """All that the memory of an optimizer, and how it moves, depend on."""
    settings = spec.optimizer
    pairs = min(settings.history, spec.steps - 1) if isinstance(settings, Lbfgs) else 0
    return (settings, pairs, shape, spec.precision, spec.runtime.device)
