"""The filter over frequencies: symmetric, positive, and nothing between pixels that move and pixels that are held."""

import math

import pytest
import torch
from torch import Tensor

from nst.optimizer.pair_buffer import padded
from nst.optimizer.preconditioner import FourierPreconditioner, frequency_weights, multiplicity

SHAPES = [(4, 4), (5, 7), (6, 9), (16, 1), (3, 20)]


def vectors(shape: tuple[int, int], number: int = 2) -> Tensor:
    """Noise in every picture, zeros in the padding."""
    made = torch.zeros(number, padded(3 * math.prod(shape)), dtype=torch.float64)
    size = 3 * math.prod(shape)
    made[:, :size] = torch.randn(number, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return made


def preconditioner(shape: tuple[int, int], exponent: float = 1.0, is_held: bool = False) -> FourierPreconditioner:
    made = FourierPreconditioner(exponent, torch.zeros(1, 3, *shape, dtype=torch.float64))
    if is_held:
        made.hold(torch.rand(1, 3, *shape, generator=torch.Generator().manual_seed(1)) < 0.4)
    return made


def applied(operator: FourierPreconditioner, vector: Tensor) -> Tensor:
    out = vector.clone()
    operator.apply(out)
    return out


def test_weights_by_hand() -> None:
    """Four by four: frequencies 0, 1/4 and 1/2 along each side; the one at 0 counts as 1/4.

    1/f: 4 at (0, 0) and the four (1/4, 0), 2 at the two (1/2, 0), 4 / sqrt(2) at the four (1/4, 1/4), 4 / sqrt(5) at
    the four (1/2, 1/4), and sqrt(2) at (1/2, 1/2), all over their mean.
    """
    found = frequency_weights(1.0, 4, 4)
    mean = (5 * 4 + 2 * 2 + 4 * 4 / 2**0.5 + 4 * 4 / 5**0.5 + 2**0.5) / 16
    first, second, third = [4, 4, 2], [4, 4 / 2**0.5, 4 / 5**0.5], [2, 4 / 5**0.5, 2**0.5]
    expected = torch.tensor([first, second, third, second], dtype=torch.float64) / mean
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)


def test_the_lowest_frequency_is_that_of_the_longer_side() -> None:
    """8 x 4 pixels: 0 counts as 1/8, as does one cycle along 8 pixels; one along 4 has half their weight."""
    found = frequency_weights(1.0, 8, 4)
    assert found[0, 0] == found[1, 0] == found[7, 0] == 2 * found[0, 1]


def test_columns_of_a_half_spectrum_stand_for_one_or_two() -> None:
    assert multiplicity(4).tolist() == [1, 2, 1] and multiplicity(5).tolist() == [1, 2, 2]
    assert multiplicity(1).tolist() == [1]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("exponent", [0.0, 0.5, 2.0])
def test_it_is_symmetric_and_positive(shape: tuple[int, int], is_held: bool, exponent: float) -> None:
    operator, (a, b) = preconditioner(shape, exponent, is_held), vectors(shape)
    assert a.dot(applied(operator, b)).item() == pytest.approx(b.dot(applied(operator, a)).item(), rel=1e-9, abs=1e-9)
    assert a.dot(applied(operator, a)) > 0 and b.dot(applied(operator, b)) > 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_held", [False, True])
def test_the_energy_is_the_product_with_the_vector(shape: tuple[int, int], is_held: bool) -> None:
    operator, (a, _) = preconditioner(shape, 1.0, is_held), vectors(shape)
    assert operator.energy(a, torch.float64).item() == pytest.approx(a.dot(applied(operator, a)).item(), rel=1e-12)


@pytest.mark.parametrize("is_held", [False, True])
def test_with_exponent_0_it_is_the_identity(is_held: bool) -> None:
    operator, (a, _) = preconditioner((5, 7), 0.0, is_held), vectors((5, 7))
    torch.testing.assert_close(applied(operator, a), a, rtol=0, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_its_diagonal_is_1(shape: tuple[int, int]) -> None:
    """A step for white noise is as long as without it, on average."""
    operator, one = preconditioner(shape), torch.zeros(padded(3 * math.prod(shape)), dtype=torch.float64)
    for place in (0, 3 * math.prod(shape) - 1):
        one.zero_()[place] = 1
        assert applied(operator, one)[place].item() == pytest.approx(1, rel=1e-12)


def test_a_wave_is_multiplied_by_the_weight_of_its_frequency() -> None:
    """One cycle along eight rows, in green alone: 1/8 of a cycle per pixel."""
    operator, wave = preconditioner((8, 8)), torch.zeros(padded(192), dtype=torch.float64)
    rows = torch.cos(2 * torch.pi * torch.arange(8, dtype=torch.float64) / 8)
    wave[64:128] = rows[:, None].expand(8, 8).flatten()
    torch.testing.assert_close(applied(operator, wave), frequency_weights(1.0, 8, 8)[1, 0] * wave, rtol=0, atol=1e-12)


def test_nothing_goes_from_or_to_pixels_that_are_held() -> None:
    operator, (a, b) = preconditioner((6, 9), 1.0, is_held=True), vectors((6, 9))
    held = torch.zeros_like(a, dtype=torch.bool)
    held[: 3 * 6 * 9] = operator.held.flatten()
    assert torch.equal(applied(operator, a)[held], a[held])
    changed = torch.where(held, b, a)
    assert torch.equal(applied(operator, changed)[~held], applied(operator, a)[~held])
    assert not torch.allclose(applied(operator, a)[~held], a[~held], atol=0.1)


def test_padding_stays_0() -> None:
    assert not applied(preconditioner((5, 7), is_held=True), vectors((5, 7))[0])[105:].any()
