"""Everything a `Spec` must be, in one place; `check` raises a `UserError` that names the first key that is wrong."""

import math
from typing import TYPE_CHECKING

from nst.errors import UserError, did_you_mean
from nst.networks.base.architecture import CONVOLUTIONS
from nst.spec.layers import layer_number
from nst.spec.records import Lbfgs

if TYPE_CHECKING:
    from nst.spec.signature import Spec

CLAMPS = ("projected", "closure", "none")
INITS = ("content", "uniform", "gaussian", "style", "picture")
KEEPS = ("last", "best")
POOLINGS = ("max", "avg")
PRECISIONS = ("fp32", "bf16", "fp64")
SMALLEST = 16
LARGEST = 16384


def check(spec: "Spec") -> None:
    """Validate numbers, names and what they mean together."""
    _check_weights(spec)
    _check_choices(spec)
    _check_counts(spec)
    _check_optimizer(spec)
    _check_size(spec)
    _check_moves(spec)


def check_choice(key: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not one of `choices`, naming the nearest."""
    if value not in choices:
        raise UserError(f"{key}={value}: unknown{did_you_mean(str(value), choices)}")


def _check_weights(spec: "Spec") -> None:
    for key in ("content_weight", "style_weight", "tv_weight"):
        _check_weight(key, getattr(spec, key))
    for key in ("content_layer_weights", "style_layer_weights"):
        for number in getattr(spec, key):
            _check_weight(key, number)
        if getattr(spec, key) and not any(getattr(spec, key)):
            raise UserError(f"{key}: all are 0, so this loss is nothing; give the loss itself weight 0 instead")
    if spec.content_weight == 0 and spec.style_weight == 0:
        raise UserError("content_weight and style_weight are both 0 (or their layers 'none'): nothing to optimise")


def _check_weight(key: str, number: float) -> None:
    if not math.isfinite(number) or number < 0:
        raise UserError(f"{key}={number}: must be a finite number, 0 or more")


def _check_choices(spec: "Spec") -> None:
    check_choice("init", spec.init, INITS)
    check_choice("keep", spec.keep, KEEPS)
    check_choice("pooling", spec.pooling, POOLINGS)
    check_choice("precision", spec.precision, PRECISIONS)


def _check_counts(spec: "Spec") -> None:
    if spec.steps < 1:
        raise UserError(f"steps={spec.steps}: must be 1 or more evaluations")
    if not 0 <= spec.seed < 2**63:
        raise UserError(f"seed={spec.seed}: must be from 0 to 2**63 - 1")
    for key in ("repeat", "frames_every", "checkpoint_every", "trace_every"):
        if getattr(spec, key) < 0:
            raise UserError(f"{key}={getattr(spec, key)}: must be 0 or more")


def _check_optimizer(spec: "Spec") -> None:
    optimizer = spec.optimizer
    if not math.isfinite(optimizer.lr) or optimizer.lr <= 0:
        raise UserError(f"optimizer.lr={optimizer.lr}: must be a finite number above 0")
    if isinstance(optimizer, Lbfgs):
        check_choice("optimizer.clamp", optimizer.clamp, CLAMPS)
        check_choice("optimizer.history_dtype", optimizer.history_dtype, ("fp32", "bf16"))
        if optimizer.history < 1:
            raise UserError(f"optimizer.history={optimizer.history}: must be 1 or more")
        for key in ("tolerance_grad", "tolerance_change", "max_step"):
            _check_weight(f"optimizer.{key}", getattr(optimizer, key))
    else:
        for key in ("beta1", "beta2"):
            if not 0 <= getattr(optimizer, key) < 1:
                raise UserError(f"optimizer.{key}={getattr(optimizer, key)}: must be from 0 to below 1")


def _check_size(spec: "Spec") -> None:
    """The deepest feature map must be at least 2 x 2: a Gram matrix of one position says nothing."""
    if not SMALLEST <= spec.size <= LARGEST:
        raise UserError(f"size={spec.size}: the shorter side must be {SMALLEST} to {LARGEST} pixels")
    deepest = max((layer_number(layer) for layer in spec.content_layers + spec.style_layers), default=1)
    needed = 2 * CONVOLUTIONS[deepest - 1].reduction
    if spec.size < needed:
        raise UserError(
            f"size={spec.size}: too small for conv_{deepest}, which sees the picture at "
            f"1/{CONVOLUTIONS[deepest - 1].reduction}; use size={needed} or more, or a shallower layer"
        )


def _check_moves(spec: "Spec") -> None:
    """A single loss that starts at its own zero has no gradient: the picture would never change."""
    if spec.tv_weight > 0 or spec.is_transfer:
        return
    start = {"content": spec.content, "style": spec.style, "picture": spec.init_picture}.get(spec.init)
    if spec.content_weight > 0 and start is not None and start == spec.content:
        raise UserError(
            "content loss alone from the content picture: the loss is 0 and has no gradient, so nothing would move; "
            "use init=noise, or give style_weight"
        )
    if spec.style_weight > 0 and start is not None and start == spec.style:
        raise UserError(
            "style loss alone from the style picture: the loss is 0 and has no gradient, so nothing would move; "
            "use init=noise, or give content_weight"
        )
