"""The README's average, padding and layer weights, on frames with known answers."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from nst.papers.library.crowson2021 import PAPER, average, layer_weights, padding
from nst.statements.runs import finished
from nst.statements.statement import Finding
from nst.sweep.files import sweep_files
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]

FALLING, EQUAL = "0.75, 0.19, 0.05, 0.01", "0.25, 0.25, 0.25, 0.25"
SCATTER = (1.0, 1.02, 0.98, 1.01, 0.99, 1.03)


def add(rows: Rows, place: int, **columns: Any) -> None:
    """A run on a pair of its own, with the README's settings but for what is given."""
    usual = {"keep": "average", "padding": "replicate", "style_layer_weights": FALLING}
    rows.add(**{"content": f"c{place}", "style": f"s{place}", **usual, **columns})


def averaged(rows: Rows, detail: float, loss: float) -> tuple[Finding, ...]:
    """The last iterate has so many times the average's detail, and loss."""
    for place, own in enumerate(SCATTER):
        add(rows, place, fine_detail_levels=4.0, total_loss=2.0)
        add(rows, place, keep="last", fine_detail_levels=4 * detail * own, total_loss=2 * loss * own)
    return average(finished(rows.frame))


def test_an_average_with_less_noise_and_as_low_a_loss(rows: Rows) -> None:
    noise, loss = averaged(rows, detail=1.5, loss=1.0)
    assert (noise.verdict, loss.verdict, noise.n) == ("holds", "holds", 6)
    assert noise.effect == pytest.approx(1.5 * math.prod(SCATTER) ** (1 / 6))
    assert loss.effect == pytest.approx(math.prod(SCATTER) ** (1 / 6))


def test_an_average_that_is_late(rows: Rows) -> None:
    """Its loss is a quarter higher, its noise the same."""
    assert [one.verdict for one in averaged(rows, detail=1.0, loss=0.8)] == ["does not hold"] * 2


def padded(rows: Rows, zeros: Sequence[float], replicates: Sequence[float]) -> Finding:
    """Border ratios for each pair."""
    for place, (one, other) in enumerate(zip(zeros, replicates, strict=True)):
        add(rows, place, padding="zeros", border_ratio=one)
        add(rows, place, border_ratio=other)
    return padding(finished(rows.frame))[0]


def test_a_border_nearer_to_the_inside(rows: Rows) -> None:
    """1.5 or 1 / 1.5 without, 1.2 or 1 / 1.2 with: away from 1 by factors whose ratio is 1.25."""
    found = padded(rows, [1.5, 1 / 1.5, 1.5, 1.5, 1.55], [1.2, 1.2, 1 / 1.2, 1.2, 1.2])
    assert found.verdict == "holds" and found.effect == pytest.approx((1.25**4 * 1.55 / 1.2) ** 0.2)
    assert found.reading.startswith("Mean border ratio after 80 evaluations: 1.13 with replicates, 1.34 with zeros;")


def test_a_border_farther_from_the_inside(rows: Rows) -> None:
    assert padded(rows, [1.2, 1.0, 1.1, 1.2, 1.1], [1.5, 1.3, 1 / 1.5, 1.6, 1.4]).verdict == "does not hold"


def weighed(rows: Rows, ratios: Sequence[float]) -> Finding:
    """With equal weights, the spectrum is so many times as far from the style's."""
    for place, ratio in enumerate(ratios):
        add(rows, place, spectrum_distance_style=0.5)
        add(rows, place, style_layer_weights=EQUAL, spectrum_distance_style=0.5 * ratio)
    return layer_weights(finished(rows.frame))[0]


def test_falling_weights_are_nearer(rows: Rows) -> None:
    found = weighed(rows, [1.5, 1.6, 1.4, 1.5, 1.7])
    assert found.verdict == "holds" and found.effect == pytest.approx((1.5 * 1.6 * 1.4 * 1.5 * 1.7) ** 0.2)


def test_falling_weights_are_farther(rows: Rows) -> None:
    assert weighed(rows, [0.5, 0.6, 0.7, 0.5, 0.6]).verdict == "does not hold"


def test_four_pairs_are_too_few(rows: Rows) -> None:
    assert weighed(rows, [1.5, 1.6, 1.4, 1.5]).verdict == "undecided"


def test_nothing_to_tell_it_from() -> None:
    found = [finding for claim in PAPER.claims for finding in claim.test([])]
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 4
    assert {one.quote for one in found} == {claim.words for claim in PAPER.claims}
    assert {claim.sweep for claim in PAPER.claims} <= sweep_files().keys()


@pytest.mark.parametrize("claim", PAPER.claims, ids=lambda claim: claim.name)
def test_few_verdicts_by_chance(claim: Any, rows: Rows) -> None:
    """Each pair's two numbers are dealt at random, with a scatter that is wide compared with a tenth."""
    names = ("fine_detail_levels", "total_loss", "border_ratio", "spectrum_distance_style")
    other = {"average": ("keep", "last"), "padding": ("padding", "zeros")}.get(
        claim.name, ("style_layer_weights", EQUAL)
    )
    verdicts = []
    for trial in range(100):
        rng, rows.rows[:] = np.random.default_rng(trial), []
        for place in range(6):
            for key in ({}, dict([other])):
                frame_row = {"state": "done", "content": f"c{place}", "style": f"s{place}", "keep": "average"}
                frame_row |= {"padding": "replicate", "style_layer_weights": FALLING, "machine": "m", **key}
                rows.rows.append(frame_row | {name: float(rng.lognormal(0, 2)) for name in names})
        verdicts += [finding.verdict for finding in claim.test(finished(rows.frame))]
    assert verdicts.count("holds") <= 0.075 * len(verdicts) and verdicts.count("does not hold") <= 0.09 * len(verdicts)
