"""Colours that are matched or reduced to luminance, against matrices and numbers worked out."""

import numpy as np
import pytest
from PIL import Image

from nst.pictures import recolour
from nst.pictures.recolour import (
    EPSILON,
    LUMINANCE,
    Moments,
    Recolouring,
    matching,
    matching_luminance,
    matrix,
    moments,
)

STYLE, CONTENT = np.array([[2.0, 1], [1, 2]]), np.diag([1.0, 4])
WORKED = {
    "match_cholesky": ([[0.7071, 0], [-0.8165, 1.6330]], 1.273),
    "match_pca": ([[0.7887, -0.2113], [-0.4226, 1.5774]], 0.804),
    "match": ([[0.8043, -0.2806], [-0.2806, 1.5335]], 0.771),
}
"""Matrices from covariance STYLE to CONTENT, and the mean square by which they move a pixel, tr((A - I) S (A - I)')."""


def colourful(seed: int, low: int = 0, high: int = 256) -> Image.Image:
    """A picture of 40 x 30 whose channels are correlated."""
    generator = np.random.default_rng(seed)
    mixing, levels = generator.uniform(0, 1, (3, 3)), generator.integers(low, high, (30, 40, 3))
    return Image.fromarray((levels @ (mixing / mixing.sum(axis=0))).astype(np.uint8))


def grey(seed: int, low: int = 0, high: int = 256) -> Image.Image:
    levels = np.random.default_rng(seed).integers(low, high, (30, 40, 1), dtype=np.uint8)
    return Image.fromarray(np.repeat(levels, 3, axis=2))


def spread(image: Image.Image) -> int:
    """The largest difference between the channels of a pixel."""
    levels = np.asarray(image).astype(int)
    return int((levels.max(axis=2) - levels.min(axis=2)).max())


@pytest.mark.parametrize("kind", WORKED)
def test_the_matrices_worked_out(kind: str) -> None:
    found, (expected, movement) = matrix(kind, CONTENT, STYLE), WORKED[kind]
    assert found == pytest.approx(np.array(expected), abs=5e-5)
    moved = found - np.eye(2)
    assert np.trace(moved @ STYLE @ moved.T) == pytest.approx(movement, abs=5e-4)


@pytest.mark.parametrize("kind", WORKED)
def test_the_covariance_becomes_the_contents(kind: str) -> None:
    content, style = (moments(colourful(seed)).covariance for seed in (1, 2))
    found = matrix(kind, content, style)
    assert found @ style @ found.T == pytest.approx(content, abs=1e-12)
    assert matrix("match", content, style) == pytest.approx(matrix("match", content, style).T, abs=1e-12)


def test_mean_and_covariance_worked_out() -> None:
    """Pixels (0, 0, 255) and (255, 0, 255): mean (1/2, 0, 1), variance 1/4 in red alone."""
    image = Image.fromarray(np.array([[[0, 0, 255], [255, 0, 255]]], dtype=np.uint8))
    mean, covariance = moments(image)
    assert mean.tolist() == [0.5, 0, 1] and covariance.tolist() == [[0.25, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_bands_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    image, change = colourful(1), matching("match", moments(colourful(2)), moments(colourful(1)))
    whole, applied = moments(image), np.asarray(change.apply(image))
    monkeypatch.setattr(recolour, "BAND", 7 * 40 + 3)
    assert np.array_equal(moments(image).covariance, whole.covariance)
    assert np.array_equal(np.asarray(change.apply(image)), applied)


@pytest.mark.parametrize("kind", WORKED)
def test_a_matched_picture_has_the_contents_mean_and_covariance(kind: str) -> None:
    """With 1e-5 added to both, A S A' = C + 1e-5 (I - A A'); rounding to levels adds 1 / 12 of a level's square."""
    content, style = colourful(3, 90, 170), colourful(4, 60, 200)
    found = matching(kind, moments(content), moments(style))
    matched, wanted = moments(found.apply(style)), moments(content)
    expected = wanted.covariance + EPSILON * (np.eye(3) - found.matrix @ found.matrix.T) + np.eye(3) / 12 / 255**2
    assert matched.mean == pytest.approx(wanted.mean, abs=2e-4)
    assert matched.covariance == pytest.approx(expected, abs=8e-6)


@pytest.mark.parametrize("kind", WORKED)
def test_equal_pictures_stay_equal_to_the_bit(kind: str) -> None:
    image = colourful(5)
    found = matching(kind, moments(image), moments(image))
    assert found.matrix == pytest.approx(np.eye(3), abs=1e-9)
    assert np.array_equal(np.asarray(found.apply(image)), np.asarray(image))
    assert np.array_equal(
        np.asarray(matching_luminance(moments(image), moments(image)).apply(image)), np.asarray(LUMINANCE.apply(image))
    )


@pytest.mark.parametrize("kind", WORKED)
def test_grey_pictures(kind: str) -> None:
    """A grey style stays grey for a grey content, and finite for any; a style is nearly grey for a grey content."""
    to_grey, to_colour = moments(grey(6, 60, 200)), moments(colourful(7))
    assert spread(matching(kind, to_grey, moments(grey(8))).apply(grey(8))) <= 1
    assert np.isfinite(matching(kind, to_colour, moments(grey(8))).matrix).all()
    assert np.linalg.norm(matching(kind, to_colour, moments(grey(8))).matrix, 2) < np.sqrt(0.08 / EPSILON)
    colourful_style = colourful(9)
    deviation = np.asarray(matching(kind, to_grey, moments(colourful_style)).apply(colourful_style)).astype(float)
    assert (deviation - deviation.mean(axis=2, keepdims=True)).std() < 255 * np.sqrt(2 * EPSILON)


def test_luminance_worked_out() -> None:
    """.299 x 200 + .587 x 100 + .114 x 50 = 124.2; grey stays as it is."""
    image = Image.new("RGB", (1, 1), (200, 100, 50))
    assert LUMINANCE.apply(image).getpixel((0, 0)) == (124, 124, 124)
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2))
    assert np.array_equal(np.asarray(LUMINANCE.apply(ramp)), np.asarray(ramp))


def test_a_styles_luminance_takes_mean_and_deviation() -> None:
    """Mean .5 and deviation .2 to mean .4 and deviation .1: .7, one deviation above, becomes .5."""
    content, style = (Moments(np.full(3, m), np.full((3, 3), d**2 - EPSILON)) for m, d in ((0.4, 0.1), (0.5, 0.2)))
    found = matching_luminance(content, style)
    assert found.matrix @ np.full(3, 0.7) + found.shift == pytest.approx(np.full(3, 0.5), abs=1e-12)
    assert found.matrix @ np.array([1.0, 0, 0]) == pytest.approx(np.full(3, 0.299 / 2), abs=1e-12)


def test_values_are_clipped_and_rounded() -> None:
    change = Recolouring(2 * np.eye(3), np.array([0, -0.5, 1 / 255]))
    image = Image.new("RGB", (1, 1), (200, 10, 3))
    assert change.apply(image).getpixel((0, 0)) == (255, 0, 7)
