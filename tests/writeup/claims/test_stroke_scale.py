"""Strokes of as many pixels in a picture twice as large are half as wide in it; strokes that grow with it are not."""

import numpy as np
import pytest

from nst.writeup.claims.runs import finished
from nst.writeup.claims.statement import Finding
from nst.writeup.claims.stroke_scale import stroke_scale, unexplained

from .conftest import Pixels, Rows, waves


def result(content: Pixels, strokes: float, areas: float) -> Pixels:
    """The content with stripes of so many cycles, and areas of 3 cycles of this strength, across the other way."""
    side = len(content)
    across = (waves(3, areas, side) - 128).swapaxes(0, 1)
    return content + (waves(strokes, 20, side) - 128).swapaxes(0, 1) + across


def judged(rows: Rows, small: tuple[float, float], large: tuple[float, float], pairs: int = 5) -> dict[str, Finding]:
    for place in range(pairs):
        for size, (strokes, areas) in ((64, small), (128, large)):
            content = waves(2, 30, size)
            keys = {"content": f"picture {place}", "style": "a", "size": size, "init": "content"}
            image = result(content, strokes + place % 2, areas + place % 3)
            rows.add(**keys, image=image, content_picture=content)
    return dict(zip(("strokes", "areas"), stroke_scale(finished(rows.frame)), strict=True))


def test_strokes_of_as_many_pixels_and_smaller_areas(rows: Rows) -> None:
    found = judged(rows, small=(12, 10), large=(24, 5))
    assert (found["strokes"].verdict, found["areas"].verdict) == ("holds", "holds")
    assert 1.5 < found["strokes"].effect < 2.6 and 1.5 < found["areas"].effect < 2
    assert "at 64 px after 80 evaluations and" in found["strokes"].reading


def test_strokes_that_grow_with_the_picture(rows: Rows) -> None:
    found = judged(rows, small=(12, 5), large=(12, 5))
    assert (found["strokes"].verdict, found["areas"].verdict) == ("does not hold", "does not hold")
    assert found["strokes"].effect == pytest.approx(1, abs=0.02)


def test_four_pairs_are_too_few(rows: Rows) -> None:
    found = judged(rows, small=(12, 10), large=(24, 5), pairs=4)
    assert {(finding.verdict, finding.n) for finding in found.values()} == {("undecided", 4)}


def test_a_picture_of_another_shape_is_left_out(rows: Rows) -> None:
    judged(rows, small=(12, 10), large=(24, 5))
    rows.rows[0]["content_picture"] = rows.rows[1]["content_picture"]
    assert stroke_scale(finished(rows.frame))[0].n == 4


def test_a_recolouring_adds_no_areas() -> None:
    content = waves(2, 100)
    assert np.abs(unexplained(255 - content / 2, content)).max() < 10
    assert np.abs(unexplained(255 - content / 2 + (waves(3, 40) - 128).swapaxes(0, 1), content)).max() > 35
