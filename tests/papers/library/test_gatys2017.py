"""Claims about colour, scale and regions, on frames and pictures with known answers."""

from typing import Any

import numpy as np
import pytest

from nst.papers.library.gatys2017 import coarse_to_fine, colours, regions, scale
from nst.statements.runs import finished
from nst.statements.statement import NO_WORSE, Finding
from tests.statements.conftest import Pixels, Rows, grey, rows, waves

__all__ = ["rows"]
MORE, LESS, MIXED = (1.4, 1.5, 1.6, 1.4, 1.5, 1.6), (0.7, 0.8, 0.9, 0.7, 0.8, 0.9), (0.7, 1.6, 0.9, 1.5, 0.8, 1.4)
VERDICTS = ((MORE, "holds"), (LESS, "does not hold"), (MIXED, "undecided"))


def tinted(amount: float) -> Pixels:
    """Grey with so much more red."""
    picture = grey(100)
    picture[..., 0] += amount
    return picture


def coloured(rows: Rows, left: tuple[float, ...], strokes: tuple[float, ...]) -> tuple[Finding, ...]:
    """Six pairs of pictures; both ways leave this many levels of red of the plain transfer's 40."""
    for number, (red, far) in enumerate(zip(left, strokes, strict=True)):
        for kind, tint, distance in (("as_is", 40.0, 0.5 * far), ("luminance", red, 0.5), ("match_pca", red, 0.5)):
            content = grey(100) if kind == "as_is" else grey(0)  # luminance alone has no coloured content of its own
            images: dict[str, Any] = {"image": tinted(tint), "content_picture": content}
            keys: dict[str, Any] = {"content": f"c{number}", "style": f"s{number}", "colours": kind}
            rows.add(**keys, **images, spectrum_distance_style=distance)
    return colours(finished(rows.frame))


def test_colours_kept_and_strokes_alike(rows: Rows) -> None:
    found = coloured(rows, (4, 5, 6, 4, 5, 6), (1.0, 1.05, 0.98, 1.0, 1.02, 1.01))
    assert [one.verdict for one in found] == ["holds"] * 4 and [one.n for one in found] == [6] * 4
    assert found[0].effect == pytest.approx(40 / (4 * 5 * 6) ** (1 / 3), rel=1e-3)


def test_colours_lost_and_strokes_lost(rows: Rows) -> None:
    found = coloured(rows, (30, 35, 40, 30, 35, 38), LESS[:2] * 3)
    assert [one.verdict for one in found] == ["does not hold"] * 4


def test_colours_either_by_chance(rows: Rows) -> None:
    found = coloured(rows, (4, 35, 8, 40, 5, 38), MIXED)
    assert [one.verdict for one in found] == ["undecided"] * 4


@pytest.mark.parametrize(("factors", "verdict"), VERDICTS)
def test_scale(rows: Rows, factors: tuple[float, ...], verdict: str) -> None:
    for number, factor in enumerate(factors):
        for value, stroke in ((0.5, 6.0), (1.0, 6.0 * factor)):
            rows.add(content=f"c{number}", style="s", style_scale=value, stroke_scale_px=stroke)
    found = scale(finished(rows.frame))[0]
    assert (found.verdict, found.n) == (verdict, 6)
    assert found.effect == pytest.approx(np.prod(factors) ** (1 / 6))


@pytest.mark.parametrize(("factors", "verdict"), VERDICTS)
def test_coarse_to_fine(rows: Rows, factors: tuple[float, ...], verdict: str) -> None:
    for number, factor in enumerate(factors):
        for steps, spent, stroke, gram in ((60, 60, 6.0, factor), (40, 120, 6.0 * factor, 1.0)):
            keys: dict[str, Any] = {"content": f"c{number}", "style": "s", "steps": steps}
            rows.add(**keys, evaluations=float(spent), stroke_scale_px=stroke, gram_distance_style=gram)
    strokes, grams = coarse_to_fine(finished(rows.frame))
    expected = np.prod(factors) ** (1 / 6)
    assert (strokes.verdict, grams.verdict) == (verdict, verdict)
    assert (strokes.effect, grams.effect) == pytest.approx((expected, expected))


def halved(left: float, right: float, cycles: tuple[float, float]) -> Pixels:
    """Stripes of a strength and a width in each half."""
    return np.concatenate([waves(cycles[0], left), waves(cycles[1], right)], axis=1)


def split(rows: Rows, own: tuple[bool, ...]) -> tuple[Finding, ...]:
    """Six contents and a ring of as many styles; where it is its own, guides do what they should."""
    styles = [waves(8 + 2 * number, 40 + 5 * number) for number in range(6)]
    for number, is_own in enumerate(own):
        after = (number + 1) % 6
        strengths, cycles = [40 + 5 * each for each in (number, after)], (8 + 2 * number, 8 + 2 * after)
        good = halved(strengths[0] - 1, strengths[1] - 1, cycles)
        bad = halved(strengths[0] + 40, strengths[1] + 40, (30, 31))
        guided, blended = (good, bad) if is_own else (bad, good)
        keys: dict[str, Any] = {"content": f"c{number}", "style_picture": styles[number]}
        rows.add(**keys, style=f"s{number}", guides=f"left: style + right: s{after}", image=guided)
        rows.add(**keys, style=f"s{number} + s{after}", guides=None, image=blended)
    return regions(finished(rows.frame))


def test_each_half_its_own(rows: Rows) -> None:
    assert [(one.verdict, one.n) for one in split(rows, (True,) * 6)] == [("holds", 6)] * 2


def test_no_half_its_own(rows: Rows) -> None:
    assert [one.verdict for one in split(rows, (False,) * 6)] == ["does not hold"] * 2


def test_halves_either_by_chance(rows: Rows) -> None:
    assert [one.verdict for one in split(rows, (True, False) * 3)] == ["undecided"] * 2


def test_a_style_without_a_picture_leaves_its_content_out(rows: Rows) -> None:
    keys: dict[str, Any] = {"content": "c", "style_picture": waves(8, 40), "image": halved(40, 40, (8, 9))}
    rows.add(**keys, style="a", guides="left: style + right: b")
    rows.add(**keys, style="a + b", guides=None)
    assert [one.n for one in regions(finished(rows.frame))] == [0, 0]


def test_nothing_to_tell_it_from() -> None:
    found = [one for test in (colours, scale, coarse_to_fine, regions) for one in test([])]
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 9
    half, as_good = "2: less than half of the recolouring is left.", f"0.909: {NO_WORSE}."
    least = [half, as_good, half, as_good, "1.1.", "1.1.", as_good, "1.1.", "1.1."]
    assert [one.statistic.rpartition("Holds above ")[2] for one in found] == least
