"""The base classes of all losses, and of losses of a feature."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor


class AnyLoss(ABC):
    """The base class of all kinds of losses.

    `kind` decides which configuration keys accept the loss. `version`: raise it when the same settings give another
    gradient than before; a loss without one is signed by its source, so that editing its file causes new runs.
    `needs_fp32`: rounding would change what its figures show. `same_shape`: the target picture has the result's shape.
    `Settings`: a frozen dataclass of its keys, None if it has none; with a key `resample` the loss is another function
    at each evaluation, which L-BFGS does not accept. `compares`: a loss of the picture itself has a target picture.
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
        """Return the least length of each side, in positions of the feature or pixels of the picture."""
        return 1


class LayerLoss(AnyLoss):
    """A weighted loss of one feature (1, C, h, w)."""

    whole: ClassVar[bool] = False
    """True if `finish` needs the strips themselves, not only what `update` computed."""

    target: Any
    value: Any
    """Result of `compute`, if `finish` computes it."""
    evaluation: Tensor | None = None
    """Number of the evaluation, () int64 on the device, counted by the objective; None outside an objective."""

    def __init__(self, target: Any, weight: float, mask: Tensor | None = None, settings: Any = None) -> None:
        super().__init__(weight, settings)
        self.target, self.mask = target, mask

    def reset(self, like: Tensor) -> None:  # noqa: B027  # not every loss keeps sums
        """Begin a new picture; `like` has its device and type."""

    def update(self, rows: Tensor, strip: slice) -> None:  # noqa: B027
        """Receive a strip of the feature, (1, C, r, w), on the forward pass."""

    def finish(self, strips: list[Tensor]) -> None:  # noqa: B027
        """Prepare `backward` after the last strip; `strips` holds the whole feature if `whole` is set."""

    def compute(self) -> Any:
        """Return the unweighted loss, a scalar tensor in at least float32, after `finish`."""
        return self.value

    def number(self, device: torch.device) -> Tensor:
        """Return the number of the evaluation, for losses that draw new samples at each; 0 outside an objective."""
        return torch.zeros((), dtype=torch.int64, device=device) if self.evaluation is None else self.evaluation

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Return how many float32 numbers the loss needs beside a feature of this shape and its target.

        First those kept between the forward and backward pass, then those that `finish` needs temporarily as well.
        """
        return 0, 0

    @abstractmethod
    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        """Add the gradient of `weight` times the loss w.r.t. a strip to `into`."""

    @abstractmethod
    def value_of(self, feature: Tensor) -> Tensor:
        """Return the unweighted loss of a whole feature in plain operations: the slow twin."""
