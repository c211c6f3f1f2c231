"""Convert configuration keys to terms: flat keys stand for content, style and TV, `losses` for others."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from nst import losses
from nst.errors import UserError, did_you_mean
from nst.networks.base.architecture import Architecture
from nst.spec.layers import pair_weights, parse_layers
from nst.spec.records import Picture, Target, Term
from nst.spec.schema import Config, LossConfig

RESERVED = ("content", "style", "tv", "total", "best_total", "init")
"""Names that are taken by terms, columns and pictures of the flat keys."""
KINDS = {"content": ("feature", "whole"), "style": ("statistic", "whole")}

Find = Callable[[str, str], Picture]
"""Returns the picture for a key and a name."""


def make_terms(config: Config, architecture: Architecture, find: Find) -> tuple[Term, ...]:
    """Return the terms of a configuration, those of weight 0 or without layers left out; raises `UserError`."""
    flat = [_flat(config, kind, architecture, find) for kind in ("content", "style")]
    tv = [Term("tv", "tv", float(config.tv_weight))] if config.tv_weight != 0 else []
    more = [_further(name, values, config, architecture, find) for name, values in config.losses.items()]
    return tuple(term for term in (*flat, *tv, *more) if term is not None)


@dataclass(frozen=True)
class _Context:
    """The context of a term; `picture_key` is the key of its pictures, `key` returns that of any part."""

    architecture: Architecture
    find: Find
    picture_key: str
    key: Callable[[str], str]


def _flat(config: Config, kind: str, architecture: Architecture, find: Find) -> Term | None:
    values = LossConfig(
        loss=getattr(config, f"{kind}_loss"),
        layers=getattr(config, f"{kind}_layers"),
        layer_weights=getattr(config, f"{kind}_layer_weights"),
        weight=float(getattr(config, f"{kind}_weight")),
        picture=getattr(config, kind),
    )
    return _term(kind, values, _Context(architecture, find, kind, lambda part: f"{kind}_{part}"))


def _further(name: str, values: Any, config: Config, architecture: Architecture, find: Find) -> Term | None:
    """Return the term of `losses.<name>`; its picture is the style unless it names another."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in RESERVED:
        raise UserError(
            f"losses.{name}: name a further loss with small letters, digits and '_', other than {', '.join(RESERVED)}"
        )
    if not isinstance(values, Mapping):
        raise UserError(f"losses.{name}: expected keys such as losses.{name}.loss=tv losses.{name}.weight=10")
    known = [field.name for field in fields(LossConfig)]
    for key in (key for key in values if key not in known):
        raise UserError(f"unknown key 'losses.{name}.{key}'{did_you_mean(str(key), known)}")
    if "loss" not in values:
        raise UserError(f"losses.{name}.loss: is missing; choose from {', '.join(losses.names())}")
    picture_key = "style" if values.get("picture") is None else f"losses.{name}.picture"
    own = LossConfig(**{**values, "picture": values.get("picture") or config.style})
    return _term(name, own, _Context(architecture, find, picture_key, lambda part: f"losses.{name}.{part}"))


def _term(name: str, values: LossConfig, context: _Context) -> Term | None:
    key = context.key
    kind = losses.find(values.loss, key("loss"))
    _check_kind(name, kind, f"{key('loss')}={values.loss}")
    weight = _number(values.weight, key("weight"))
    settings = losses.settings(kind, dict(values.settings), key("settings"))
    version = losses.version(kind)
    if kind.kind == "picture":
        return Term(name, values.loss, weight, settings=settings, version=version) if weight else None
    layers = parse_layers(values.layers, context.architecture, key("layers"))
    if weight == 0 or not layers:
        return None
    paired = pair_weights(layers, values.layer_weights, key("layer_weights"))
    targets = _targets(values, context)
    return Term(name, values.loss, weight, *paired, targets=targets, settings=settings, version=version)


def _check_kind(name: str, kind: Any, given: str) -> None:
    """Refuse a loss of statistics for the content, and one of positions for the style."""
    if not _fits(name, kind):
        fitting = [other for other in losses.names() if _fits(name, losses.find(other))]
        raise UserError(f"{given}: is no {name} loss; choose from {', '.join(fitting)}")


def _fits(name: str, kind: Any) -> bool:
    allowed = KINDS.get(name)
    return allowed is None or (kind.kind in allowed and (name != "content" or getattr(kind, "same_shape", True)))


def _targets(values: LossConfig, context: _Context) -> tuple[Target, ...]:
    pictures = values.picture if isinstance(values.picture, list | tuple) else [values.picture]
    shares = _shares(values.shares, len(pictures), context.key("shares"))
    find, key = context.find, context.picture_key
    return tuple(Target(find(key, str(name)), share) for name, share in zip(pictures, shares, strict=True) if share)


def _shares(values: Any, count: int, key: str) -> list[float]:
    """Return shares that sum to 1; equal ones for None."""
    numbers = [1.0] * count if values is None else [_number(value, key) for value in values]
    if len(numbers) != count:
        raise UserError(f"{key}: {len(numbers)} shares for {count} picture{'s' * (count != 1)}")
    total = sum(numbers)
    if min(numbers) < 0 or total == 0:
        raise UserError(f"{key}={values}: must be 0 or more, not all 0")
    return [number / total for number in numbers]


def _number(value: Any, key: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UserError(f"{key}={value}: must be a number") from None
