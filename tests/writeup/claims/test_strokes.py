"""Textures of known colour, scale and noise by band; strokes that grow with the picture, and that do not."""

from collections.abc import Sequence

import numpy as np
import pytest

from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.writeup.claims.strokes import apart_from_each_other, stroke_scale, style_bands, unexplained
from tests.statements.conftest import Pixels, Rows, waves

BANDS = ("conv_1-3", "conv_4-6", "conv_7-8")


def texture(shift: float, large: float, small: float) -> Pixels:
    """So many levels from the style, with areas of 3 cycles and noise of 28 cycles in 64 pixels."""
    return waves(3, large) + waves(28, small) + waves(12, 10) - 2 * 128 + shift


def textured(rows: Rows, textures: Sequence[Pixels], styles: int = 5) -> dict[str, Finding]:
    for place in range(styles):
        keys = {"content": None, "style": f"style {place}", "init": "noise", "seed": 0}
        for band, pixels in zip(BANDS, textures, strict=True):
            scatter = np.full_like(pixels, 0.5 * (place % 3 == 0))
            rows.add(**keys, style_layers=band, image=pixels + scatter, style_picture=texture(0, 20, 5))
        rows.add(**keys, style_layers="conv_1-5", image=texture(90, 1, 90), style_picture=texture(0, 20, 5))
    return dict(zip(("colour", "areas", "noise"), style_bands(finished(rows.frame)), strict=True))


def test_as_the_statement_says(rows: Rows) -> None:
    """Noise of 10, 20, 40 levels: the deepest over the geometric mean of the others is 40 / sqrt 200."""
    found = textured(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)])
    assert {name: finding.verdict for name, finding in found.items()} == dict.fromkeys(found, "holds")
    assert found["noise"].effect == pytest.approx(40 / 200**0.5, rel=0.02)
    assert (found["colour"].n, len(found["colour"].values)) == (5, 15)
    assert "with conv_1-3" in found["colour"].reading and "conv_1-5" not in found["colour"].reading


def test_the_other_way_round(rows: Rows) -> None:
    found = textured(rows, [texture(40, 10, 40), texture(20, 20, 20), texture(4, 30, 10)])
    assert {name: finding.verdict for name, finding in found.items()} == dict.fromkeys(found, "does not hold")


def test_a_style_that_lacks_a_band_is_left_out(rows: Rows) -> None:
    """Without its shallowest band another one would stand for it."""
    textured(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)], styles=6)
    rows.rows = [row for row in rows.rows if (row["style"], row["style_layers"]) != ("style 0", "conv_1-3")]
    assert [finding.n for finding in style_bands(finished(rows.frame))] == [5, 5, 5]


def test_four_styles_are_too_few(rows: Rows) -> None:
    found = textured(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)], styles=4)
    assert {finding.verdict for finding in found.values()} == {"undecided"}


def test_a_style_that_lacks_a_picture_is_left_out(rows: Rows) -> None:
    textured(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)])
    rows.rows[1]["image"] = None
    assert [finding.n for finding in style_bands(finished(rows.frame))] == [4, 4, 4]


def test_bands_do_not_overlap() -> None:
    assert apart_from_each_other([(7, 8), (1, 5), (4, 6), (1, 3)]) == [(1, 3), (4, 6), (7, 8)]
    assert apart_from_each_other([(1, 1), (1, 2), (1, 3)]) == [(1, 1)]


def result(content: Pixels, strokes: float, areas: float) -> Pixels:
    """The content with stripes of so many cycles, and areas of 3 cycles of this strength, across the other way."""
    side = len(content)
    across = (waves(3, areas, side) - 128).swapaxes(0, 1)
    return content + (waves(strokes, 20, side) - 128).swapaxes(0, 1) + across


def transferred(
    rows: Rows, small: tuple[float, float], large: tuple[float, float], pairs: int = 5
) -> dict[str, Finding]:
    for place in range(pairs):
        for size, (strokes, areas) in ((64, small), (128, large)):
            content = waves(2, 30, size)
            keys = {"content": f"picture {place}", "style": f"style {place}", "size": size, "init": "content"}
            image = result(content, strokes + place % 2, areas + place % 3)
            rows.add(**keys, image=image, content_picture=content)
    return dict(zip(("strokes", "areas"), stroke_scale(finished(rows.frame)), strict=True))


def test_strokes_of_as_many_pixels_and_smaller_areas(rows: Rows) -> None:
    found = transferred(rows, small=(12, 10), large=(24, 5))
    assert (found["strokes"].verdict, found["areas"].verdict) == ("holds", "holds")
    assert 1.5 < found["strokes"].effect < 2.6 and 1.5 < found["areas"].effect < 2
    assert "at 64 px after 80 evaluations and" in found["strokes"].reading


def test_strokes_that_grow_with_the_picture(rows: Rows) -> None:
    found = transferred(rows, small=(12, 5), large=(12, 5))
    assert (found["strokes"].verdict, found["areas"].verdict) == ("does not hold", "does not hold")
    assert found["strokes"].effect == pytest.approx(1, abs=0.02)


def test_four_pairs_are_too_few(rows: Rows) -> None:
    found = transferred(rows, small=(12, 10), large=(24, 5), pairs=4)
    assert {(finding.verdict, finding.n) for finding in found.values()} == {("undecided", 4)}


def test_a_picture_of_another_shape_is_left_out(rows: Rows) -> None:
    transferred(rows, small=(12, 10), large=(24, 5))
    rows.rows[0]["content_picture"] = rows.rows[1]["content_picture"]
    assert stroke_scale(finished(rows.frame))[0].n == 4


def test_a_recolouring_adds_no_areas() -> None:
    content = waves(2, 100)
    assert np.abs(unexplained(255 - content / 2, content)).max() < 10
    assert np.abs(unexplained(255 - content / 2 + (waves(3, 40) - 128).swapaxes(0, 1), content)).max() > 35
