"""Resolve `size`: pixels of the shorter side, `long:PIXELS` of the longer one, or `original`, that of the content."""

import re
from collections.abc import Sequence
from typing import Any

from nst.errors import UserError
from nst.pictures.load import MAX_ASPECT, fitted_shape, full_image, shape_of_long
from nst.spec.check import LARGEST, SMALLEST
from nst.spec.records import Picture, Scale, Start, Term
from nst.typed_values import like

ORIGINAL = "original"
LARGEST_LONG = MAX_ASPECT * LARGEST


def plain_size(value: Any) -> int | str:
    """Return a size as it is shown: a whole number, `long:1024` or `original`; raises `UserError` for any other."""
    if value == ORIGINAL or (isinstance(value, str) and re.fullmatch(r"long:\d{1,9}", value)):
        return str(value)
    try:
        return int(like(0, value, "size"))
    except UserError:
        given = "null" if value is None else value
        choices = "a whole number of pixels, long:PIXELS (the longer side) or original (the content's own size)"
        raise UserError(f"size={given}: must be {choices}") from None


def last_scale(value: Any, steps: int, terms: Sequence[Term], start: Start) -> Scale:
    """Return the scale of the result; one that a number gives as well is that number's, with the same signature."""
    size = plain_size(value)
    if isinstance(size, int):
        return Scale(size, steps)
    width, height = full_image(_frame(size, terms, start)).size
    long = max(width, height) if size == ORIGINAL else int(size.partition(":")[2])
    shape = shape_of_long(width, height, long) if long else (0, 0)
    shorter = min(shape)
    if not SMALLEST <= shorter <= LARGEST or long > LARGEST_LONG:
        raise UserError(
            f"size={size}: gives {max(shape)} x {shorter} pixels for a picture of {width} x {height}; the shorter side "
            f"must be {SMALLEST} to {LARGEST} pixels, and the longer one at most {LARGEST_LONG}"
        )
    return Scale(shorter, steps, None if fitted_shape(width, height, shorter) == shape else long)


def _frame(size: str, terms: Sequence[Term], start: Start) -> Picture:
    """Return the picture whose shape the result has, as `Spec.frame` names it."""
    contents = [target.picture for term in terms if term.name == "content" for target in term.targets]
    if start.kind == "content" and start.picture is not None:
        contents.append(start.picture)
    others = [] if size == ORIGINAL else [target.picture for term in terms for target in term.targets]
    if not contents and not others:
        why = "is the content's own size, but this run has no content; give pixels, or use init=content"
        raise UserError(f"size={size}: {why if size == ORIGINAL else 'this run has no picture to be of that size'}")
    return next(iter([*contents, *others]))
