"""The frozen, fully resolved description of one run, and its signature.

`signature(spec)` is the first 12 hex digits of the SHA-256 over the canonical JSON of the whole spec: pictures and
weights by hash, never by path; defaults included, so that editing a default never lets an old result answer for a new
configuration. Fields listed in `UNSIGNED` stay out of it.
"""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from nst.networks.base.weights import WeightsFile
from nst.spec.check import check
from nst.spec.records import OPTIMIZERS, Adam, Blend, Lbfgs, PictureFile

SPEC_VERSION = 2
"""Raised whenever the same spec would give another picture."""


@dataclass(frozen=True)
class Spec:
    """One run. What a zero weight makes irrelevant is None, empty or 0; layers are sorted by depth."""

    content: PictureFile | Blend | None
    style: PictureFile | None
    content_layers: tuple[str, ...]
    content_layer_weights: tuple[float, ...]
    content_weight: float
    style_layers: tuple[str, ...]
    style_layer_weights: tuple[float, ...]
    style_weight: float
    tv_weight: float
    size: int
    init: str
    init_picture: PictureFile | None
    seed: int
    repeat: int
    steps: int
    optimizer: Lbfgs | Adam
    keep: str
    pooling: str
    weights: WeightsFile
    precision: str
    device: str = "cpu"
    threads: int = 1
    deterministic: bool = False
    frames_every: int = 0
    checkpoint_every: int = 0
    trace_every: int = 1

    def __post_init__(self) -> None:
        check(self)

    @property
    def is_transfer(self) -> bool:
        """Content and style loss together, as opposed to a reconstruction or a texture."""
        return self.content_weight > 0 and self.style_weight > 0


UNSIGNED: dict[type, frozenset[str]] = {
    PictureFile: frozenset({"path"}),
    WeightsFile: frozenset({"source", "path"}),
    Spec: frozenset({"device", "threads", "deterministic", "frames_every", "checkpoint_every", "trace_every"}),
}
"""What says how or where to run, not what to compute."""


def canonical(spec: Spec) -> str:
    """The signed part of a spec as JSON with sorted keys and no spaces."""
    return json.dumps(
        {"spec_version": SPEC_VERSION, **_as_dict(spec, signed_only=True)},
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def signature(spec: Spec) -> str:
    """The name of a run's folder: 12 hex digits."""
    return hashlib.sha256(canonical(spec).encode()).hexdigest()[:12]


def to_dict(spec: Spec) -> dict[str, Any]:
    """The whole spec as plain data, for `spec.yaml`."""
    return _as_dict(spec, signed_only=False)


def from_dict(data: dict[str, Any]) -> Spec:
    """The spec that `to_dict` wrote; raises `KeyError` or `TypeError` where the data is of another version."""
    values = dict(data)
    values["content"] = _content(values["content"])
    for key in ("style", "init_picture"):
        values[key] = PictureFile(**values[key]) if values[key] else None
    for key in ("content_layers", "content_layer_weights", "style_layers", "style_layer_weights"):
        values[key] = tuple(values[key])
    values["optimizer"] = OPTIMIZERS[values["optimizer"]["name"]](**values["optimizer"])
    values["weights"] = WeightsFile(**values["weights"])
    return Spec(**values)


def _content(data: dict[str, Any] | None) -> PictureFile | Blend | None:
    if not data:
        return None
    if "sha256" in data:
        return PictureFile(**data)
    source, target = PictureFile(**data["source"]), PictureFile(**data["target"])
    mask = PictureFile(**data["mask"]) if data["mask"] else None
    x, y = data["offset"]
    return Blend(source, mask, target, (x, y), data["mode"])


def _as_dict(record: Any, signed_only: bool) -> dict[str, Any]:
    skipped = UNSIGNED.get(type(record), frozenset()) if signed_only else frozenset()
    return {f.name: _plain(getattr(record, f.name), signed_only) for f in fields(record) if f.name not in skipped}


def _plain(value: Any, signed_only: bool) -> Any:
    if is_dataclass(value):
        return _as_dict(value, signed_only)
    if isinstance(value, tuple):
        return [_plain(item, signed_only) for item in value]
    return value
