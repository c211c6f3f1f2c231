"""From configuration keys to the terms of a spec: flat keys stand for content, style and TV, `losses` for others."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from nst import losses
from nst.errors import UserError, did_you_mean
from nst.networks.base.architecture import Architecture
from nst.spec.layers import pair_weights, parse_layers
from nst.spec.records import Picture, Target, Term
from nst.spec.schema import Config, LossConfig

RESERVED = ("content", "style", "tv", "total", "init")
"""Names of terms, columns and pictures that flat keys make."""
KINDS = {"content": ("feature", "whole"), "style": ("statistic", "whole")}

Find = Callable[[str, str], Picture]
"""The picture that a key and a name stand for."""


def make_terms(config: Config, architecture: Architecture, find: Find) -> tuple[Term, ...]:
    """Return the terms of a configuration, those of weight 0 or without layers left out; raises `UserError`."""
    flat = [_flat(config, kind, architecture, find) for kind in ("content", "style")]
    tv = [Term("tv", "tv", float(config.tv_weight))] if config.tv_weight != 0 else []
    more = [_further(name, values, config, architecture, find) for name, values in config.losses.items()]
    return tuple(term for term in (*flat, *tv, *more) if term is not None)


def _flat(config: Config, kind: str, architecture: Architecture, find: Find) -> Term | None:
    values = LossConfig(
        loss=getattr(config, f"{kind}_loss"),
        layers=getattr(config, f"{kind}_layers"),
        layer_weights=getattr(config, f"{kind}_layer_weights"),
        weight=float(getattr(config, f"{kind}_weight")),
        picture=getattr(config, kind),
    )
    return _term(kind, values, lambda part: f"{kind}_{part}", architecture, find)


def _further(name: str, values: Any, config: Config, architecture: Architecture, find: Find) -> Term | None:
    """A term of `losses.<name>`; its picture is the style unless it names another."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in RESERVED:
        raise UserError(
            f"losses.{name}: name a further loss with small letters, digits and '_', other than {', '.join(RESERVED)}"
        )
    known = [field.name for field in fields(LossConfig)]
    if not isinstance(values, Mapping):
        raise UserError(f"losses.{name}: expected keys such as losses.{name}.loss=tv losses.{name}.weight=10")
    for key in (key for key in values if key not in known):
        raise UserError(f"unknown key 'losses.{name}.{key}'{did_you_mean(str(key), known)}")
    return _term(
        name,
        LossConfig(**{"picture": config.style, **values}),
        lambda part: f"losses.{name}.{part}",
        architecture,
        find,
    )


def _term(
    name: str, values: LossConfig, key: Callable[[str], str], architecture: Architecture, find: Find
) -> Term | None:
    kind = losses.find(values.loss, key("loss"))
    weight = _number(values.weight, key("weight"))
    settings = losses.settings(kind, dict(values.settings), key("settings"))
    version = losses.version(kind)
    allowed = KINDS.get(name)
    if allowed and (kind.kind not in allowed or (name == "content" and not getattr(kind, "same_shape", True))):
        fitting = [other for other in losses.names() if _fits(other, allowed)]
        raise UserError(f"{key('loss')}={values.loss}: is no {name} loss; choose from {', '.join(fitting)}")
    if kind.kind == "picture":
        return Term(name, values.loss, weight, settings=settings, version=version) if weight else None
    layers = parse_layers(values.layers, architecture, key("layers"))
    if weight == 0 or not layers:
        return None
    paired = pair_weights(layers, values.layer_weights, key("layer_weights"))
    targets = _targets(name, values, key, find)
    return Term(name, values.loss, weight, *paired, targets=targets, settings=settings, version=version)


def _fits(name: str, allowed: Sequence[str]) -> bool:
    return losses.find(name).kind in allowed


def _targets(name: str, values: LossConfig, key: Callable[[str], str], find: Find) -> tuple[Target, ...]:
    flat = name in KINDS
    pictures = values.picture if isinstance(values.picture, list | tuple) else [values.picture]
    shares = _shares(values.shares, len(pictures), key("shares"))
    picture_key = name if flat else key("picture")
    return tuple(
        Target(find(picture_key, str(picture)), share) for picture, share in zip(pictures, shares, strict=True) if share
    )


def _shares(values: Any, count: int, key: str) -> list[float]:
    """Shares that sum to 1: equal ones for None."""
    numbers = [1.0] * count if values is None else [_number(value, key) for value in values]
    if len(numbers) != count:
        raise UserError(f"{key}: {len(numbers)} shares for {count} pictures")
    total = sum(numbers)
    if min(numbers) < 0 or total == 0:
        raise UserError(f"{key}={values}: must be 0 or more, not all 0")
    return [number / total for number in numbers]


def _number(value: Any, key: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UserError(f"{key}={value}: must be a number") from None
