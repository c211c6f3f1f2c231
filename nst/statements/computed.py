"""Numbers that a test computes from runs' pictures itself, beside the recorded ones."""

import math
from dataclasses import replace

from nst.statements.pixels import Array, colour_distance, luma
from nst.statements.runs import Run

ROUNDING = 0.5
"""Levels below which a distance of 8-bit pictures says nothing."""


def with_number(run: Run, name: str, value: float) -> Run:
    """Return the run with one more measured number."""
    return replace(run, measured={**run.measured, name: value})


def chroma_distance(a: Array, b: Array) -> float:
    """Return `colour_distance` of two pictures without their luma, in levels, at least `ROUNDING`.

    It does not change if the same number is added to all channels of a pixel, so a picture that differs from another
    in luminance alone has none to it.
    """
    ours, theirs = (picture - luma(picture)[..., None] for picture in (a, b))
    return max(ROUNDING, colour_distance(ours, theirs))


def halves(picture: Array) -> tuple[Array, Array]:
    """Return the left and the right half; a middle column belongs to the left."""
    middle = math.ceil(picture.shape[1] / 2)
    return picture[:, :middle], picture[:, middle:]
