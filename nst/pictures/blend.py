"""Clone a part of one picture into another seamlessly (Pérez, Gangnet, Blake: Poisson Image Editing, 2003)."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from nst.errors import UserError, did_you_mean
from nst.pictures.poisson import solve

MODES = ("poisson", "mixed")
INSIDE = 128
STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0))


@dataclass(frozen=True)
class Patch:
    """The rectangle in which source and target overlap."""

    source: np.ndarray  # (h, w, 3) float64
    target: np.ndarray  # (h, w, 3) float64
    region: np.ndarray  # (h, w) bool: pixels to solve for; never on the rectangle's edge
    left: int  # of the rectangle in the target
    top: int


def blend(
    source: Image.Image,
    mask: Image.Image,
    target: Image.Image,
    offset: tuple[int, int] = (0, 0),
    mode: str = "poisson",
) -> Image.Image:
    """Return `target` with the part of `source` under `mask` cloned into it, RGB, of the target's size.

    mask: of the source's size; grey of 128 and above is inside. offset: (x, y) in pixels of the source's upper left
    corner in the target; it may be negative, and the source may reach beyond the target. `poisson` keeps the source's
    gradients (Pérez et al., eq. 11), `mixed` the stronger of source and target at each pair of neighbours and in
    each channel (eq. 13). A pixel needs its four neighbours in both pictures, so the outermost pixels of either
    remain the target's. Raises `UserError` for another mode, a mask of another size, or nothing left to clone.
    """
    if mode not in MODES:
        raise UserError(f"no blend mode named {mode!r}{did_you_mean(mode, MODES)}")
    if mask.size != source.size:
        raise UserError(f"the blend mask is {_by(mask)} pixels and the source {_by(source)}: they must be of one size")
    patch = _patch(source, mask, target, offset)
    values = solve(patch.region, _right_side(patch, mode), patch.target[patch.region])
    result = np.array(target.convert("RGB"))
    window = result[patch.top :, patch.left :][: patch.region.shape[0], : patch.region.shape[1]]
    window[patch.region] = np.rint(values.clip(0, 255)).astype(np.uint8)
    return Image.fromarray(result)


def ellipse_mask(width: int, height: int) -> Image.Image:
    """Return the largest ellipse in a `width` x `height` picture, mode L: 255 inside, 0 outside."""
    x = (2 * np.arange(width) + 1 - width) / width
    y = (2 * np.arange(height) + 1 - height) / height
    inside = np.add.outer(y**2, x**2) <= 1
    return Image.fromarray(np.where(inside, 255, 0).astype(np.uint8))


def _patch(source: Image.Image, mask: Image.Image, target: Image.Image, offset: tuple[int, int]) -> Patch:
    x, y = offset
    box = (max(x, 0), max(y, 0), min(x + source.width, target.width), min(y + source.height, target.height))
    if box[2] - box[0] < 3 or box[3] - box[1] < 3:
        raise UserError(f"the blend source ({_by(source)}) at offset {x},{y} lies outside the target ({_by(target)})")
    source_box = (box[0] - x, box[1] - y, box[2] - x, box[3] - y)
    region = np.asarray(mask.convert("L").crop(source_box)) >= INSIDE
    region[[0, -1], :] = region[:, [0, -1]] = False
    if not region.any():
        raise UserError(
            f"the blend mask has no pixel of {INSIDE} or more that falls inside the target at offset {x},{y}"
        )
    return Patch(_levels(source.crop(source_box)), _levels(target.crop(box)), region, box[0], box[1])


def _right_side(patch: Patch, mode: str) -> np.ndarray:
    """Return (N, 3): for each pixel of the region, its wanted differences from neighbours plus the known neighbours.

    A shift by one gives each pixel its neighbour's value; values that wrap at the edge are unused.
    """
    known = np.where(patch.region[..., None], 0.0, patch.target)
    total = np.zeros((int(patch.region.sum()), 3))
    for step in STEPS:
        guidance, own = (picture - np.roll(picture, step, axis=(0, 1)) for picture in (patch.source, patch.target))
        if mode == "mixed":
            guidance = np.where(np.abs(own) > np.abs(guidance), own, guidance)
        total += (guidance + np.roll(known, step, axis=(0, 1)))[patch.region]
    return total


def _levels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB")).astype(np.float64)


def _by(image: Image.Image) -> str:
    return f"{image.width} x {image.height}"
