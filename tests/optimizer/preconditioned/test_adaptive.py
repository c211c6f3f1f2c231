"""The filter that follows curvature, by hand: octaves, levels of pairs, and what becomes of them."""

import math

import pytest
import torch
from torch import Tensor

from nst.optimizer.preconditioned.adaptive import RATE, AdaptiveFilter, octaves
from nst.optimizer.preconditioned.fourier import FourierFilter

YES, NO = torch.tensor(True), torch.tensor(False)
SHAPE = (1, 3, 8, 8)


def wave(cycles: int, size: float = 1.0) -> Tensor:
    """A wave of so many cycles along eight rows."""
    rows = size * torch.cos(2 * torch.pi * cycles * torch.arange(8, dtype=torch.float64) / 8)
    return rows[:, None].expand(SHAPE).contiguous()


def three_waves(sizes: tuple[float, float, float]) -> Tensor:
    """One cycle, two and four: the middles of three octaves."""
    return wave(1, sizes[0]) + wave(2, sizes[1]) + wave(4, sizes[2])


def test_octaves_by_hand() -> None:
    """Eight by eight: 1/8 of a cycle is the middle of the first octave, 2/8 and 4/8 of the next; 3/8 is between two."""
    found = octaves(8, 8)
    assert found.shape == (4, 8, 5)
    assert found[:, 1, 0].tolist() == [1, 0, 0, 0] and found[:, 0, 0].tolist() == [1, 0, 0, 0]
    assert found[:, 2, 0].tolist() == [0, 1, 0, 0] and found[:, 0, 4].tolist() == [0, 0, 1, 0]
    upper = math.log2(1.5)
    assert found[:, 3, 0].tolist() == pytest.approx([0, 1 - upper, upper, 0])
    assert found[:, 4, 4].tolist() == pytest.approx([0, 0, 0.5, 0.5])


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (5, 7), (16, 1), (3, 20)])
def test_the_shares_of_a_frequency_have_the_sum_1(shape: tuple[int, int]) -> None:
    found = octaves(*shape).sum(0)
    torch.testing.assert_close(found, torch.ones_like(found))


@pytest.mark.parametrize("exponent", [0.0, 0.5, 2.0])
def test_before_a_pair_it_is_the_fourier_filter(exponent: float) -> None:
    """Between the middles of octaves, too, since both are linear in logarithms."""
    adaptive, fourier = (kind(exponent, wave(1)) for kind in (AdaptiveFilter, FourierFilter))
    adaptive.learn(wave(1), wave(1), NO)
    torch.testing.assert_close(adaptive.weights, fourier.weights, rtol=1e-12, atol=0)
    torch.testing.assert_close(adaptive.roots, fourier.roots, rtol=1e-12, atol=0)


def test_a_pair_moves_the_levels_by_hand() -> None:
    """|s| / |y| of 1, 2 and 8 in the octaves; the fourth has no frequency in it and stays.

    The logarithms base 2 are 0, 1 and 3, less their mean -4/3, -1/3 and 5/3, of which a twentieth is taken.
    """
    adaptive = AdaptiveFilter(0.0, wave(1))
    adaptive.learn(three_waves((3, 4, 8)), three_waves((3, 2, 1)), YES)
    expected = torch.tensor([-4 / 3, -1 / 3, 5 / 3, 0], dtype=torch.float64) * math.log(2) * RATE
    torch.testing.assert_close(adaptive.levels, expected, rtol=1e-9, atol=1e-12)
    ratio = adaptive.weights[4, 0] / adaptive.weights[1, 0]
    assert ratio.item() == pytest.approx(2 ** (3 * RATE))


def test_it_arrives_at_the_curvature_of_a_quadratic() -> None:
    """With y = c s in each octave, c of 1, 4 and 16, weights end as 1, 1/4 and 1/16 of each other."""
    adaptive = AdaptiveFilter(0.0, wave(1))
    for number in range(500):
        sizes = (1.0 + number % 3, 2.0, 1.0 + number % 2)
        adaptive.learn(three_waves(sizes), three_waves((sizes[0], 4 * sizes[1], 16 * sizes[2])), YES)
    low, middle, high = (adaptive.weights[row, 0].item() for row in (1, 2, 4))
    assert low / middle == pytest.approx(4, rel=1e-6) and middle / high == pytest.approx(4, rel=1e-6)


def test_a_rejected_pair_and_an_empty_one_change_nothing() -> None:
    adaptive = AdaptiveFilter(0.5, wave(1))
    before = adaptive.levels.clone()
    adaptive.learn(three_waves((1, 2, 3)), three_waves((3, 2, 1)), NO)
    adaptive.learn(torch.zeros_like(wave(1)), torch.zeros_like(wave(1)), YES)
    torch.testing.assert_close(adaptive.levels, before, rtol=0, atol=1e-15)


def test_the_unit_of_the_gradient_does_not_matter() -> None:
    """To the bit for a power of two."""
    one, other = (AdaptiveFilter(0.25, wave(1)) for _ in range(2))
    for sizes in ((1.0, 2.0, 3.0), (2.0, 5.0, 1.0)):
        one.learn(three_waves(sizes), three_waves((1, 1, 3)), YES)
        other.learn(three_waves(sizes), three_waves((1, 1, 3)) * 2.0**40, YES)
    torch.testing.assert_close(one.levels, other.levels, rtol=1e-12, atol=1e-14)


def test_a_reset_forgets_the_pairs() -> None:
    adaptive = AdaptiveFilter(0.5, wave(1))
    adaptive.learn(three_waves((1, 2, 3)), three_waves((3, 2, 1)), YES)
    adaptive.reset()
    adaptive.learn(wave(1), wave(1), NO)
    torch.testing.assert_close(adaptive.weights, FourierFilter(0.5, wave(1)).weights, rtol=1e-12, atol=0)
    assert set(adaptive.state_tensors()) == {"levels"}
