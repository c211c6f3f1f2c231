"""The variants of L-BFGS that `nst.bench.optimizers` compares; only the default and the tutorial's are for users."""

from dataclasses import dataclass

from nst.optimizer.lbfgs import LONGEST_STEP, LbfgsOptimizer
from nst.spec.parts import Lbfgs

UNCAPPED = 1e9
"""Longer than any step."""


@dataclass(frozen=True)
class Variant:
    """Settings of L-BFGS, and what `clamp=projected` does: cap a step (None: no), project the gradient."""

    meaning: str
    settings: Lbfgs = Lbfgs()
    longest_step: float | None = LONGEST_STEP
    holds_bound: bool = True

    def make(self, steps: int) -> LbfgsOptimizer:
        """A fresh optimizer for a run."""
        optimizer = LbfgsOptimizer(self.settings, steps)
        optimizer.longest_step = UNCAPPED if self.longest_step is None else self.longest_step
        optimizer.holds_bound = self.holds_bound
        return optimizer


VARIANTS = {
    "tutorial": Variant("clamped before the evaluation, unknown to the history", Lbfgs(clamp="closure")),
    "consistent": Variant("pairs of displacements actually made", longest_step=None, holds_bound=False),
    "capped": Variant(f"the same, steps of at most {LONGEST_STEP:g}", holds_bound=False),
    "capped 0.1": Variant("the same, steps of at most 0.1", longest_step=0.1, holds_bound=False),
    "projected": Variant("consistent, and the gradient is the projected one", longest_step=None),
    "projected capped": Variant(f"the same, steps of at most {LONGEST_STEP:g}: the default"),
    "projected capped 0.01": Variant("the same, steps of at most 0.01", longest_step=0.01),
    "projected capped 0.1": Variant("the same, steps of at most 0.1", longest_step=0.1),
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
