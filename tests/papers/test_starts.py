"""Claims about the start, on frames with known answers."""

from typing import Any

import numpy as np
import pytest

from nst.papers.starts import best_start, new_pictures, start
from nst.statements.runs import Run, finished
from tests.statements.conftest import Pixels, Rows, noise, rows

__all__ = ["rows"]


def runs(rows: Rows, distances: list[tuple[float, float, float, float]]) -> list[Run]:
    """Runs of each picture from two noises, the content and the style, with these Gram distances and losses."""
    starts = (("gaussian", 0), ("gaussian", 1), ("content", 0), ("style", 0))
    for number, each in enumerate(distances):
        for (init, seed), distance in zip(starts, each, strict=True):
            numbers: dict[str, Any] = {"vgg_gram_distance_style": distance, "total_loss": distance}
            rows.add(content=f"c{number}", style="s", init=init, seed=seed, **numbers)
    return finished(rows.frame)


@pytest.mark.parametrize(
    ("style", "verdict"),
    [((0.7, 0.8) * 3, "holds"), ((0.2, 0.3) * 3, "does not hold"), ((0.1, 1.0) * 3, "undecided")],
)
def test_outcomes_of_three_starts(rows: Rows, style: tuple[float, ...], verdict: str) -> None:
    (found,) = start(runs(rows, [(1.0, 9.0, 0.9, nearer) for nearer in style]))
    assert (found.verdict, found.n) == (verdict, 6)


def test_a_start_is_missing(rows: Rows) -> None:
    found = [run for run in runs(rows, [(1.0, 1.0, 1.0, 1.0)] * 6) if run.init != "style"]
    assert start(found)[0].n == 0


@pytest.mark.parametrize(
    ("second", "verdict"),
    [((0.95, 1.05) * 3, "holds"), ((0.5, 0.6) * 3, "does not hold"), ((0.6, 1.0) * 3, "undecided")],
)
def test_two_noises_are_equally_near(rows: Rows, second: tuple[float, ...], verdict: str) -> None:
    found = new_pictures(runs(rows, [(1.0, distance, 1.0, 1.0) for distance in second]))
    assert (found[1].verdict, found[1].n) == (verdict, 6)


def faded(number: int, seed: int, strength: float) -> Pixels:
    return 128 + (noise(100 + number) - 128) * 0.5 + (noise(10 * number + seed) - 128) * strength


@pytest.mark.parametrize(("strength", "verdict"), [(0.5, "holds"), (0.01, "does not hold")])
def test_two_noises_give_two_pictures(rows: Rows, strength: float, verdict: str) -> None:
    for number in range(6):
        for seed in (0, 1):
            image = faded(number, seed, strength)
            rows.add(content=f"c{number}", style="s", init="gaussian", seed=seed, image=image)
    found = new_pictures(finished(rows.frame))[0]
    assert (found.verdict, found.n) == (verdict, 6)


def test_equal_pictures_are_not_new(rows: Rows) -> None:
    for number, seed in np.ndindex(6, 2):
        rows.add(content=f"c{number}", style="s", init="gaussian", seed=seed, image=noise(number))
    assert new_pictures(finished(rows.frame))[0].effect == 0


@pytest.mark.parametrize(
    ("noisy", "verdict"),
    [((1.3, 1.5) * 3, "holds"), ((0.7, 0.8) * 3, "does not hold"), ((0.6, 1.9) * 3, "undecided")],
)
def test_loss_from_noise(rows: Rows, noisy: tuple[float, ...], verdict: str) -> None:
    found = best_start(runs(rows, [(loss, loss, 1.0, 0.5) for loss in noisy]))
    assert (found[0].verdict, found[0].n) == (verdict, 6)
    assert found[1].effect == pytest.approx(0.5)


def test_other_numbers_of_evaluations_are_not_compared(rows: Rows) -> None:
    for init, evaluations in (("gaussian", 80.0), ("content", 40.0)):
        rows.add(content="c", style="s", init=init, seed=0, total_loss=1.0, evaluations=evaluations)
    assert best_start(finished(rows.frame))[0].n == 0


@pytest.mark.parametrize("test", [start, new_pictures, best_start])
def test_nothing_to_tell_it_from(test: object) -> None:
    assert callable(test) and {(found.n, found.verdict) for found in test([])} == {(0, "undecided")}
