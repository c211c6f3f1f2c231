"""The losses of one picture, as tensors on the run's device and as numbers, and the protocol of what computes them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class LossValues(NamedTuple):
    """Losses as numbers: `terms` unweighted, by name (layer weights are in them), `total` weighted."""

    terms: Mapping[str, float]
    total: float


class Evaluation(NamedTuple):
    """Losses on the run's device: `terms` (T,) unweighted, in the objective's order; `total` () weighted."""

    terms: Tensor
    total: Tensor

    def flat(self) -> Tensor:
        """Return terms and total as one vector (T + 1,)."""
        return torch.cat([self.terms, self.total[None]])

    def values(self, names: Sequence[str]) -> LossValues:
        """Return the losses as numbers; waits for the device."""
        *terms, total = self.flat().cpu().double().tolist()  # on the CPU, because MPS has no float64
        return LossValues(dict(zip(names, terms, strict=True)), total)


class Objective(Protocol):
    """An objective as the loop uses it; `names` are those of its terms."""

    names: tuple[str, ...]

    def loss_and_gradient(self, picture: Tensor) -> tuple[Evaluation, Tensor]:
        """Return the losses of a picture and the gradient of their total, valid until the next call."""
        ...
