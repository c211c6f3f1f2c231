"""Claims about higher moments, on pictures with known answers."""

from typing import Any

import numpy as np
import pytest

from nst.papers.library.kalischek2021 import moments
from nst.statements.runs import finished
from nst.statements.statement import Finding
from tests.statements.conftest import Pixels, Rows, rows

__all__ = ["rows"]


def dots(seed: int, share: float) -> Pixels:
    """Bright dots in the dark, of equal mean and variance whatever their share: the fewer, the more lopsided."""
    spots = np.random.default_rng(seed).permutation(48 * 48) < round(share * 48 * 48)
    wanted = (spots - share) / np.sqrt(share * (1 - share))
    return np.repeat((60 + 20 * wanted).reshape(48, 48, 1), 3, axis=2)


def judged(rows: Rows, shares: tuple[tuple[float, float], ...]) -> tuple[Finding, ...]:
    """Six pictures of a style with 1 dot in 10: shares of dots with central moments, and with other losses."""
    for number, (own, other) in enumerate(shares):
        for place, (loss, share) in enumerate((("gram", other), ("mean_std", other), ("cmd", own))):
            images: dict[str, Any] = {
                "image": dots(100 * number + place, share),
                "style_picture": dots(100 * number + 50, 0.1),
            }
            rows.add(content=f"c{number}", style=f"s{number}", style_loss=loss, **images)
    return moments(finished(rows.frame))


NEAR, FAR = (0.11, 0.12, 0.13, 0.11, 0.12, 0.13), (0.8, 0.85, 0.9, 0.8, 0.85, 0.9)


def test_nearer_with_central_moments(rows: Rows) -> None:
    found = judged(rows, tuple(zip(NEAR, FAR, strict=True)))
    assert [one.verdict for one in found] == ["holds"] * 4 and [one.n for one in found] == [6] * 4


def test_nearer_with_the_others(rows: Rows) -> None:
    assert [one.verdict for one in judged(rows, tuple(zip(FAR, NEAR, strict=True)))] == ["does not hold"] * 4


def test_pixels_by_hand(rows: Rows) -> None:
    """A share p has the third moment (1 - 2 p) / root(p (1 - p)) times 20 cubed: 2.667 at 0.1, 0.408 at 0.4."""
    pixels = judged(rows, ((0.2, 0.4),) * 6)[2]
    root = [(20**3 * (1 - 2 * p) / (p * (1 - p)) ** 0.5) ** (1 / 3) for p in (0.1, 0.2, 0.4)]
    assert pixels.effect == pytest.approx((root[0] - root[2]) / (root[0] - root[1]), rel=0.05)


def test_either_by_chance(rows: Rows) -> None:
    mixed = [pair[::-1] if place % 2 else pair for place, pair in enumerate(zip(NEAR, FAR, strict=True))]
    assert [one.verdict for one in judged(rows, tuple(mixed))] == ["undecided"] * 4


def test_nothing_to_tell_it_from() -> None:
    found = moments([])
    assert [(one.n, one.verdict) for one in found] == [(0, "undecided")] * 4
    assert all(one.statistic.endswith("Holds above 1.1.") for one in found)
