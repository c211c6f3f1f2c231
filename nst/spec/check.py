"""Check a `Spec`; `check` raises a `UserError` that names the first wrong key."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nst import networks
from nst.errors import UserError, did_you_mean
from nst.spec.terms.names import is_guide

if TYPE_CHECKING:
    from nst.spec.records import Lbfgs, Optimizer, Spec, Term

RESIZES = ("lanczos", "bicubic", "bilinear")
COLOURS = ("as_is", "luminance", "match", "match_cholesky", "match_pca")
STARTS = ("content", "noise", "uniform", "gaussian", "style")
"""Values of `init` that are no pictures."""
SMALLEST, LARGEST = 16, 16384
"""Pixels of the shorter side."""
PRECONDITIONERS = {"fourier": 1.0, "pyramid": 1.0, "adaptive": 0.5}
"""Kinds of preconditioners, and the exponent of each that is used if none is given."""
STRONGEST = 4
"""Greatest exponent of a preconditioner: at 16384 pixels, float32 has no room for a greater one."""


def check(spec: "Spec") -> None:
    """Check numbers and names, alone and in combination."""
    for term in spec.terms:
        _check_term(term)
        _check_resample(term, spec.optimizer)
    if not any(term.layers for term in spec.terms):
        raise UserError("content_weight and style_weight are both 0 (or their layers 'none'): nothing to optimise")
    check_choice("init", spec.start.kind, ("content", "uniform", "gaussian", "style", "picture"))
    check_choice("keep", spec.keep, ("last", "best", "average"))
    check_choice("pooling", spec.network.pooling, ("max", "avg", "l2"))
    check_choice("padding", spec.network.padding or "zeros", ("zeros", "replicate"))
    _require(_is_scale(spec.network.pooling_scale), "pooling_scale", spec.network.pooling_scale, "a number above 0")
    check_choice("balance", spec.balance or "none", ("none", "total", "layers"))
    check_choice("precision", spec.precision, ("fp32", "fp32_winograd", "bf16", "fp64"))
    check_choice("resize", spec.resize or "lanczos", RESIZES)
    check_choice("colours", spec.colours or "as_is", COLOURS)
    _check_numbers(spec)
    _check_optimizer(spec.optimizer)
    _check_average(spec)
    _check_colours(spec)
    _check_size(spec)
    _check_moves(spec)


def check_choice(key: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not one of `choices`, naming the nearest."""
    if value not in choices:
        raise UserError(f"{key}={value}: unknown{did_you_mean(str(value), choices)}")


def term_key(term: str, key: str) -> str:
    """Return the configuration key of a term's weight, loss, ...; a guide's are those of the style."""
    if is_guide(term):
        return f"style_{key}"
    return f"{term}_{key}" if term in ("content", "style", "tv") else f"losses.{term}.{key}"


def check_keys(found: Sequence[str], known: Sequence[str], prefix: str = "") -> None:
    """Refuse an unknown key (Hydra accepts any key given with `+`)."""
    for key in found:
        if key not in known:
            raise UserError(f"unknown key '{prefix}{key}'{did_you_mean(key, known)}")


def check_weight(key: str, number: float) -> None:
    """Refuse a weight that is negative, infinite or NaN."""
    _require(math.isfinite(number) and number >= 0, key, number, "a finite number, 0 or more")


def deepest_layer(spec: "Spec") -> tuple[int, int]:
    """Return the number of the deepest convolution, and the least shorter side with a 2 x 2 feature map there.

    A Gram matrix of a single position is meaningless.
    """
    architecture = networks.architecture(spec.network.name)
    deepest = max((architecture.at(layer) for layer in spec.layers), key=lambda c: c.number)
    return deepest.number, 2 * deepest.reduction


def _require(is_right: bool, key: str, value: object, expected: str) -> None:
    if not is_right:
        raise UserError(f"{key}={value}: must be {expected}")


def _is_scale(number: float | None) -> bool:
    return number is None or (math.isfinite(number) and number > 0)


def _check_term(term: "Term") -> None:
    check_weight(term_key(term.name, "weight"), term.weight)
    key = term_key(term.name, "layer_weights")
    for number in term.layer_weights:
        check_weight(key, number)
    if term.layer_weights and not any(term.layer_weights):
        raise UserError(f"{key}: all are 0, so this loss has no effect; give the loss itself weight 0 instead")


def _check_resample(term: "Term", optimizer: "Optimizer") -> None:
    """Refuse a loss that changes at each evaluation with L-BFGS, which compares gradients of one function."""
    if optimizer.name == "lbfgs" and dict(term.settings).get("resample"):
        key = term_key(term.name, "settings.resample")
        raise UserError(f"{key}=true: L-BFGS needs the same loss at each evaluation; use optimizer=adam")


def _check_numbers(spec: "Spec") -> None:
    for scale in reversed(spec.scales):
        key = "steps" if scale == spec.scales[-1] else "scales.steps"
        _require(scale.steps >= 1, key, scale.steps, "1 or more evaluations")
    _require(0 <= spec.start.seed < 2**63, "seed", spec.start.seed, "from 0 to 2**63 - 1")
    _require(spec.repeat >= 0, "repeat", spec.repeat, "0 or more")
    for key in ("frames_every", "checkpoint_every", "trace_every"):
        number = getattr(spec.runtime, key)
        _require(number >= 0, key, number, "0 or more")


def _check_optimizer(optimizer: "Optimizer") -> None:
    _require(math.isfinite(optimizer.lr) and optimizer.lr > 0, "optimizer.lr", optimizer.lr, "a finite number above 0")
    if optimizer.name == "lbfgs":
        _check_lbfgs(optimizer)  # type: ignore[arg-type]
        return
    for key in ("beta1", "beta2"):
        number = getattr(optimizer, key)
        _require(0 <= number < 1, f"optimizer.{key}", number, "from 0 to below 1")
    average = getattr(optimizer, "average", None)
    _require(average is None or 0 < average < 1, "optimizer.average", average, "from 0 (off) to below 1")
    fraction = getattr(optimizer, "relative_epsilon", None)
    _require(fraction is None or 0 < fraction <= 1, "optimizer.relative_epsilon", fraction, "from 0 (off) to 1")


def _check_average(spec: "Spec") -> None:
    if spec.keep == "average" and getattr(spec.optimizer, "average", None) is None:
        raise UserError("keep=average: needs optimizer=adam with optimizer.average, as optimizer.average=0.99")


def _check_colours(spec: "Spec") -> None:
    """Refuse `colours` if there is no content to take them from, or no style to match."""
    if spec.colours in (None, "as_is"):
        return
    if "content" not in spec.pictures:
        raise UserError(
            f"colours={spec.colours}: takes the colours of a content picture, but this texture has none; "
            "use init=content, or colours=as_is"
        )
    if spec.colours != "luminance" and spec.pictures.keys() <= {"content", "init"}:
        raise UserError(
            f"colours={spec.colours}: there is no style picture to match; use colours=as_is, or a style_weight"
        )


def _check_lbfgs(optimizer: "Lbfgs") -> None:
    check_choice("optimizer.clamp", optimizer.clamp, ("projected", "closure", "none"))
    check_choice("optimizer.history_dtype", optimizer.history_dtype, ("fp32", "bf16"))
    _require(optimizer.history >= 1, "optimizer.history", optimizer.history, "1 or more")
    for key in ("tolerance_grad", "tolerance_change", "max_step"):
        check_weight(f"optimizer.{key}", getattr(optimizer, key))
    if (first := optimizer.first_step) is not None:
        _require(0 < first <= 1, "optimizer.first_step", first, "from 0 (off) to 1")
    if (chosen := optimizer.preconditioner) is not None:
        check_choice("optimizer.preconditioner.kind", chosen.kind, ("none", *PRECONDITIONERS))
        is_mild = 0 <= chosen.exponent <= STRONGEST
        _require(is_mild, "optimizer.preconditioner.exponent", chosen.exponent, f"from 0 to {STRONGEST}")


def _check_size(spec: "Spec") -> None:
    size, (number, needed) = spec.size, deepest_layer(spec)
    if not SMALLEST <= size <= LARGEST:
        raise UserError(f"size={size}: the shorter side must be {SMALLEST} to {LARGEST} pixels")
    if size < needed:
        raise UserError(
            f"size={size}: too small for conv_{number}, which sees the picture at 1/{needed // 2}; "
            f"use size={needed} or more, or a shallower layer"
        )
    _check_scales([scale.size for scale in spec.scales], number, needed)


def _check_scales(sizes: Sequence[int], number: int, needed: int) -> None:
    if sorted(set(sizes)) != list(sizes):
        raise UserError(f"scales: sizes must grow from each to the next, not {', '.join(map(str, sizes))}")
    least = max(SMALLEST, needed)
    if sizes[0] < least:
        why = f"conv_{number}, which sees the picture at 1/{needed // 2}" if needed > SMALLEST else "a picture"
        raise UserError(
            f"scales.from: gives a size of {sizes[0]}, too small for {why}; use scales.from={least} or more"
        )


def _check_moves(spec: "Spec") -> None:
    """Refuse a single loss that starts at 0, with no gradient: the picture would never change."""
    if len(spec.terms) != 1 or spec.start.picture is None:
        return
    (term,) = spec.terms
    if is_guide(term.name):
        return
    if term.targets and all((t.picture, t.scale) == (spec.start.picture, None) for t in term.targets):
        other = {"content": "style_weight", "style": "content_weight"}.get(term.name, "content_weight")
        raise UserError(
            f"{term.name} loss alone from the {term.name} picture: the loss is 0 and has no gradient, so nothing would "
            f"move; use init=noise, or give {other}"
        )
