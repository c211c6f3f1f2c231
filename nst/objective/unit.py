"""The unit in which the optimizer sees a loss: a power of two near the largest weight.

Weights of 1e-30 or 1e30 would leave the range of float32 on the backward pass; divided by the unit they do not. As the
unit is a power of two, the division is exact: weights multiplied by one give the same gradients to the bit. It is 1 if
the optimizer follows rules in absolute numbers (those of torch).
"""

import math
from dataclasses import replace
from typing import Any

from torch import Tensor

from nst.objective.reference import Evaluation
from nst.spec.records import Spec, Term


class InUnits:
    """An objective with the gradient of its total divided by `unit`, which its weights already are."""

    def __init__(self, objective: Any, unit: float) -> None:
        self.objective, self.unit = objective, unit
        self.names: tuple[str, ...] = objective.names

    def losses(self, picture: Tensor) -> Evaluation:
        """Return the losses of a picture."""
        found: Evaluation = self.objective.losses(picture)
        return found._replace(unit=self.unit)

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the gradient of their total over the unit, valid until the next call."""
        losses, gradient = self.objective.loss_and_gradient(picture)
        return losses._replace(unit=self.unit), gradient


def unit_of(spec: Spec) -> float:
    """Return the largest power of two that is at most the largest weight of a layer or picture loss."""
    largest = max((_largest(term) for term in spec.terms), default=0.0)
    return 1.0 if not (spec.optimizer.is_unit_free and largest) else 2.0 ** (math.frexp(largest)[1] - 1)


def with_unit(spec: Spec, unit: float) -> Spec:
    """Return a spec with its weights divided by the unit."""
    return spec if unit == 1 else replace(spec, terms=tuple(replace(t, weight=t.weight / unit) for t in spec.terms))


def _largest(term: Term) -> float:
    return abs(term.weight) * max((abs(weight) for weight in term.layer_weights), default=1.0)
