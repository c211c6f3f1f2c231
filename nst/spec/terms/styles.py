"""Resolve several styles and the scale at which they enter: what further losses take from them, and checks of it."""

import math
from collections.abc import Mapping
from itertools import count
from typing import Any

from nst import losses, networks
from nst.errors import UserError
from nst.pictures.load import fitted_shape, full_image, scaled_size
from nst.spec.check import term_key
from nst.spec.records import Spec, Target, Term
from nst.spec.schema import Config
from nst.typed_values import number


def of_styles(config: Config, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return pictures, shares and scale of a further loss that names no picture: those of the style, or its own."""
    found = {"picture": config.style, "shares": config.style_shares}
    if isinstance(values["loss"], str) and not losses.find(values["loss"]).same_shape:
        found["scale"] = config.style_scale
    own = {key: value for key in ("shares", "scale") if (value := values.get(key)) is not None}
    return found | own


def first_style(config: Config) -> str:
    """Return the first style of a configuration that has a share."""
    names = config.style if isinstance(config.style, list | tuple) else [config.style]
    shares = config.style_shares if isinstance(config.style_shares, list | tuple) else [1] * len(names)
    taken = [name for name, share in zip(names, shares, strict=False) if share != 0]
    if not taken or taken[0] is None:
        raise UserError(f"style={'null' if config.style is None else config.style}: init=style needs a picture")
    return str(taken[0])


def target_scale(value: Any, loss: Any, key: str) -> float | None:
    """Return the scale of a loss's targets; None for 1. Raises `UserError` for a loss that compares by position."""
    scale = 1.0 if value is None else number(value, key)
    if scale <= 0:
        raise UserError(f"{key}={value}: must be above 0")
    if scale != 1 and loss.same_shape:
        raise UserError(f"{key}={value}: is for losses of statistics; this one compares position by position")
    return None if scale == 1 else scale


def check_scaled(spec: Spec) -> None:
    """Refuse a scale at which a picture is too small for the deepest layer of its loss."""
    for term in spec.terms:
        for target in (one for one in term.targets if one.scale is not None):
            for size in (scale.size for scale in spec.scales):
                _check_scaled(spec, term, target, size)


def _check_scaled(spec: Spec, term: Term, target: Target, size: int) -> None:
    shape = full_image(target.picture).size
    deepest = max(map(networks.architecture(spec.network.name).at, term.layers), key=lambda c: c.number)
    needed, side = 2 * deepest.reduction, scaled_size(size, target.scale, *shape)
    shorter = min(fitted_shape(*shape, side)) if side else 0
    if shorter < needed:
        least = next(found for found in count(needed) if min(fitted_shape(*shape, found)) >= needed) / size
        key = term_key(term.name, "scale")
        raise UserError(
            f"{key}={target.scale:g}: gives a picture of {shape[0]} x {shape[1]} a shorter side of {shorter} at "
            f"size={size}, but conv_{deepest.number} needs {needed}; use {key}={math.ceil(least * 1e4) / 1e4:g} or more"
        )
