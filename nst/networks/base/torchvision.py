"""Convert a state dict in torchvision's layout to the weights of a plain chain of convolutions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nst.errors import UserError
from nst.networks.base.architecture import Architecture

if TYPE_CHECKING:
    from torch import Tensor

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, RGB in [0, 1]."""
NORM_EPSILON = 1e-5
"""As torch.nn.BatchNorm2d."""


@dataclass(frozen=True)
class Weights:
    """A (weight OIHW, bias) pair for each convolution, in float32, for RGB in [0, 1] minus `mean` (1, 3, 1, 1)."""

    layers: tuple[tuple["Tensor", "Tensor"], ...]
    mean: "Tensor"


def from_torchvision(architecture: Architecture, state: "Mapping[str, Tensor]") -> Weights:
    """Return the weights of a checked state dict, batch normalisations folded.

    The division by the standard deviation that torchvision's networks expect goes into the first kernel.
    """
    import torch

    layers = [_layer(architecture, state, key) for key in architecture.state_keys()]
    layers[0] = (layers[0][0] / torch.tensor(DEVIATION).view(1, 3, 1, 1), layers[0][1])
    return Weights(tuple(layers), torch.tensor(MEAN).view(1, 3, 1, 1))


def _layer(architecture: Architecture, state: "Mapping[str, Tensor]", key: str) -> "tuple[Tensor, Tensor]":
    weight, bias = state[f"{key}.weight"].float(), state[f"{key}.bias"].float()
    if not architecture.batch_norm:
        return weight, bias
    gamma, beta, mean, variance = (state[f"{_next(key)}.{part}"].float() for part in _NORM_PARTS)
    scale = gamma / (variance + NORM_EPSILON).sqrt()
    return weight * scale.view(-1, 1, 1, 1), (bias - mean) * scale + beta


_NORM_PARTS = ("weight", "bias", "running_mean", "running_var")


def _next(key: str) -> str:
    """Return the key of a convolution's normalisation: `features.0` -> `features.1`."""
    return f"features.{int(key.rpartition('.')[2]) + 1}"


def check_state(architecture: Architecture, state: "Mapping[str, Tensor]", name: str) -> None:
    """Raise `UserError` for a state dict that does not have torchvision's layout of this architecture."""
    import torch

    for key, expected in _expected(architecture):
        found = state.get(key)
        if not isinstance(found, torch.Tensor):
            raise UserError(
                f"weights={name}: has no '{key}'; torchvision's layout of network={architecture.name} is expected"
            )
        if tuple(found.shape) != expected:
            raise UserError(f"weights={name}: '{key}' has shape {tuple(found.shape)}, expected {expected}")
        if not (found.is_floating_point() and bool(found.isfinite().all())):
            raise UserError(f"weights={name}: '{key}' does not hold finite floating-point numbers")


def _expected(architecture: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield names and shapes of all tensors that are used."""
    for convolution, key in zip(architecture.convolutions, architecture.state_keys(), strict=True):
        channels = (convolution.channels_out,)
        yield f"{key}.weight", (*channels, convolution.channels_in, 3, 3)
        yield f"{key}.bias", channels
        if architecture.batch_norm:
            yield from ((f"{_next(key)}.{part}", channels) for part in _NORM_PARTS)
