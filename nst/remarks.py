"""Say in one line what is unusual about the end of a run, and which keys would change it."""

from collections.abc import Iterable

import numpy as np
from PIL.Image import Image

from nst.spec.records import Lbfgs, Spec

STILL = 0.1
"""Grey levels: a picture has not moved if it differs from its start by less, on average."""
SATURATED = 0.5
"""A picture is at its bounds if more than this share of its numbers is 0 or 255."""


def remark(spec: Spec, image: Image, start: Image, pictures: Iterable[Image]) -> str | None:
    """Return the remark on a finished run: its picture equals its start, or is at its bounds; None for any other.

    `pictures`: what the run was made from; if one of these is black and white, the result may be. One step alone never
    moves a picture far: the first of L-BFGS moves all of its numbers together by 1 at most.
    """
    difference = np.abs(np.asarray(image, dtype=np.float32) - np.asarray(start, dtype=np.float32)).mean()
    if difference < STILL and spec.steps > 1:
        return f"the picture has hardly left its start; try more steps (now {spec.steps}) or other weights"
    share = _share_at_bounds(image)
    if share > SATURATED and not any(_share_at_bounds(one) > SATURATED for one in pictures):
        return f"{share:.0%} of the picture is black or white to the limit; try {_smaller_steps(spec)}"
    return None


def against_divergence(spec: Spec) -> str:
    """Return the keys that keep a run from diverging."""
    return f"try {_smaller_steps(spec)} or a smaller weight"


def _smaller_steps(spec: Spec) -> str:
    smaller = f"a smaller optimizer.lr (now {spec.optimizer.lr:g})"
    clamps = isinstance(spec.optimizer, Lbfgs) and spec.optimizer.clamp != "projected"
    return f"optimizer.clamp=projected, {smaller}" if clamps else smaller


def _share_at_bounds(image: Image) -> float:
    pixels = np.asarray(image)
    return float(((pixels == 0) | (pixels == 255)).mean())
