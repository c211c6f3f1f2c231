"""Total variation against numbers worked out on paper."""

import pytest
import torch
from objective.layers import tensor
from torch import Tensor

from nst.losses.tv import Loss

tv = Loss(1.0).distance


def checkerboard(height: int, width: int) -> Tensor:
    squares = (torch.arange(height)[:, None] + torch.arange(width)[None]) % 2
    return squares.double().expand(1, 3, height, width)


@pytest.mark.parametrize(("height", "width"), [(2, 2), (5, 8)])
def test_total_variation_of_a_checkerboard(height: int, width: int) -> None:
    """All vertical and all horizontal neighbours differ by 1: 1 + 1."""
    assert tv(checkerboard(height, width)) == 2


def test_total_variation_of_stripes_and_of_a_flat_picture() -> None:
    """Columns 0, 1, 0: horizontal neighbours differ by 1, vertical ones by nothing."""
    stripes = tensor([0, 1, 0]).expand(1, 3, 4, 3)
    assert tv(stripes) == 1
    assert tv(torch.full((1, 3, 4, 4), 0.3)) == 0


def test_total_variation_averages_each_direction_by_itself() -> None:
    """1 x 3 pixels 0, 3, 4 over 1, 3, 4: down 1, 0, 0 of three; right 3, 1 and 2, 1 of four."""
    picture = torch.tensor([[0.0, 3, 4], [1, 3, 4]], dtype=torch.float64)[None, None]
    assert tv(picture).item() == pytest.approx(1 / 3 + (9 + 1 + 4 + 1) / 4, rel=1e-15)
