"""The first convolution of a picture with replicated edges, and its adjoint, in strips."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from nst.objective.chain.replicated import Replicated, replicated_adjoint
from nst.objective.strips import Padded, cut, padded_numel


def drawn(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def padded(feature: Tensor) -> Padded:
    _, channels, height, width = feature.shape
    found = Padded(feature.new_empty(padded_numel(channels, height, width)), channels, height, width)
    found.rows(slice(0, height)).copy_(feature)
    return found


def test_edge_pixels_are_repeated() -> None:
    picture = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(1, 1, 2, 2)
    found = Replicated(torch.empty(16), picture)
    assert found.whole[0, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert found.with_neighbours(slice(1, 2)).shape == (1, 1, 3, 4)


@pytest.mark.parametrize(("height", "width", "rows"), [(5, 4, 2), (7, 9, 4), (6, 5, 100), (2, 3, 2)])
def test_the_adjoint(height: int, width: int, rows: int) -> None:
    """<A x, y> = <x, A'y> for A without a bias, whatever the strips."""
    weight, x, y = drawn(4, 3, 3, 3, seed=0), drawn(1, 3, height, width, seed=1), drawn(1, 4, height, width, seed=2)
    seen = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight)
    kernel, back = weight.transpose(0, 1).flip(2, 3), torch.zeros_like(x)
    replicated_adjoint(kernel, padded(y), cut(height, 1, rows), back)
    assert float((x * back).sum()) == pytest.approx(float((seen * y).sum()), rel=1e-12)


def test_the_gradient_of_a_repeated_pixel_is_that_of_the_edge() -> None:
    """A kernel of ones, a gradient of ones: a pixel gets one for each window that sees it, repeated ones included."""
    back = torch.zeros(1, 1, 3, 4, dtype=torch.float64)
    ones = torch.ones(1, 1, 3, 4, dtype=torch.float64)
    replicated_adjoint(torch.ones(1, 1, 3, 3, dtype=torch.float64), padded(ones), (slice(0, 3),), back)
    assert back[0, 0].tolist() == [[9] * 4] * 3
