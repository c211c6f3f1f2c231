"""The losses against numbers worked out on paper."""

import pytest
import torch
from torch import Tensor

from nst.objective.losses import content_loss, gram, style_loss, total_variation


def tensor(*rows: list[float]) -> Tensor:
    """One channel a row, (1, C, 1, W), float64."""
    return torch.tensor(rows, dtype=torch.float64)[None, :, None, :]


def checkerboard(height: int, width: int) -> Tensor:
    squares = (torch.arange(height)[:, None] + torch.arange(width)[None]) % 2
    return squares.double().expand(1, 3, height, width)


@pytest.mark.parametrize(("channels", "height", "width"), [(1, 1, 1), (4, 3, 5), (64, 8, 8)])
def test_gram_of_all_ones(channels: int, height: int, width: int) -> None:
    """Every product of channels sums to H W, divided by C H W: 1 / C everywhere."""
    expected = torch.full((channels, channels), 1 / channels, dtype=torch.float64)
    assert torch.allclose(gram(torch.ones(1, channels, height, width, dtype=torch.float64)), expected, rtol=1e-15)


def test_gram_of_two_channels() -> None:
    """(1, 2) and (3, -1): 1 + 4 = 5, 3 - 2 = 1, 9 + 1 = 10, over C H W = 4."""
    expected = torch.tensor([[1.25, 0.25], [0.25, 2.5]], dtype=torch.float64)
    assert torch.equal(gram(tensor([1, 2], [3, -1])), expected)


def test_gram_does_not_depend_on_memory_layout_or_size() -> None:
    feature = torch.rand(1, 5, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    last = feature.contiguous(memory_format=torch.channels_last)
    assert torch.allclose(gram(last), gram(feature), rtol=1e-14)
    assert torch.allclose(gram(feature.repeat(1, 1, 3, 2)), gram(feature), rtol=1e-14)


def test_gram_of_half_precision_is_summed_in_float32() -> None:
    """65536 ones: in bfloat16 a sum of ones stops growing at 256."""
    found = gram(torch.ones(1, 1, 256, 256, dtype=torch.bfloat16))
    assert found.dtype == torch.float32 and found.item() == 1
    assert gram(torch.ones(1, 1, 2, 2)).dtype == torch.float32
    assert gram(torch.ones(1, 1, 2, 2).double()).dtype == torch.float64


def test_content_loss_is_the_mean_squared_difference() -> None:
    """Differences 1, -2, 0, 3: (1 + 4 + 0 + 9) / 4."""
    assert content_loss(tensor([2, 1], [5, 7]), tensor([1, 3], [5, 4])) == 3.5


def test_losses_of_half_precision_are_taken_in_float32() -> None:
    """Differences 3/128 and 1: bfloat16 holds both squares, 9/16384 and 1, but not their mean."""
    feature = torch.tensor([[1 + 3 / 128, 2.0]]).bfloat16()[:, :, None, None]
    target = torch.ones(1, 2, 1, 1, dtype=torch.bfloat16)
    loss = content_loss(feature, target)
    assert loss.dtype == torch.float32 and loss.item() == (9 / 16384 + 1) / 2
    assert style_loss(feature, gram(target)).dtype == torch.float32


def test_style_loss_is_over_the_gram_matrix() -> None:
    """The Gram matrix above against zeros: (1.25^2 + 2 x 0.25^2 + 2.5^2) / 4 = 7.9375 / 4."""
    assert style_loss(tensor([1, 2], [3, -1]), torch.zeros(2, 2, dtype=torch.float64)) == 7.9375 / 4


def test_style_loss_does_not_see_where_things_are() -> None:
    feature = torch.rand(1, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert style_loss(feature.flip(3).transpose(2, 3), gram(feature)) < 1e-30


@pytest.mark.parametrize(("height", "width"), [(2, 2), (5, 8)])
def test_total_variation_of_a_checkerboard(height: int, width: int) -> None:
    """All vertical and all horizontal neighbours differ by 1: 1 + 1."""
    assert total_variation(checkerboard(height, width)) == 2


def test_total_variation_of_stripes_and_of_a_flat_picture() -> None:
    """Columns 0, 1, 0: horizontal neighbours differ by 1, vertical ones by nothing."""
    stripes = tensor([0, 1, 0]).expand(1, 3, 4, 3)
    assert total_variation(stripes) == 1
    assert total_variation(torch.full((1, 3, 4, 4), 0.3)) == 0


def test_total_variation_averages_each_direction_by_itself() -> None:
    """1 x 3 pixels 0, 3, 4 over 1, 3, 4: down 1, 0, 0 of three; right 3, 1 and 2, 1 of four."""
    picture = torch.tensor([[0.0, 3, 4], [1, 3, 4]], dtype=torch.float64)[None, None]
    assert total_variation(picture).item() == pytest.approx(1 / 3 + (9 + 1 + 4 + 1) / 4, rel=1e-15)
