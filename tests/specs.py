"""Specs by flat keys, as the command line has them: `flat_spec(size=64, ...)`, and `changed(spec, steps=5)`."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from nst.networks.base.network import Network
from nst.objective.reference import Reference, bind
from nst.objective.targets import PlainTargets
from nst.spec.records import Lbfgs, NetworkRef, Picture, Runtime, Scale, Spec, Start, Target, Term

RUNTIME = tuple(field.name for field in fields(Runtime))
LOSSES = {"content": "mse", "style": "gram"}


def flat_spec(**values: Any) -> Spec:
    """The spec of flat keys; a loss of weight 0 is no term, and one weight a layer is taken unless given."""
    terms = [_term(kind, values) for kind in LOSSES if values[f"{kind}_weight"] != 0]
    if values["tv_weight"] != 0:
        terms.append(Term("tv", "tv", values["tv_weight"]))
    start: Picture | None = {
        "content": values["content"],
        "style": values["style"],
        "picture": values["init_picture"],
    }.get(values["init"])
    return Spec(
        terms=tuple(terms),
        scales=(*(Scale(*scale) for scale in values.get("earlier", ())), Scale(values["size"], values["steps"])),
        start=Start(values["init"], values["seed"], start),
        network=NetworkRef(values["network"], values["weights"], values["pooling"]),
        optimizer=values["optimizer"],
        keep=values["keep"],
        precision=values["precision"],
        repeat=values["repeat"],
        resize=values.get("resize"),
        colours=values.get("colours"),
        carry=values.get("carry"),
        runtime=Runtime(**{key: values[key] for key in RUNTIME if key in values}),
    )


def _term(kind: str, values: dict[str, Any]) -> Term:
    layers = tuple(values[f"{kind}_layers"])
    weights = tuple(values.get(f"{kind}_layer_weights") or (1.0,) * len(layers))
    loss = values.get(f"{kind}_loss", LOSSES[kind])
    targets = (Target(values[kind]),) if values[kind] is not None else ()
    return Term(kind, loss, values[f"{kind}_weight"], layers, weights, targets)


def changed(spec: Spec, **changes: Any) -> Spec:
    """The spec with flat keys changed."""
    values = flat(spec)
    for kind in LOSSES:
        if f"{kind}_layers" in changes:
            changes.setdefault(f"{kind}_layer_weights", None)
    return flat_spec(**{**values, **changes})


def flat(spec: Spec) -> dict[str, Any]:
    """All flat keys of a spec."""
    values: dict[str, Any] = {
        **{key: spec.pictures.get(key) for key in ("content", "style")},
        **{"init": spec.start.kind, "init_picture": spec.pictures.get("init"), "seed": spec.start.seed},
        **{"size": spec.size, "steps": spec.steps, "repeat": spec.repeat, "keep": spec.keep},
        **{"resize": spec.resize, "colours": spec.colours, "carry": spec.carry},
        "earlier": tuple((scale.size, scale.steps) for scale in spec.scales[:-1]),
        **{"network": spec.network.name, "weights": spec.network.weights, "pooling": spec.network.pooling},
        **{"optimizer": spec.optimizer, "precision": spec.precision},
        **{key: getattr(spec.runtime, key) for key in RUNTIME},
    }
    for kind in (*LOSSES, "tv"):
        term = spec.term(kind)
        values[f"{kind}_weight"] = term.weight if term else 0.0
        values[f"{kind}_layers"] = term.layers if term else ()
        values[f"{kind}_layer_weights"] = term.layer_weights if term else ()
    return values


def oracle(spec: Spec, network: Network, pictures: Mapping[str, Any]) -> Reference:
    """The reference objective of a spec; `pictures`, images or tensors, by the names in `spec.pictures`."""
    pooling = spec.network.pooling
    return Reference(bind(spec.terms, pictures, PlainTargets(network, pooling)), network, pooling)


def with_runtime(spec: Spec, **changes: Any) -> Spec:
    """The spec with another device, number of threads, ..."""
    return replace(spec, runtime=replace(spec.runtime, **changes))


DEFAULTS: dict[str, Any] = {
    **{"content_layers": ("conv_4",), "content_weight": 1.0},
    **{"style_layers": tuple(f"conv_{n}" for n in range(1, 6)), "style_weight": 1e6, "tv_weight": 0.0},
    **{"size": 64, "init": "content", "init_picture": None, "seed": 0, "repeat": 0, "steps": 3},
    **{"optimizer": Lbfgs(), "keep": "last", "network": "vgg19", "pooling": "max", "precision": "fp32"},
}
