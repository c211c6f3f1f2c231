"""Numbers from pictures, worked out by hand."""

import pytest

from nst.statements.computed import ROUNDING, chroma_distance, halves, with_number
from nst.statements.runs import Run

from .conftest import grey, noise


def test_a_number_more() -> None:
    run = Run({}, {"a": 1.0}, {}, "m")
    more = with_number(run, "b", 2.0)
    assert (more["a"], more["b"]) == (1, 2) and "b" not in run.measured


def test_luminance_alone_moves_no_chroma() -> None:
    picture = noise(0)
    assert chroma_distance(picture + grey(40), picture) == ROUNDING


def test_chroma_moves_by_what_luma_leaves() -> None:
    """A red 10 levels higher: luma + 2.126, so the chroma moves by (7.874, -2.126, -2.126)."""
    red = grey(100)
    red[..., 0] += 10
    r, g = 7.874, 2.126
    singles, pairs = r + 2 * g, (2 * (r - g) + 2 * (r + g) + 2 * g + 0) / 2**0.5
    triples = (abs(r - 2 * g) + 2 * r + (r + 2 * g)) / 3**0.5
    assert chroma_distance(red, grey(100)) == pytest.approx((singles + pairs + triples) / 13)


def test_a_middle_column_belongs_to_the_left() -> None:
    left, right = halves(noise(0, (4, 5)))
    assert left.shape == (4, 3, 3) and right.shape == (4, 2, 3)
