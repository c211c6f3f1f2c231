"""Convert configuration keys to terms: flat keys stand for content, style and TV, `losses` for others."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

from nst import losses
from nst.errors import UserError
from nst.networks.base.architecture import Architecture
from nst.spec.check import check_keys
from nst.spec.records import Picture, Target, Term
from nst.spec.schema import Config, LossConfig
from nst.spec.terms.guides import style_terms, with_mask
from nst.spec.terms.layers import pair_weights, parse_layers
from nst.spec.terms.names import RESERVED, is_loss_name
from nst.spec.terms.styles import of_styles, target_scale
from nst.typed_values import number

KINDS = {"content": ("feature", "whole"), "style": ("statistic", "whole")}

Find = Callable[[str, str], Picture]
"""Returns the picture for a key and a name."""


def make_terms(config: Config, architecture: Architecture, find: Find) -> tuple[Term, ...]:
    """Return the terms of a configuration except those of weight 0 or without layers; raises `UserError`."""
    content = with_mask(_flat(config, "content", architecture, find), config.content_mask, "content_mask", config, find)
    style = style_terms(config, lambda own, find: _flat(own, "style", architecture, find), find)
    tv = [Term("tv", "tv", float(config.tv_weight))] if config.tv_weight != 0 else []
    more = [_further(name, values, config, architecture, find) for name, values in config.losses.items()]
    return tuple(term for term in (content, *style, *tv, *more) if term is not None)


def _flat(config: Config, kind: str, architecture: Architecture, find: Find) -> Term | None:
    keys = ("loss", "weight", "layers", "layer_weights", "settings")
    values = LossConfig(picture=getattr(config, kind), **{key: getattr(config, f"{kind}_{key}") for key in keys})
    if kind == "style":
        values = replace(values, shares=config.style_shares, scale=config.style_scale)
        count = len(config.style) if isinstance(config.style, list | tuple) else 1
        make_shares(config.style_shares, count or 1, "style_shares")
    return _term(kind, values, f"{kind}_", kind, architecture, find)


def _further(name: str, values: Any, config: Config, architecture: Architecture, find: Find) -> Term | None:
    """Return the term of `losses.<name>`; if it names no picture, it takes the style, a picture loss the content."""
    if not is_loss_name(str(name)):
        raise UserError(
            f"losses.{name}: name a further loss with lowercase letters, digits and '_', "
            f"other than {', '.join(RESERVED)}"
        )
    if not isinstance(values, Mapping):
        raise UserError(f"losses.{name}: expected keys such as losses.{name}.loss=tv losses.{name}.weight=10")
    check_keys([str(key) for key in values], [field.name for field in fields(LossConfig)], f"losses.{name}.")
    if values.get("loss") is None:
        raise UserError(f"losses.{name}.loss: is missing; choose from {', '.join(losses.names())}")
    own, picture_key = LossConfig(**values), f"losses.{name}.picture"
    if own.picture is None:
        is_named = isinstance(own.loss, str)
        picture_key = "content" if is_named and losses.find(own.loss, f"losses.{name}.loss").compares else "style"
        given = of_styles(config, values) if picture_key == "style" else {"picture": config.content}
        own = LossConfig(**{**values, **given})
    term = _term(name, own, f"losses.{name}.", picture_key, architecture, find)
    return with_mask(term, own.mask, f"losses.{name}.mask", config, find) if term else None


def _term(
    name: str, values: LossConfig, prefix: str, picture_key: str, architecture: Architecture, find: Find
) -> Term | None:
    """Return a term from its values; `prefix`: of all its keys except the one of its pictures."""
    if not isinstance(values.loss, str):
        raise UserError(f"{prefix}loss={values.loss}: must be one of {', '.join(losses.names())}")
    kind = losses.find(values.loss, f"{prefix}loss")
    _check_kind(name, kind, f"{prefix}loss={values.loss}")
    weight = number(values.weight, f"{prefix}weight")
    settings = losses.settings(kind, _mapping(values.settings, f"{prefix}settings"), f"{prefix}settings")
    term = Term(name, values.loss, weight, settings=settings, version=losses.version(kind))
    if kind.kind == "picture":
        targets = _targets(values, f"{prefix}shares", find, picture_key) if weight and kind.compares else ()
        if len(targets) > 1:
            raise UserError(f"{picture_key}: {values.loss} compares with one picture, not {len(targets)}")
        return replace(term, targets=targets) if weight else None
    layers = parse_layers(values.layers, architecture, f"{prefix}layers")
    if weight == 0 or not layers:
        return None
    layers, weights = pair_weights(layers, values.layer_weights, f"{prefix}layer_weights")
    scale = target_scale(values.scale, kind, f"{prefix}scale")
    targets = tuple(replace(one, scale=scale) for one in _targets(values, f"{prefix}shares", find, picture_key))
    return replace(term, layers=layers, layer_weights=weights, targets=targets)


def _mapping(values: Any, key: str) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise UserError(f"{key}={values}: expected keys such as {key}.NAME=1")
    return {str(name): value for name, value in values.items()}


def _check_kind(name: str, kind: Any, given: str) -> None:
    """Refuse a loss of statistics for the content, and one of positions for the style."""
    if _fits(name, kind):
        return
    fitting = []
    for loss in losses.names():
        with suppress(UserError):
            if _fits(name, losses.find(loss)):
                fitting.append(loss)
    raise UserError(f"{given}: is not a {name} loss; choose from {', '.join(fitting)}")


def _fits(name: str, kind: Any) -> bool:
    allowed = KINDS.get(name)
    return allowed is None or (kind.kind in allowed and kind.same_shape == (name == "content"))


def _targets(values: LossConfig, shares_key: str, find: Find, key: str) -> tuple[Target, ...]:
    pictures = values.picture if isinstance(values.picture, list | tuple) else [values.picture]
    if not pictures or not all(isinstance(name, str | int | float) and str(name) for name in pictures):
        given = "null" if values.picture is None else values.picture
        raise UserError(f"{key}={given}: must be a picture or a list of pictures")
    shares = make_shares(values.shares, len(pictures), shares_key)
    return tuple(Target(find(key, str(name)), share) for name, share in zip(pictures, shares, strict=True) if share)


def make_shares(values: Any, count: int, key: str) -> list[float]:
    """Return shares that sum to 1; equal ones for None."""
    if not isinstance(values, list | tuple | type(None)):
        raise UserError(f"{key}={values}: must be a list of numbers, one per picture")
    numbers = [1.0] * count if values is None else [number(value, key) for value in values]
    if len(numbers) != count:
        raise UserError(
            f"{key}: {len(numbers)} share{'s' * (len(numbers) != 1)} for {count} picture{'s' * (count != 1)}"
        )
    total = sum(numbers)
    if min(numbers) < 0 or not 0 < total < math.inf:
        raise UserError(f"{key}={values}: must be 0 or more, not all 0")
    return [share / total for share in numbers]
