"""Convert a state dict in torchvision's layout to the weights of a plain chain of convolutions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nst.errors import UserError
from nst.networks.base.architecture import Architecture
from nst.networks.base.convention import check_convention
from nst.networks.base.layers import Layer

if TYPE_CHECKING:
    from torch import Tensor

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, RGB in [0, 1]
NORM_EPSILON = 1e-5  # as torch.nn.BatchNorm2d


@dataclass(frozen=True)
class Weights:
    """A (weight OIHW, bias) pair for each convolution, in float32, for RGB in [0, 1] minus `mean` (1, 3, 1, 1)."""

    layers: Sequence[Layer]
    mean: "Tensor"


def from_torchvision(
    architecture: Architecture, state: "Mapping[str, object]", name: str, caffe: "tuple[Tensor, Tensor] | None" = None
) -> Weights:
    """Return the weights of a state dict, batch normalisations folded; `name`: its file's, for messages.

    The division by the standard deviation that torchvision's networks expect goes into the first kernel. Raises
    `UserError` for anything but finite tensors in torchvision's layout of this architecture, and for kernels that
    `check_convention` refuses beside those in `caffe`.
    """
    import torch

    tensors = {key: _checked(architecture, state.get(key), key, shape, name) for key, shape in _expected(architecture)}
    layers = [_layer(architecture, tensors, key) for key in architecture.state_keys()]
    if caffe is not None:
        check_convention(*layers[0], caffe, name)
    layers[0] = (layers[0][0] / torch.tensor(DEVIATION).view(1, 3, 1, 1), layers[0][1])
    return Weights(tuple(layers), torch.tensor(MEAN).view(1, 3, 1, 1))


def _layer(architecture: Architecture, tensors: "Mapping[str, Tensor]", key: str) -> Layer:
    weight, bias = tensors[f"{key}.weight"], tensors[f"{key}.bias"]
    if not architecture.batch_norm:
        return weight, bias
    gamma, beta, mean, variance = (tensors[f"{_next(key)}.{part}"] for part in _NORM_PARTS)
    scale = gamma / (variance + NORM_EPSILON).sqrt()
    return weight * scale.view(-1, 1, 1, 1), (bias - mean) * scale + beta


_NORM_PARTS = ("weight", "bias", "running_mean", "running_var")


def _next(key: str) -> str:
    """Return the key of a convolution's normalisation: `features.0` -> `features.1`."""
    return f"features.{int(key.rpartition('.')[2]) + 1}"


def _checked(architecture: Architecture, found: object, key: str, shape: tuple[int, ...], name: str) -> "Tensor":
    import torch

    if not isinstance(found, torch.Tensor):
        raise UserError(
            f"weights={name}: has no '{key}'; torchvision's layout of network={architecture.name} is expected"
        )
    if found.is_meta or found.is_nested or found.layout != torch.strided:
        kind = "a meta tensor, which has no values" if found.is_meta else "a sparse or nested tensor"
        raise UserError(f"weights={name}: '{key}' is {kind}; save dense tensors on the CPU")
    if tuple(found.shape) != shape:
        raise UserError(f"weights={name}: '{key}' has shape {tuple(found.shape)}, expected {shape}")
    values = found.detach().float() if found.is_floating_point() else torch.tensor(torch.nan)
    if not values.isfinite().all() or (key.endswith("_var") and values.min() < 0):
        raise UserError(f"weights={name}: '{key}' does not hold finite floating-point numbers")
    if key.endswith("weight") and not values.any():
        raise UserError(f"weights={name}: '{key}' holds only zeros, so that every loss would be 0")
    return values


def _expected(architecture: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    for convolution, key in zip(architecture.convolutions, architecture.state_keys(), strict=True):
        channels = (convolution.channels_out,)
        yield f"{key}.weight", (*channels, convolution.channels_in, 3, 3)
        yield f"{key}.bias", channels
        if architecture.batch_norm:
            yield from ((f"{_next(key)}.{part}", channels) for part in _NORM_PARTS)
