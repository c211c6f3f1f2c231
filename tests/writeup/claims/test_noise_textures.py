"""Textures that are shifted copies, textures that are not, and distributions that change the strokes or do not."""

import itertools
from collections.abc import Callable

import numpy as np

from nst.writeup.claims.noise_textures import noise_textures
from nst.writeup.claims.runs import finished
from nst.writeup.claims.statement import Finding

from .conftest import Pixels, Rows, noise

SIDE = (96, 96)


def judged(rows: Rows, texture: Callable[[str, int], Pixels], styles: int = 5) -> dict[str, Finding]:
    """`texture(init, number)`: of a distribution, a number for each run."""
    for place, (init, seed) in itertools.product(range(styles), itertools.product(("uniform", "gaussian"), (0, 1))):
        image = texture(init, 10 * place + 2 * seed + (init == "gaussian"))
        keys = {"content": None, "style": f"style {place}", "style_layers": "conv_1-5", "init": init, "seed": seed}
        rows.add(**keys, image=image, style_picture=noise(1000 + place, SIDE))
    names = ("whole", "corner", "strokes", "corner strokes")
    return dict(zip(names, noise_textures(finished(rows.frame)), strict=True))


def smooth(picture: Pixels) -> Pixels:
    """Coarser strokes of the same place: each pixel with its neighbour to the right and below."""
    wide = picture + np.roll(picture, 1, axis=1)
    return (wide + np.roll(wide, 1, axis=0)) / 4


def test_a_mere_shift(rows: Rows) -> None:
    """But for a hundredth of another noise in each."""

    def moved(init: str, number: int) -> Pixels:
        return np.roll(noise(7, SIDE), (number, 3 * number), axis=(0, 1)) * 0.99 + noise(number + 100, SIDE) * 0.01

    found = judged(rows, moved)
    assert found["whole"].effect < 0.02 and found["whole"].verdict == "does not hold"


def test_another_layout_of_the_same_strokes(rows: Rows) -> None:
    """Independent noises are as far from each other as from the style."""
    found = judged(rows, lambda init, number: noise(number, SIDE))
    assert found["whole"].verdict == found["corner"].verdict == "holds"
    assert abs(found["whole"].effect - 1) < 0.02
    assert found["strokes"].verdict != "holds"
    assert "Upper left corner of 19 px at 96 px" in found["corner"].reading


def test_a_distribution_with_strokes_of_its_own(rows: Rows) -> None:
    found = judged(
        rows, lambda init, number: smooth(noise(number, SIDE)) if init == "gaussian" else noise(number, SIDE)
    )
    assert found["strokes"].verdict == found["corner strokes"].verdict == "holds"
    assert found["strokes"].effect > 2


def test_a_seed_that_matters_more_than_the_distribution(rows: Rows) -> None:
    found = judged(rows, lambda init, number: smooth(noise(number, SIDE)) if number % 10 < 2 else noise(number, SIDE))
    assert found["strokes"].verdict == "does not hold"


def test_four_styles_are_too_few(rows: Rows) -> None:
    found = judged(rows, lambda init, number: noise(number, SIDE), styles=4)
    assert {finding.verdict for finding in found.values()} == {"undecided"}
