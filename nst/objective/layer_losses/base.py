"""The base of all kinds of losses, and of those of a feature."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor


class AnyLoss(ABC):
    """The base of all kinds.

    `kind` decides which configuration keys take the loss. `version`: raise it if the same settings give another
    gradient; a loss without one is signed by its source, so that editing its file makes new runs. `needs_fp32`:
    rounding changes what a figure of it shows. `same_shape`: the target picture has the result's shape. `Settings`:
    a frozen dataclass of its keys, None for no keys; with a key `resample` the loss is another function at each
    evaluation, which L-BFGS does not take. `compares`: a loss of the picture itself has a target picture.
    """

    kind: ClassVar[str]
    same_shape: ClassVar[bool] = False
    version: ClassVar[int | None] = None
    needs_fp32: ClassVar[bool] = False
    takes_mask: ClassVar[bool] = False
    compares: ClassVar[bool] = False
    Settings: ClassVar[type | None] = None

    def __init__(self, weight: float, settings: Any = None) -> None:
        self.weight, self.settings = weight, settings

    @classmethod
    def least_side(cls, settings: Any) -> int:
        """Return the positions that each side of the feature, or of the picture, must have."""
        return 1


class LayerLoss(AnyLoss):
    """A weighted loss of one feature (1, C, h, w)."""

    whole: ClassVar[bool] = False
    """Whether `finish` needs the strips themselves, not only what `update` computed."""

    target: Any
    value: Any
    """What `compute` returns, if `finish` computes it."""
    evaluation: Tensor | None = None
    """Number of the evaluation, () int64 on the device, which the objective counts; None outside of one."""

    def __init__(self, target: Any, weight: float, mask: Tensor | None = None, settings: Any = None) -> None:
        super().__init__(weight, settings)
        self.target, self.mask = target, mask

    def reset(self, like: Tensor) -> None:  # noqa: B027  # not every loss sums
        """Begin a new picture; `like` has its device and type."""

    def update(self, rows: Tensor, strip: slice) -> None:  # noqa: B027
        """Take a strip of the feature, (1, C, r, w), on the forward pass."""

    def finish(self, strips: list[Tensor]) -> None:  # noqa: B027
        """Prepare `backward`, after the last strip; `strips` is the feature if `whole` is set."""

    def compute(self) -> Any:
        """Return the unweighted loss, a scalar tensor in at least float32, after `finish`."""
        return self.value

    def number(self, device: torch.device) -> Tensor:
        """Return the number of the evaluation, for losses that draw anew at each; 0 outside of an objective."""
        return torch.zeros((), dtype=torch.int64, device=device) if self.evaluation is None else self.evaluation

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Return the numbers in float32 that a loss of a feature of this shape needs beside it and its target.

        Those that it keeps between forward and backward pass, and those that `finish` needs for a moment beside them.
        """
        return 0, 0

    @abstractmethod
    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the gradient of `weight` times the loss on a strip to `into`."""

    @abstractmethod
    def value_of(self, feature: Tensor) -> Tensor:
        """Return the unweighted loss of a whole feature in plain operations: the slow twin."""
