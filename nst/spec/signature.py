"""Sign a spec: the name of a run's folder is a hash of all that decides its picture.

`signature(spec)` is the first 12 hex digits of the SHA-256 over the canonical JSON of the spec: pictures and weights
by hash, never by path; defaults included, so that editing one never lets an old result answer for a new configuration.
Absent parts (None, empty tuples) are left out, so that a record may gain an optional part without renaming stored runs.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

from nst.networks.base.weights import WeightsFile
from nst.spec.records import PictureFile, Spec

SPEC_VERSION = 3
"""Increased if the same spec gives another picture; never for a new optional part."""

UNSIGNED: dict[type, frozenset[str]] = {
    PictureFile: frozenset({"path"}),
    WeightsFile: frozenset({"source", "path"}),
    Spec: frozenset({"runtime"}),
}
"""Fields that say how or where to run, not what to compute."""


def canonical(spec: Spec) -> str:
    """Return the signed part of a spec as JSON with sorted keys and no spaces."""
    return json.dumps(
        {"spec_version": SPEC_VERSION, **_as_dict(spec, signed_only=True)},
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def signature(spec: Spec) -> str:
    """Return the name of a run's folder: 12 hex digits."""
    return hashlib.sha256(canonical(spec).encode()).hexdigest()[:12]


def to_dict(spec: Spec) -> dict[str, Any]:
    """Return the whole spec as plain data, for `spec.yaml`; absent parts are left out."""
    return {"spec_version": SPEC_VERSION, **_as_dict(spec, signed_only=False)}


def _as_dict(record: Any, signed_only: bool) -> dict[str, Any]:
    skipped = next((names for kind, names in UNSIGNED.items() if signed_only and isinstance(record, kind)), frozenset())
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in skipped}
    return {name: _plain(value, signed_only) for name, value in values.items() if not is_absent(value)}


def is_absent(value: Any) -> bool:
    """Return whether a part of a record is not used."""
    return value is None or value == ()


def _plain(value: Any, signed_only: bool) -> Any:
    if is_dataclass(value):
        return _as_dict(value, signed_only)
    if isinstance(value, tuple):
        return [_plain(item, signed_only) for item in value]
    return value
