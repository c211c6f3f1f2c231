"""Local brightness and contrast, and their variance over seeds, worked out by hand."""

import numpy as np
import pytest

from nst.statements.seeds import blocks, spread

from .conftest import grey


def test_blocks_from_the_upper_left() -> None:
    """A 64 x 70 picture has 2 x 2 blocks; six columns are left over. One block is half 0, half 200."""
    picture = grey(50, (64, 70))
    picture[:32, 32:48], picture[:32, 48:64], picture[:, 64:] = 0, 200, 255
    means, deviations = blocks(picture)
    np.testing.assert_allclose(means, [50, 100, 50, 50])
    np.testing.assert_allclose(deviations, [0, 100, 0, 0], atol=1e-9)


def test_a_small_picture_is_one_block() -> None:
    means, _ = blocks(grey(7, (20, 30)))
    np.testing.assert_allclose(means, [7])


def test_spread_over_seeds() -> None:
    """Two seeds: block 1 at 0 and 4, variance 8; block 2 equal: the root of the mean variance is 2."""
    assert spread([np.array([0.0, 5.0]), np.array([4.0, 5.0])]) == pytest.approx(2)
