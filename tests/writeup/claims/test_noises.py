"""Noise that is left or gone; distributions that matter or do not, in reconstructions and in strokes."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.writeup.claims.noises import noise_survives, noise_textures, slope
from tests.statements.conftest import Pixels, Rows, grey, noise

SIDE = (96, 96)


def rebuilt(rows: Rows, share: float, shift: float = 0, pictures: int = 5) -> dict[str, Finding]:
    """Of results that keep this share of their start; those from gaussian noise have another strip, `shift` levels on.

    Their own trace besides, as every result differs a little.
    """
    for place, (init, seed) in itertools.product(range(pictures), itertools.product(("uniform", "gaussian"), (0, 1))):
        number = 10 * place + 2 * seed + (init == "gaussian")
        start, own = noise(number), (noise(number + 1000) - 128) / 30
        image = grey(128) + share * (start - 128) + own
        image[:8] += shift * (1 + 0.05 * place) * (init == "gaussian")
        keys = {"content": f"picture {place}", "style": None, "content_layers": "conv_4", "init": init, "seed": seed}
        rows.add(**keys, image=image, start=start, content_picture=grey(128))
    names = ("different", "uniform", "gaussian", "distributions")
    return dict(zip(names, noise_survives(finished(rows.frame)), strict=True))


def test_a_fifth_is_left(rows: Rows) -> None:
    found = rebuilt(rows, share=0.2)
    for name in ("uniform", "gaussian"):
        assert found[name].effect == pytest.approx(0.2, abs=0.003)
        assert (found[name].n, found[name].verdict) == (5, "holds")
    assert found["uniform"].values["another's"].abs().max() < 0.02
    assert found["different"].effect > 20 and found["different"].verdict == "holds"
    assert "Of uniform noise (74 levels strong) at 32 px after 80 evaluations there is left a share of 0.2" in (
        found["uniform"].reading
    )


def test_nothing_is_left(rows: Rows) -> None:
    found = rebuilt(rows, share=0)
    assert found["uniform"].verdict == "does not hold"
    assert abs(found["uniform"].effect) < 0.003


def test_results_that_look_alike(rows: Rows) -> None:
    """Seed 1 is a level brighter in n of 32 rows: sqrt(n / 32) levels in the four of six pairs that differ in seed."""
    for place, (init, seed) in itertools.product(range(5), itertools.product(("uniform", "gaussian"), (0, 1))):
        image = grey(100 + 10 * place)
        image[: 8 + place] += seed
        pictures = {"image": image, "start": noise(2 * place + seed), "content_picture": grey(100 + 10 * place)}
        rows.add(content=f"picture {place}", style=None, init=init, seed=seed, **pictures)
    found = noise_survives(finished(rows.frame))[0]
    assert (found.n, found.verdict) == (5, "does not hold")
    assert found.effect == pytest.approx(sum(math.sqrt(n / 32) for n in range(8, 13)) / 5 * 4 / 6)


def test_a_trace_at_the_edge_of_what_counts(rows: Rows) -> None:
    assert rebuilt(rows, share=0.01)["uniform"].verdict == "undecided"


def test_a_distribution_that_matters(rows: Rows) -> None:
    """A quarter of the picture s levels on adds s^2 / 4 to the mean square of a seed's own trace, 2 (74 / 30)^2."""
    found = rebuilt(rows, share=0, shift=40)["distributions"]
    own = 2 * (74 / 30) ** 2
    ratios = [math.sqrt((40 * (1 + 0.05 * place)) ** 2 / 4 / own + 1) for place in range(5)]
    assert found.verdict == "holds"
    assert found.effect == pytest.approx(math.prod(ratios) ** 0.2, rel=0.03)


def test_a_distribution_that_does_not(rows: Rows) -> None:
    found = rebuilt(rows, share=0.2)["distributions"]
    assert found.verdict == "does not hold" and found.effect == pytest.approx(1, abs=0.05)


def test_two_distributions_are_not_compared_at_one_seed(rows: Rows) -> None:
    """If they share their random numbers, here all of them, two seeds apart they differ as two seeds do."""
    for place, (init, seed) in itertools.product(range(5), itertools.product(("uniform", "gaussian"), (0, 1))):
        start = noise(2 * place + seed)
        pictures = {"image": start, "start": start, "content_picture": grey(100)}
        rows.add(content=f"picture {place}", style=None, init=init, seed=seed, **pictures)
    assert noise_survives(finished(rows.frame))[-1].effect == pytest.approx(1)


def test_seeds_of_four_pictures_are_too_few(rows: Rows) -> None:
    found = rebuilt(rows, share=0.2, pictures=4)
    assert {(finding.n, finding.verdict) for finding in found.values()} == {(4, "undecided")}


def test_one_distribution_alone_says_nothing(rows: Rows) -> None:
    rebuilt(rows, share=0.2)
    rows.rows = [row for row in rows.rows if row["init"] == "uniform"]
    assert [finding.n for finding in noise_survives(finished(rows.frame))] == [0, 0, 0, 0]


def test_another_noise_is_one_of_the_same_size(rows: Rows) -> None:
    for size, init, seed in itertools.product((16, 24), ("uniform", "gaussian"), (0, 1)):
        start = noise(10 * size + 2 * seed + (init == "gaussian"), (size, size))
        pictures = {"image": start, "start": start, "content_picture": grey(128, (size, size))}
        rows.add(content="a", style=None, size=size, init=init, seed=seed, **pictures)
    values = noise_survives(finished(rows.frame))[1].values
    assert len(values) == 4 and values["another's"].abs().max() < 0.2


def test_slope_is_of_deviations() -> None:
    start = noise(0)
    assert slope(0.25 * start + 90, start) == pytest.approx(0.25)
    assert np.isnan(slope(start, grey(3)))


def textured(rows: Rows, texture: Callable[[str, int], Pixels], styles: int = 5) -> dict[str, Finding]:
    """`texture(init, number)`: of a distribution, a number for each run."""
    for place, (init, seed) in itertools.product(range(styles), itertools.product(("uniform", "gaussian"), (0, 1))):
        image = texture(init, 10 * place + 2 * seed + (init == "gaussian"))
        keys = {"content": None, "style": f"style {place}", "style_layers": "conv_1-5", "init": init, "seed": seed}
        rows.add(**keys, image=image)
    names = ("strokes", "corner strokes")
    return dict(zip(names, noise_textures(finished(rows.frame)), strict=True))


def smooth(picture: Pixels) -> Pixels:
    """Coarser strokes of the same place: each pixel with its neighbour to the right and below."""
    wide = picture + np.roll(picture, 1, axis=1)
    return (wide + np.roll(wide, 1, axis=0)) / 4


def test_another_layout_of_the_same_strokes(rows: Rows) -> None:
    found = textured(rows, lambda init, number: noise(number, SIDE))
    assert found["strokes"].verdict != "holds"
    assert "Upper left corner of 19 px at 96 px" in found["corner strokes"].reading


def test_a_distribution_with_strokes_of_its_own(rows: Rows) -> None:
    found = textured(
        rows, lambda init, number: smooth(noise(number, SIDE)) if init == "gaussian" else noise(number, SIDE)
    )
    assert found["strokes"].verdict == found["corner strokes"].verdict == "holds"
    assert found["strokes"].effect > 2


def test_a_seed_that_matters_more_than_the_distribution(rows: Rows) -> None:
    found = textured(rows, lambda init, number: smooth(noise(number, SIDE)) if number % 10 < 2 else noise(number, SIDE))
    assert found["strokes"].verdict == "does not hold"


def test_four_styles_are_too_few(rows: Rows) -> None:
    found = textured(rows, lambda init, number: noise(number, SIDE), styles=4)
    assert {finding.verdict for finding in found.values()} == {"undecided"}
