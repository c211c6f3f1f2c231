"""The variants of L-BFGS that `nst.bench.optimizers` compares; only the default and the tutorial's are for users."""

from dataclasses import dataclass

from nst.optimizer.lbfgs import LbfgsOptimizer
from nst.spec.records import Lbfgs


@dataclass(frozen=True)
class Variant:
    """Settings of L-BFGS, and what they mean."""

    meaning: str
    settings: Lbfgs = Lbfgs()

    def make(self, steps: int) -> LbfgsOptimizer:
        """A fresh optimizer for a run."""
        return LbfgsOptimizer(self.settings, steps)


VARIANTS = {
    "tutorial": Variant("clamped before the evaluation, unknown to the history", Lbfgs(clamp="closure")),
    "consistent": Variant("pairs of displacements actually made", Lbfgs(max_step=0, project_gradient=False)),
    "capped": Variant("the same, steps of at most 0.03", Lbfgs(project_gradient=False)),
    "capped 0.1": Variant("the same, steps of at most 0.1", Lbfgs(max_step=0.1, project_gradient=False)),
    "projected": Variant("consistent, and the gradient is the projected one", Lbfgs(max_step=0)),
    "projected capped": Variant("the same, steps of at most 0.03: the default"),
    "projected capped 0.01": Variant("the same, steps of at most 0.01", Lbfgs(max_step=0.01)),
    "projected capped 0.1": Variant("the same, steps of at most 0.1", Lbfgs(max_step=0.1)),
}

DTYPE_VARIANTS = {
    "history fp32": Variant("the default"),
    "history bf16": Variant("the default, its history in half the memory", Lbfgs(history_dtype="bf16")),
}


@dataclass(frozen=True)
class Run:
    """One run: total losses at the marks (nan where it did not come so far), and how steady it was."""

    pair: str
    start: str
    seed: int
    variant: str
    size: int
    steps: int
    exploded: bool
    worst_ratio: float
    best_loss: float
    device: str
    losses: tuple[float, ...]

    @property
    def case(self) -> tuple[str, str, int, str]:
        """What was run."""
        return self.pair, self.start, self.seed, self.variant
