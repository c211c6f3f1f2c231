"""Check a `Spec`; `check` raises a `UserError` that names the first wrong key."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nst import networks
from nst.errors import UserError, did_you_mean
from nst.pictures.resize import FILTERS

if TYPE_CHECKING:
    from nst.spec.records import Lbfgs, Spec, Term

CLAMPS = ("projected", "closure", "none")
INITS = ("content", "uniform", "gaussian", "style", "picture")
KEEPS = ("last", "best")
POOLINGS = ("max", "avg")
PRECISIONS = ("fp32", "bf16", "fp64")
SMALLEST = 16
LARGEST = 16384


def check(spec: "Spec") -> None:
    """Check numbers and names, alone and in combination."""
    for term in spec.terms:
        _check_term(term)
    if not any(term.layers for term in spec.terms):
        raise UserError("content_weight and style_weight are both 0 (or their layers 'none'): nothing to optimise")
    _check_choices(spec)
    _check_counts(spec)
    _check_optimizer(spec)
    _check_size(spec)
    _check_moves(spec)


def check_choice(key: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not one of `choices`, naming the nearest."""
    if value not in choices:
        raise UserError(f"{key}={value}: unknown{did_you_mean(str(value), choices)}")


def weight_key(name: str) -> str:
    """Return the configuration key of a term's weight."""
    return f"{name}_weight" if name in ("content", "style", "tv") else f"losses.{name}.weight"


def check_keys(found: Sequence[str], known: Sequence[str], prefix: str = "") -> None:
    """Refuse an unknown key (Hydra accepts any that is given with `+`)."""
    for key in found:
        if key not in known:
            raise UserError(f"unknown key '{prefix}{key}'{did_you_mean(key, known)}")


def picture_key(name: str) -> str:
    """Return the configuration key of a term's pictures."""
    return name if name in ("content", "style") else f"losses.{name}.picture"


def check_weight(key: str, number: float) -> None:
    """Refuse a weight that is negative, infinite or NaN."""
    if not math.isfinite(number) or number < 0:
        raise UserError(f"{key}={number}: must be a finite number, 0 or more")


def _check_term(term: "Term") -> None:
    check_weight(weight_key(term.name), term.weight)
    key = weight_key(term.name).replace("weight", "layer_weights")
    for number in term.layer_weights:
        check_weight(key, number)
    if term.layer_weights and not any(term.layer_weights):
        raise UserError(f"{key}: all are 0, so this loss is nothing; give the loss itself weight 0 instead")


def _check_choices(spec: "Spec") -> None:
    check_choice("init", spec.start.kind, INITS)
    check_choice("keep", spec.keep, KEEPS)
    check_choice("pooling", spec.network.pooling, POOLINGS)
    check_choice("precision", spec.precision, PRECISIONS)
    check_choice("resize", spec.resize or "lanczos", tuple(FILTERS))


def _check_counts(spec: "Spec") -> None:
    for scale in spec.scales:
        if scale.steps < 1:
            raise UserError(f"steps={scale.steps}: must be 1 or more evaluations")
    if not 0 <= spec.start.seed < 2**63:
        raise UserError(f"seed={spec.start.seed}: must be from 0 to 2**63 - 1")
    if spec.repeat < 0:
        raise UserError(f"repeat={spec.repeat}: must be 0 or more")
    for key in ("frames_every", "checkpoint_every", "trace_every"):
        if getattr(spec.runtime, key) < 0:
            raise UserError(f"{key}={getattr(spec.runtime, key)}: must be 0 or more")


def _check_optimizer(spec: "Spec") -> None:
    optimizer = spec.optimizer
    if not math.isfinite(optimizer.lr) or optimizer.lr <= 0:
        raise UserError(f"optimizer.lr={optimizer.lr}: must be a finite number above 0")
    if optimizer.name == "lbfgs":
        _check_lbfgs(optimizer)  # type: ignore[arg-type]
        return
    for key in ("beta1", "beta2"):
        if not 0 <= getattr(optimizer, key) < 1:
            raise UserError(f"optimizer.{key}={getattr(optimizer, key)}: must be from 0 to below 1")


def _check_lbfgs(optimizer: "Lbfgs") -> None:
    check_choice("optimizer.clamp", optimizer.clamp, CLAMPS)
    check_choice("optimizer.history_dtype", optimizer.history_dtype, ("fp32", "bf16"))
    if optimizer.history < 1:
        raise UserError(f"optimizer.history={optimizer.history}: must be 1 or more")
    for key in ("tolerance_grad", "tolerance_change", "max_step"):
        check_weight(f"optimizer.{key}", getattr(optimizer, key))


def _check_size(spec: "Spec") -> None:
    """Refuse a size whose deepest feature map is below 2 x 2: a Gram matrix of one position has no meaning."""
    architecture = networks.architecture(spec.network.name)
    deepest = max((architecture.at(layer) for layer in spec.layers), key=lambda c: c.number)
    needed = 2 * deepest.reduction
    for size in (scale.size for scale in spec.scales):
        if not SMALLEST <= size <= LARGEST:
            raise UserError(f"size={size}: the shorter side must be {SMALLEST} to {LARGEST} pixels")
        if size < needed:
            raise UserError(
                f"size={size}: too small for conv_{deepest.number}, which sees the picture at "
                f"1/{deepest.reduction}; use size={needed} or more, or a shallower layer"
            )


def _check_moves(spec: "Spec") -> None:
    """Refuse a single loss that starts at 0, with no gradient: the picture would never change."""
    if len(spec.terms) != 1 or spec.start.picture is None:
        return
    (term,) = spec.terms
    if len(term.targets) == 1 and term.targets[0].picture == spec.start.picture:
        other = {"content": "style_weight", "style": "content_weight"}.get(term.name, "content_weight")
        raise UserError(
            f"{term.name} loss alone from the {term.name} picture: the loss is 0 and has no gradient, so nothing would "
            f"move; use init=noise, or give {other}"
        )
