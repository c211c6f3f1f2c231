"""Read and sign specs of version 2, so that old stores stay readable. Frozen: never change it.

That spec was flat (`content`, `content_layers`, `content_weight`, ...), had VGG-19 alone, and signed every field.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from nst.spec.records import Blend, Lbfgs, NetworkRef, Picture, PictureFile, Spec, Term

_RUNTIME = ("device", "threads", "deterministic", "frames_every", "checkpoint_every", "trace_every")
_LOSSES = {"content": "mse", "style": "gram", "tv": "tv"}


def from_version_2(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a version 2 `spec.yaml` in the form of version 3; raises `KeyError` if anything is missing."""
    terms = [_term(data, kind) for kind in ("content", "style") if data[f"{kind}_weight"] > 0]
    if data["tv_weight"] > 0:
        terms.append({"name": "tv", "loss": "tv", "weight": data["tv_weight"]})
    init = data["init"]
    start = {"content": data["content"], "style": data["style"], "picture": data["init_picture"]}.get(init)
    optimizer = dict(data["optimizer"])
    if optimizer["name"] == "lbfgs" and optimizer["clamp"] != "projected":
        optimizer |= {"max_step": 0.0, "project_gradient": False}
    return {
        "terms": terms,
        "scales": [{"size": data["size"], "steps": data["steps"]}],
        "start": {"kind": init, "seed": data["seed"], **({"picture": start} if start else {})},
        "network": {"name": "vgg19", "weights": data["weights"], "pooling": data["pooling"]},
        "optimizer": optimizer,
        "keep": data["keep"],
        "precision": data["precision"],
        "repeat": data["repeat"],
        "runtime": {key: data[key] for key in _RUNTIME},
    }


def _term(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        "name": kind,
        "loss": _LOSSES[kind],
        "weight": data[f"{kind}_weight"],
        "layers": data[f"{kind}_layers"],
        "layer_weights": data[f"{kind}_layer_weights"],
        "targets": [{"picture": data[kind]}],
    }


def signature_version_2(spec: Spec) -> str | None:
    """Return the signature that version 2 gave this run; None if version 2 could not express it."""
    if not _is_expressible(spec):
        return None
    text = json.dumps(_canonical(spec), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _is_expressible(spec: Spec) -> bool:
    terms = all(_LOSSES.get(term.name) == term.loss and len(term.targets) <= 1 for term in spec.terms)
    plain = not any(term.settings or term.version or any(t.scale for t in term.targets) for term in spec.terms)
    masks = [mask for term in spec.terms for mask in (term.mask, *(target.mask for target in term.targets))]
    unmasked = not any(masks) and spec.freeze is None
    picture = spec.resize is None and spec.colours is None and spec.keep != "average" and len(spec.scales) == 1
    picture = picture and spec.scales[0].long is None
    network = spec.network == NetworkRef("vgg19", spec.network.weights, spec.network.pooling) and spec.balance is None
    untimed = spec.timed_threads is None and spec.timed_device is None
    return terms and plain and unmasked and picture and network and untimed and _has_usual_steps(spec)


def _has_usual_steps(spec: Spec) -> bool:
    """Return whether steps are as in version 2, which always capped projected ones at 0.03 and projected gradients."""
    optimizer = spec.optimizer
    if not isinstance(optimizer, Lbfgs):
        return optimizer.average is None and optimizer.relative_epsilon is None
    if optimizer.preconditioner is not None or optimizer.first_step is not None:
        return False
    if optimizer.clamp != "projected":
        return True
    return optimizer.max_step == 0.03 and optimizer.project_gradient


def _canonical(spec: Spec) -> dict[str, Any]:
    pictures = spec.pictures
    content, style, tv = (spec.term(name) for name in ("content", "style", "tv"))
    later = ("max_step", "project_gradient", "preconditioner", "first_step", "average", "relative_epsilon")
    return {
        "spec_version": 2,
        "content": _picture(pictures.get("content")),
        "style": _picture(pictures.get("style")),
        **_flat("content", content),
        **_flat("style", style),
        "tv_weight": tv.weight if tv else 0.0,
        "size": spec.size,
        "init": spec.start.kind,
        "init_picture": _picture(pictures.get("init")),
        "seed": spec.start.seed,
        "repeat": spec.repeat,
        "steps": spec.steps,
        "optimizer": {name: value for name, value in asdict(spec.optimizer).items() if name not in later},
        "keep": spec.keep,
        "pooling": spec.network.pooling,
        "weights": {"sha256": spec.network.weights.sha256},
        "precision": spec.precision,
    }


def _flat(kind: str, term: Term | None) -> dict[str, Any]:
    return {
        f"{kind}_layers": list(term.layers) if term else [],
        f"{kind}_layer_weights": list(term.layer_weights) if term else [],
        f"{kind}_weight": term.weight if term else 0.0,
    }


def _picture(picture: Picture | None) -> dict[str, Any] | None:
    if isinstance(picture, PictureFile):
        return {"sha256": picture.sha256}
    if isinstance(picture, Blend):
        parts = {key: _picture(getattr(picture, key)) for key in ("source", "mask", "target")}
        return {**parts, "offset": list(picture.offset), "mode": picture.mode}
    return None
