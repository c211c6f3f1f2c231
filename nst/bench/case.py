"""Make the benchmark case, the same for every engine: the write-up's transfer on two square pictures.

conv_1-5 for style, conv_4 for content, weights 1 and 1e6, max pooling, from the content; the optimizer is the default.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nst.bench.tutorial import on_device
from nst.face.transfer import make_spec
from nst.hardware.torch_settings import apply_settings
from nst.networks import architecture
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import load
from nst.objective.network_of import network_of
from nst.objective.reference import Reference, bind
from nst.objective.targets import PlainTargets
from nst.pictures.find import find
from nst.pictures.load import centre_crop
from nst.pictures.read import read
from nst.pictures.tensors import to_tensor
from nst.spec.records import Spec

CONTENT, STYLE = "chelsea", "ihc"
WARM_UP = 2
"""Evaluations that are not timed."""


@dataclass(frozen=True)
class Case:
    """One transfer: its spec and its two picture files, each square."""

    spec: Spec
    content_file: Path
    style_file: Path

    @property
    def device(self) -> str:
        """`cpu` or `cuda:N`."""
        return self.spec.runtime.device

    @cached_property
    def content(self) -> Tensor:
        """(1, 3, size, size) float32 on the device, in [0, 1]."""
        return to_tensor(read(self.content_file)).to(self.device)

    @cached_property
    def style(self) -> Tensor:
        """(1, 3, size, size) float32 on the device, in [0, 1]."""
        return to_tensor(read(self.style_file)).to(self.device)

    def weights(self) -> Weights:
        """Load the convolutions that the case needs onto the device."""
        return on_device(load(architecture(self.spec.network.name), self.spec.network.weights), self.device)

    @torch.no_grad()
    def total_loss(self, picture: Tensor) -> float:
        """Return the total loss of `picture`, clamped, by the reference in full float32 (no TF32)."""
        apply_settings(self.spec.runtime)
        found, ref = picture.detach().float().clamp(0, 1).contiguous(), self.spec.network
        plain = network_of(ref, torch.float32, self.device)
        pictures = {"content": read(self.content_file), "style": read(self.style_file)}
        terms = bind(self.spec.terms, pictures, PlainTargets(plain, ref.pooling))
        return float(Reference(terms, plain, ref.pooling).losses(found).total)


@contextmanager
def square_case(
    size: int,
    precision: str = "fp32",
    device: str = "auto",
    threads: int | str = "auto",
    *,
    pair: tuple[str, str] = (CONTENT, STYLE),
    picture_dirs: Sequence[Path] = (),
    init: str = "content",
    steps: int = 300,
    keys: Mapping[str, Any] | None = None,
) -> Iterator[Case]:
    """Yield a case with its picture files, which are removed on exit; `keys`: further ones of `make_spec`.

    Raises `UserError` for an unknown device.
    """
    with tempfile.TemporaryDirectory(prefix="nst-bench-") as folder:
        content, style = (square(name, size, Path(folder), picture_dirs) for name in pair)
        settings = {"precision": precision, "device": device, "threads": threads, "init": init, "steps": steps}
        yield Case(make_spec(content, style, size=size, **settings, **(keys or {})), content, style)


def square(name: str, size: int, folder: Path, picture_dirs: Sequence[Path] = ()) -> Path:
    """Write the centre of a picture as a PNG file of `size` x `size` pixels to `folder`; return its path."""
    path = folder / f"{name}.png"
    centre_crop(read(find(name, picture_dirs)), size, size).save(path)
    return path


def timed(step: Callable[[], object], device: str) -> float:
    """Return the seconds of one call, until the device has finished."""
    _synchronise(device)
    began = time.perf_counter()
    step()
    _synchronise(device)
    return time.perf_counter() - began


def _synchronise(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
