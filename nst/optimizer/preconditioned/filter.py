"""The base class of the filters that an inverse Hessian can start from."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Filter(ABC):
    """A symmetric, positive M for pictures (1, 3, H, W), with 1 on its diagonal, at least on average."""

    @abstractmethod
    def __call__(self, picture: Tensor) -> Tensor:
        """Return M times a picture."""

    @abstractmethod
    def energy(self, picture: Tensor, exact: torch.dtype) -> Tensor:
        """Return v'Mv of a picture v: (), summed in `exact`."""

    def learn(self, displacement: Tensor, change: Tensor, accepted: Tensor) -> None:  # noqa: B027  # only one learns
        """Take in a pair, as pictures, if `accepted` (), bool; it is called at every evaluation before M is used."""

    def reset(self) -> None:  # noqa: B027  # only one learns
        """Forget all pairs."""

    def state_tensors(self) -> dict[str, Tensor]:
        """Return the tensors that later evaluations depend on."""
        return {}
