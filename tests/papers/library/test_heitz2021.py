"""Claims about sliced Wasserstein, on frames with known answers."""

import pytest

from nst.papers.library.heitz2021 import textures
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Rows, rows

__all__ = ["rows"]


def judged(rows: Rows, factors: tuple[float, ...]) -> tuple[Finding, ...]:
    """Six styles; by the Gram loss each measure is so many times as far from the style."""
    for number, factor in enumerate(factors):
        for loss, far in (("gram", factor), ("sliced", 1.0)):
            rows.add(
                style=f"s{number}",
                style_loss=loss,
                content_weight=0,
                colour_distance_style=0.2 * far,
                spectrum_distance_style=0.4 * far,
                local_patterns=1 - 0.3 * far,
                vgg_gram_distance_style=1 / far,
            )
    return textures(finished(rows.frame))


def test_sliced_is_nearer(rows: Rows) -> None:
    found = judged(rows, (1.4, 1.5, 1.6, 1.4, 1.5, 1.6))
    assert [one.verdict for one in found] == ["holds"] * 3 and [one.n for one in found] == [6] * 3
    assert [one.effect for one in found] == pytest.approx([(1.4 * 1.5 * 1.6) ** (1 / 3)] * 3)


def test_gram_is_nearer(rows: Rows) -> None:
    found = judged(rows, (0.7, 0.8, 0.9, 0.7, 0.8, 0.9))
    assert [one.verdict for one in found] == ["does not hold"] * 3


def test_either_by_chance(rows: Rows) -> None:
    assert [one.verdict for one in judged(rows, (0.7, 1.6, 0.9, 1.5, 0.8, 1.4))] == ["undecided"] * 3


def test_without_patches_the_others_are_judged(rows: Rows) -> None:
    for number, factor in enumerate((1.4, 1.5, 1.6, 1.4, 1.5, 1.6)):
        for loss, far in (("gram", factor), ("sliced", 1.0)):
            rows.add(style=f"s{number}", style_loss=loss, colour_distance_style=far, spectrum_distance_style=far)
    assert [one.n for one in textures(finished(rows.frame))] == [6, 6, 0]


def test_nothing_to_tell_it_from() -> None:
    found = textures([])
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 3
    assert all(one.statistic.endswith("Holds above 1.1.") for one in found)
