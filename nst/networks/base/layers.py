"""Hold the kernels and biases of a network's convolutions, each made when it is first used."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from torch import Tensor

Layer = tuple["Tensor", "Tensor"]
"""A kernel (OIHW) and a bias."""


class Layers(Sequence[Layer]):
    """The layers 0 to `length` - 1, made by `make` one by one: conv_1-5 are a fortieth of VGG-19's weights."""

    def __init__(self, length: int, make: Callable[[int], Layer]) -> None:
        self.length, self.make = length, make
        self.made: dict[int, Layer] = {}

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Layer: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Layer, ...]: ...
    def __getitem__(self, at: int | slice) -> Layer | tuple[Layer, ...]:
        chosen = range(self.length)[at]
        return tuple(map(self._at, chosen)) if isinstance(chosen, range) else self._at(chosen)

    def _at(self, number: int) -> Layer:
        if number not in self.made:
            self.made[number] = self.make(number)
        return self.made[number]
