"""The filter by octave: halving and doubling by hand, and gains that follow the wavelength."""

import pytest
import torch
from torch import Tensor

from nst.optimizer.preconditioned.pyramid import PyramidFilter, double, halve, level_weights

SHAPES = [(4, 4), (5, 7), (1, 6), (3, 20)]


def test_halving_by_hand() -> None:
    """A row of four, 0 0 36 0, whose three lines are alike: means of three are 0 12 12 12, and of two 6 and 12."""
    picture = torch.tensor([0.0, 0, 36, 0]).expand(1, 3, 2, 4)
    assert torch.allclose(halve(picture), torch.tensor([6.0, 12]).expand(1, 3, 1, 2))


def test_doubling_by_hand() -> None:
    """6 and 12 become 6 6 12 12, whose means of three are 6 8 10 12; one of an odd side is cut off before."""
    picture = torch.tensor([6.0, 12]).expand(1, 3, 1, 2)
    assert torch.allclose(double(picture, torch.Size((2, 4))), torch.tensor([6.0, 8, 10, 12]).expand(1, 3, 2, 4))
    assert torch.allclose(double(picture, torch.Size((1, 3))), torch.tensor([6.0, 8, 10]).expand(1, 3, 1, 3))


@pytest.mark.parametrize("shape", SHAPES)
def test_doubling_is_four_times_the_transpose_of_halving(shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    fine = torch.randn(1, 3, *shape, dtype=torch.float64, generator=generator)
    coarse = torch.randn_like(halve(fine))
    assert (double(coarse, fine.shape[-2:]) * fine).sum().item() == pytest.approx(4 * (coarse * halve(fine)).sum())


def test_weights_by_hand() -> None:
    """Exponent 1: 1, 2 - 1 and 4 - 2 over the mean diagonal.

    A pixel doubled along one side is 1 2 2 1 over 3, whose squares are 10/9, and 10/36 with the factor 1/4; doubled
    again it is 1 2 4 5 6 6 5 4 2 1 over 9, hence 164/81, and 164/1296 with 1/16. Both are squared for two sides.
    """
    mean = 1 + (10 / 36) ** 2 + 2 * (164 / 1296) ** 2
    assert level_weights(1.0, 4, 7) == pytest.approx([1 / mean, 1 / mean, 2 / mean])
    assert level_weights(0.0, 64, 64) == [1.0] + [0.0] * 6
    assert level_weights(2.0, 16, 1) == [1.0]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_a_constant_is_multiplied_by_the_greatest_gain(exponent: float) -> None:
    """32 pixels can be halved five times; every halving and doubling keeps a constant."""
    flat = torch.full((1, 3, 32, 32), 0.5, dtype=torch.float64)
    expected = flat * 2 ** (5 * exponent) * level_weights(exponent, 32, 32)[0]
    torch.testing.assert_close(PyramidFilter(exponent, flat)(flat), expected, rtol=1e-12, atol=0)


def test_gains_double_with_the_wavelength() -> None:
    """With exponent 1, from 16 to 64 pixels, far from the ends of the octaves that a picture of 256 has."""
    gains = [_gain(period) for period in (16, 32, 64)]
    assert gains[1] / gains[0] == pytest.approx(2, rel=0.05) and gains[2] / gains[1] == pytest.approx(2, rel=0.05)


def _gain(period: int) -> float:
    wave = torch.cos(2 * torch.pi * torch.arange(256, dtype=torch.float64) / period)
    picture = wave.expand(1, 3, 256, 256).contiguous()
    return float((picture * PyramidFilter(1.0, picture)(picture)).sum() / picture.square().sum())


def test_its_mean_diagonal_is_1() -> None:
    """Of the middle 8 x 8 pixels of 64 x 64, which see the same places of every level that matters."""
    picture = torch.zeros(1, 3, 64, 64, dtype=torch.float64)
    filtered = PyramidFilter(0.5, picture)
    found = [_diagonal(filtered, picture, 28 + row, 28 + column) for row in range(8) for column in range(8)]
    assert sum(found) / 64 == pytest.approx(1, abs=0.01)


def _diagonal(filtered: PyramidFilter, zeros: Tensor, row: int, column: int) -> float:
    one = zeros.clone()
    one[0, 0, row, column] = 1
    return float(filtered(one)[0, 0, row, column])
