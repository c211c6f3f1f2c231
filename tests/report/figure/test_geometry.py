"""Boxes and shapes, by hand."""

import pytest

from nst.report.figure.geometry import Box, fitted, hull, region, scale


def test_fitted_without_stretching_and_centred() -> None:
    assert fitted((200, 100), Box(10, 20, 100, 100)) == Box(10, 45, 100, 50)
    assert fitted((30, 60), Box(0, 0, 100, 100)) == Box(25, 0, 50, 100)
    assert fitted((7, 7), Box(3, 4, 5, 5)) == Box(3, 4, 5, 5)


def test_hull() -> None:
    assert hull([(100, 50)]) == (1.0, 0.5)
    assert hull([(100, 50), (30, 40)]) == (1.0, 1.0)
    assert hull([]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("crop", "size", "expected"),
    [
        ((0, 0, 100, 100), (512, 400), (0, 0, 100, 100)),
        ((450, 350, 100, 100), (512, 400), (450, 350, 512, 400)),
        ((600, 0, 10, 10), (512, 400), None),
        ((0.25, 0.5, 0.5, 0.5), (200, 100), (50, 50, 150, 100)),
        ((0, 0, 1, 1), (200, 100), (0, 0, 200, 100)),
    ],
)
def test_region(crop: tuple[float, ...], size: tuple[int, int], expected: tuple[int, ...] | None) -> None:
    assert region(crop, size) == expected  # type: ignore[arg-type]


def test_scale() -> None:
    lengths = scale(500, (1.0, 0.5))
    assert lengths.cell == (500, 250)
    assert (lengths.font, lengths.gap, lengths.tight) == (32, 22, 6)
