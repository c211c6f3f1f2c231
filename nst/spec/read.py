"""Read a spec back from the plain data of `spec.yaml`, of this version or of an older one."""

from collections.abc import Mapping
from typing import Any

from nst.networks.base.weights import WeightsFile
from nst.spec.records import (
    OPTIMIZERS,
    Blend,
    NetworkRef,
    Picture,
    PictureFile,
    Runtime,
    Scale,
    Spec,
    Start,
    Target,
    Term,
)
from nst.spec.signature import SPEC_VERSION
from nst.spec.version_2 import from_version_2


def from_dict(data: Mapping[str, Any]) -> Spec:
    """Return the spec that `to_dict` of this or an older version wrote; missing parts are absent.

    Raises `KeyError`, `TypeError` or `ValueError` for data of a later version, or of no spec.
    """
    values = dict(data)
    version = values.pop("spec_version", 2)
    if version == 2:
        values = from_version_2(values)
    elif version != SPEC_VERSION:
        raise ValueError(f"a spec of version {version}; this is nst's version {SPEC_VERSION}")
    return Spec(
        **{
            **values,
            "terms": tuple(_term(term) for term in values["terms"]),
            "scales": tuple(Scale(**scale) for scale in values["scales"]),
            "start": _start(values["start"]),
            "network": _network(values["network"]),
            "optimizer": OPTIMIZERS[values["optimizer"]["name"]](**values["optimizer"]),
            "runtime": Runtime(**values.get("runtime", {})),
        }
    )


def _term(data: Mapping[str, Any]) -> Term:
    values = {key: tuple(data[key]) for key in ("layers", "layer_weights") if key in data}
    targets = tuple(Target(**{**target, "picture": _picture(target["picture"])}) for target in data.get("targets", ()))
    settings = tuple((key, _frozen(value)) for key, value in data.get("settings", ()))
    return Term(**{**data, **values, "targets": targets, "settings": settings})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _start(data: Mapping[str, Any]) -> Start:
    picture = data.get("picture")
    return Start(**{**data, "picture": _picture(picture) if picture else None})


def _network(data: Mapping[str, Any]) -> NetworkRef:
    return NetworkRef(**{**data, "weights": WeightsFile(**data["weights"])})


def _picture(data: Mapping[str, Any]) -> Picture:
    if "sha256" in data:
        return PictureFile(**data)
    mask = data.get("mask")
    x, y = data["offset"]
    return Blend(
        source=PictureFile(**data["source"]),
        mask=PictureFile(**mask) if mask else None,
        target=PictureFile(**data["target"]),
        offset=(x, y),
        mode=data["mode"],
    )
