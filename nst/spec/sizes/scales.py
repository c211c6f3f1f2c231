"""Resolve `scales.*`: the sizes of a run from coarse to fine, the evaluations at each, and what is carried over.

Sizes as in crowsonkb/style-transfer-pytorch: the last one divided by powers of a factor.
"""

from itertools import count
from typing import Any

from nst.errors import UserError
from nst.spec.check import check_keys
from nst.spec.records import Adam, Optimizer, Scale
from nst.spec.schema import SCALES, Config
from nst.typed_values import like, number

LEAST_FACTOR = 1.01
"""A smaller factor would make hundreds of sizes."""


def make_scales(config: Config, last: Scale) -> tuple[Scale, ...]:
    """Return the scales from coarse to fine: the last alone if `scales.from` is null or its size; or a `UserError`."""
    check_keys([str(key) for key in config.scales], list(SCALES), "scales.")
    given = {**SCALES, **config.scales}
    factor = _factor(number(given["factor"], "scales.factor"))
    steps = config.steps if given["steps"] is None else like(0, given["steps"], "scales.steps")
    if given["steps"] is not None and steps < 1:
        raise UserError(f"scales.steps={steps}: must be 1 or more evaluations, or null for as many as steps")
    if given["from"] is None:
        return (last,)
    coarsest = _coarsest(given["from"], last.size)
    if coarsest < 1:
        raise UserError(f"scales.from={coarsest}: must be 1 pixel or more of the shorter side")
    if coarsest > last.size:
        shorter = f", whose shorter side is {last.size}" if isinstance(config.size, str) else ""
        raise UserError(f"scales.from={coarsest}: is above size={config.size}{shorter}; use {last.size} or less")
    return (*(Scale(size, steps) for size in sizes(coarsest, last.size, factor)[:-1]), last)


def _coarsest(value: Any, size: int) -> int:
    """Return the smallest size: `value` in pixels or, below 1, as a fraction of the size."""
    part = number(value, "scales.from")
    return max(1, round(part * size)) if 0 < part < 1 else like(0, value, "scales.from")


def sizes(coarsest: int, finest: int, factor: float) -> list[int]:
    """Return round(finest / factor^k), k = 0, 1, ..., down to `coarsest`, in ascending order without duplicates."""
    found = [finest]
    for power in count(1):
        size = round(finest / factor**power)
        if size < coarsest:
            break
        if size < found[-1]:
            found.append(size)
    return found[::-1]


def make_carry(config: Config, scales: tuple[Scale, ...], optimizer: Optimizer) -> bool | None:
    """Return False if there are moments and they are not to be carried over; else None, which is not signed."""
    carry = like(True, {**SCALES, **config.scales}["carry"], "scales.carry")
    return None if carry or len(scales) == 1 or not isinstance(optimizer, Adam) else False


def _factor(found: float) -> float:
    if found <= 1:
        raise UserError(f"scales.factor={found:g}: must be a finite number above 1")
    if found < LEAST_FACTOR:
        raise UserError(f"scales.factor={found:g}: makes too many sizes; use {LEAST_FACTOR} or more")
    return found
