"""Claims about stability, on pictures with known answers."""

from typing import Any

import numpy as np
import pytest

from nst.papers.library.risser2017 import STOPPED, stability
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Pixels, Rows, rows

__all__ = ["rows"]
SEEDS = (-1, 0, 1)


def checks(mean: float, contrast: float) -> Pixels:
    """A board of pixels with this mean and deviation."""
    board = (np.indices((32, 32)).sum(axis=0) % 2) * 2 - 1
    return np.repeat((mean + contrast * board)[..., None], 3, axis=2)


def _weighed(weight: float) -> dict[str, Any]:
    return {"losses.histogram.weight": weight}


def judged(rows: Rows, drifts: tuple[int, ...], gram: float = 1.0, seeds: tuple[int, ...] = SEEDS) -> list[Finding]:
    """Six styles: with histograms, mean and contrast vary by 10 from seed to seed; without, by the drift."""
    for number, drift in enumerate(drifts):
        for weight, step in ((0.0, drift), (1e4, 10)):
            for seed in seeds:
                rows.add(
                    **_weighed(weight),
                    style=f"s{number}",
                    seed=seed,
                    content_weight=0,
                    image=checks(120 + step * seed, 60 + step * seed),
                    gram_distance_style=1.0 if weight else gram,
                )
    return list(stability(finished(rows.frame)))


def test_stable_with_histograms(rows: Rows) -> None:
    brightness, contrast, grams = judged(rows, (20, 21, 19, 22, 18, 20), gram=0.8)
    expected = (20 * 21 * 19 * 22 * 18 * 20) ** (1 / 6) / 10
    assert (brightness.effect, contrast.effect) == pytest.approx((expected, expected))
    assert (brightness.verdict, contrast.verdict, brightness.n) == ("holds", "holds", 6)
    assert grams.effect == pytest.approx(0.8) and grams.n == 6


def test_less_stable_with_histograms(rows: Rows) -> None:
    assert [one.verdict for one in judged(rows, (5, 6, 4, 5, 6, 7))[:2]] == ["does not hold"] * 2


def test_as_stable_as_a_run_that_stops_early(rows: Rows) -> None:
    """12 over 10, which fewer evaluations give as well, and a Gram distance within a factor of two."""
    found = judged(rows, (12, 13, 12, 11, 12, 12), gram=0.55)
    assert [one.verdict for one in found[:2]] == ["does not hold"] * 2


def test_either_by_chance(rows: Rows) -> None:
    assert [one.verdict for one in judged(rows, (5, 20, 8, 15, 6, 18))[:2]] == ["undecided"] * 2


def test_stable_because_the_style_is_not_met(rows: Rows) -> None:
    """Copies of one ratio have no interval, so it differs a little from style to style."""
    for number, gram in enumerate((0.1, 0.2, 0.15, 0.1, 0.2, 0.15)):
        for weight, distance in ((0.0, gram), (1e4, 1.0)):
            rows.add(**_weighed(weight), style=f"s{number}", seed=0, gram_distance_style=distance)
    assert stability(finished(rows.frame))[2].verdict == "does not hold"


def test_one_seed_has_no_variance(rows: Rows) -> None:
    assert [one.n for one in judged(rows, (20, 21, 19, 22, 18, 20), seeds=(0,))] == [0, 0, 6]


def test_nothing_to_tell_it_from() -> None:
    found = stability([])
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 3
    least = [f"1.3: {STOPPED}."] * 2 + ["0.5: distances still fall by a tenth every few evaluations when a run ends."]
    assert [one.statistic.rpartition("Holds above ")[2] for one in found] == least
