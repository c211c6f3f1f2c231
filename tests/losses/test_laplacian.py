"""The Laplacian loss against numbers worked out on paper."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from nst.losses.laplacian import Loss, Settings, laplacian


def picture(seed: int) -> Tensor:
    return torch.rand(1, 3, 9, 11, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def make(target: Tensor, pooling: int, weight: float = 1.0) -> Loss:
    return Loss(weight, Settings(pooling), target)


def test_a_single_bright_pixel() -> None:
    """In the middle of 3 x 3: 4, the only inner pixel; beside the middle: -1; at a corner nothing."""
    spots = torch.eye(9).view(9, 1, 3, 3)
    assert laplacian(spots).flatten().tolist() == [0, -1, 0, -1, 4, -1, 0, -1, 0]


def test_value_by_hand() -> None:
    """Cells of 2 x 2 average 1 pixel of 1 to 1/4, in the middle of 3 x 3 cells, in one of three colours: 1^2 / 3."""
    ours = torch.zeros(1, 3, 6, 6)
    ours[0, 1, 2, 3] = 1
    assert make(torch.zeros_like(ours), 2).distance(ours) == pytest.approx(1 / 3)


def test_ramps_and_brightness_are_no_loss() -> None:
    y, x = torch.meshgrid(torch.arange(9.0), torch.arange(11.0), indexing="ij")
    for pooling in (1, 3):
        target = picture(1).float()
        loss = make(target, pooling)
        assert loss.distance(target + 0.3) < 1e-10
    assert make(picture(1).float(), 1).distance(picture(1).float() + 0.1 * y - 0.2 * x) < 1e-10


def test_cells_at_the_border_hold_what_there_is() -> None:
    """9 rows in cells of 4 are 4, 4 and 1, so a flat picture has no edge there."""
    flat = torch.ones(1, 3, 9, 9)
    assert make(torch.zeros_like(flat), 4).distance(flat) == 0


def test_against_a_plain_implementation() -> None:
    ours, theirs = picture(0).requires_grad_(True), picture(1)
    kernel = torch.tensor([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]], dtype=torch.float64).expand(3, 1, 3, 3)
    cells = [each[:, :, : 8 + 1, :].unfold(2, 3, 3).unfold(3, 3, 3).mean((4, 5)) for each in (ours, theirs)]
    expected = (F.conv2d(cells[0], kernel, groups=3) - F.conv2d(cells[1], kernel, groups=3)).square().mean()
    (exact,) = torch.autograd.grad(3 * expected, ours)
    cropped = make(theirs[..., :9], 3, 3.0)
    into = torch.zeros(1, 3, 9, 9, dtype=torch.float64)
    cropped.backward(into, ours.detach()[..., :9])
    assert cropped.distance(ours.detach()[..., :9]).item() == pytest.approx(float(expected.detach()), rel=1e-10)
    assert torch.allclose(into, exact[..., :9], rtol=1e-10, atol=1e-14)


def test_three_cells_are_needed() -> None:
    """9 pixels in cells of 4 are 3 cells; 8 are 2."""
    assert Loss.least_side(Settings(4)) == 9
    with pytest.raises(ValueError, match="^pooling=0: must be 1 or more$"):
        Settings(0)
