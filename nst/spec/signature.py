"""Sign a spec, write it as plain data, and read it back from the plain data of this version or an older one.

`signature(spec)` is the first 12 hex digits of the SHA-256 over the canonical JSON of the spec: pictures and weights
by hash, never by path; defaults included, so that editing one never lets an old result answer for a new configuration.
Absent parts (None, empty tuples) are left out, so that a record may gain an optional part without renaming stored runs.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from nst.networks.base.weights import WeightsFile
from nst.pictures.find import Blend, Mask, Picture, PictureFile
from nst.spec.records import (
    OPTIMIZERS,
    NetworkRef,
    Optimizer,
    Preconditioner,
    Runtime,
    Scale,
    Spec,
    Start,
    Target,
    Term,
)
from nst.spec.version_2 import from_version_2

SPEC_VERSION = 3
"""Increased if the same spec gives another picture; never for a new optional part."""

UNSIGNED: dict[type, frozenset[str]] = {
    PictureFile: frozenset({"path"}),
    WeightsFile: frozenset({"source", "path"}),
    Spec: frozenset({"runtime"}),
}
"""Fields that say how or where to run, not what to compute."""
TIMED = ("threads", "device")
"""Keys of how a run is made that count in a sweep that varies them, or if `signed` names them."""


def canonical(spec: Spec) -> str:
    """Return the signed part of a spec as JSON with sorted keys and no spaces."""
    signed = {"spec_version": SPEC_VERSION, **_as_dict(spec, signed_only=True)}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), allow_nan=False)


def signature(spec: Spec) -> str:
    """Return the name of a run's folder: 12 hex digits."""
    return hashlib.sha256(canonical(spec).encode()).hexdigest()[:12]


def to_dict(spec: Spec) -> dict[str, Any]:
    """Return the whole spec as plain data, for `spec.yaml`; absent parts are left out."""
    return {"spec_version": SPEC_VERSION, **_as_dict(spec, signed_only=False)}


def from_dict(data: Mapping[str, Any]) -> Spec:
    """Return the spec that `to_dict` of this or an older version wrote; missing parts are absent.

    Raises `KeyError`, `TypeError` or `ValueError` for data of a later version, or data that is not a spec.
    """
    values = dict(data)
    version = values.pop("spec_version", 2)
    if version == 2:
        values = from_version_2(values)
    elif version != SPEC_VERSION:
        raise ValueError(f"a spec of version {version}; this nst reads versions up to {SPEC_VERSION}")
    start, network = values["start"], values["network"]
    parts = {
        "terms": tuple(_term(term) for term in values["terms"]),
        "scales": tuple(Scale(**scale) for scale in values["scales"]),
        "start": Start(**{**start, "picture": _picture(start["picture"]) if start.get("picture") else None}),
        "network": NetworkRef(**{**network, "weights": WeightsFile(**network["weights"])}),
        "optimizer": _optimizer(values["optimizer"]),
        "freeze": _mask(values.get("freeze")),
        "runtime": Runtime(**values.get("runtime", {})),
    }
    return Spec(**{**values, **parts})


def _as_dict(record: Any, signed_only: bool) -> dict[str, Any]:
    skipped = next((names for kind, names in UNSIGNED.items() if signed_only and isinstance(record, kind)), frozenset())
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in skipped}
    return {name: _plain(value, signed_only) for name, value in values.items() if value is not None and value != ()}


def _plain(value: Any, signed_only: bool) -> Any:
    if is_dataclass(value):
        return _as_dict(value, signed_only)
    if isinstance(value, tuple):
        return [_plain(item, signed_only) for item in value]
    return value


def _optimizer(data: Mapping[str, Any]) -> Optimizer:
    given = data.get("preconditioner")
    return OPTIMIZERS[data["name"]](**{**data, **({"preconditioner": Preconditioner(**given)} if given else {})})


def _term(data: Mapping[str, Any]) -> Term:
    values = {key: tuple(data[key]) for key in ("layers", "layer_weights") if key in data}
    targets = tuple(_target(target) for target in data.get("targets", ()))
    settings = tuple((key, _frozen(value)) for key, value in data.get("settings", ()))
    return Term(**{**data, **values, "targets": targets, "settings": settings, "mask": _mask(data.get("mask"))})


def _target(data: Mapping[str, Any]) -> Target:
    return Target(**{**data, "picture": _picture(data["picture"]), "mask": _mask(data.get("mask"))})


def _mask(data: Mapping[str, Any] | None) -> Mask | None:
    return Mask(**{**data, "parts": tuple(_part(part) for part in data["parts"])}) if data else None


def _part(data: Any) -> PictureFile | Mask | str:
    if isinstance(data, str):
        return data
    found = _mask(data) if "parts" in data else PictureFile(**data)
    assert found is not None
    return found


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _picture(data: Mapping[str, Any]) -> Picture:
    if "sha256" in data:
        return PictureFile(**data)
    files = {key: PictureFile(**data[key]) for key in ("source", "mask", "target") if data.get(key)}
    x, y = data["offset"]
    return Blend(**{"mask": None, **data, **files, "offset": (x, y)})
