"""Textures of known colour, scale and noise by band."""

from collections.abc import Sequence

import numpy as np
import pytest

from nst.writeup.claims.runs import finished
from nst.writeup.claims.statement import Finding
from nst.writeup.claims.style_bands import apart_from_each_other, style_bands

from .conftest import Pixels, Rows, waves

BANDS = ("conv_1-3", "conv_4-6", "conv_7-8")


def texture(shift: float, large: float, small: float) -> Pixels:
    """So many levels from the style, with areas of 3 cycles and noise of 28 cycles in 64 pixels."""
    return waves(3, large) + waves(28, small) + waves(12, 10) - 2 * 128 + shift


def judged(rows: Rows, textures: Sequence[Pixels], styles: int = 5) -> dict[str, Finding]:
    for place in range(styles):
        keys = {"content": None, "style": f"style {place}", "init": "noise", "seed": 0}
        for band, pixels in zip(BANDS, textures, strict=True):
            scatter = np.full_like(pixels, 0.5 * (place % 3 == 0))
            rows.add(**keys, style_layers=band, image=pixels + scatter, style_picture=texture(0, 20, 5))
        rows.add(**keys, style_layers="conv_1-5", image=texture(90, 1, 90), style_picture=texture(0, 20, 5))
    return dict(zip(("colour", "areas", "noise"), style_bands(finished(rows.frame)), strict=True))


def test_as_the_statement_says(rows: Rows) -> None:
    """Noise of 10, 20, 40 levels: the deepest over the geometric mean of the others is 40 / sqrt 200."""
    found = judged(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)])
    assert {name: finding.verdict for name, finding in found.items()} == dict.fromkeys(found, "holds")
    assert found["noise"].effect == pytest.approx(40 / 200**0.5, rel=0.02)
    assert (found["colour"].n, len(found["colour"].values)) == (5, 15)
    assert "with conv_1-3" in found["colour"].reading and "conv_1-5" not in found["colour"].reading


def test_the_other_way_round(rows: Rows) -> None:
    found = judged(rows, [texture(40, 10, 40), texture(20, 20, 20), texture(4, 30, 10)])
    assert {name: finding.verdict for name, finding in found.items()} == dict.fromkeys(found, "does not hold")


def test_a_style_that_lacks_a_band_is_left_out(rows: Rows) -> None:
    """Without its shallowest band another one would stand for it."""
    judged(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)], styles=6)
    rows.rows = [row for row in rows.rows if (row["style"], row["style_layers"]) != ("style 0", "conv_1-3")]
    assert [finding.n for finding in style_bands(finished(rows.frame))] == [5, 5, 5]


def test_four_styles_are_too_few(rows: Rows) -> None:
    found = judged(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)], styles=4)
    assert {finding.verdict for finding in found.values()} == {"undecided"}


def test_a_style_that_lacks_a_picture_is_left_out(rows: Rows) -> None:
    judged(rows, [texture(4, 30, 10), texture(20, 20, 20), texture(40, 10, 40)])
    rows.rows[1]["image"] = None
    assert [finding.n for finding in style_bands(finished(rows.frame))] == [4, 4, 4]


def test_bands_do_not_overlap() -> None:
    assert apart_from_each_other([(7, 8), (1, 5), (4, 6), (1, 3)]) == [(1, 3), (4, 6), (7, 8)]
    assert apart_from_each_other([(1, 1), (1, 2), (1, 3)]) == [(1, 1)]
