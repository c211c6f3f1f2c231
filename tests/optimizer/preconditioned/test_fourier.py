"""The filter over frequencies, by hand."""

import pytest
import torch

from nst.optimizer.preconditioned.fourier import FourierFilter, frequency_weights, multiplicity


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


@pytest.mark.parametrize("shape", [(4, 4), (5, 7), (6, 9), (16, 1), (3, 20)])
def test_its_diagonal_is_1(shape: tuple[int, int]) -> None:
    """A step for white noise is as long as without it, on average."""
    filtered = FourierFilter(1.0, torch.zeros(1, 3, *shape, dtype=torch.float64))
    for place in (0, shape[0] * shape[1] - 1):
        one = torch.zeros(1, 3, *shape, dtype=torch.float64)
        one[0, 1].view(-1)[place] = 1
        assert filtered(one)[0, 1].reshape(-1)[place].item() == pytest.approx(1, rel=1e-12)


def test_a_wave_is_multiplied_by_the_weight_of_its_frequency() -> None:
    """One cycle along eight rows: 1/8 of a cycle per pixel."""
    rows = torch.cos(2 * torch.pi * torch.arange(8, dtype=torch.float64) / 8)
    wave = rows[:, None].expand(1, 3, 8, 8).contiguous()
    expected = frequency_weights(1.0, 8, 8)[1, 0] * wave
    torch.testing.assert_close(FourierFilter(1.0, wave)(wave), expected, rtol=0, atol=1e-12)
