"""Enlarging from one scale to the next: constants stay, pictures stay in range, numbers by hand."""

import pytest
import torch
from torch import Tensor

from nst.optimizer.enlarge import enlarged_mean, enlarged_picture, enlarged_square
from nst.optimizer.optimizer import AdamOptimizer
from nst.spec.records import Adam

SHAPE = (9, 13)


def constant(value: float) -> Tensor:
    return torch.full((1, 3, 5, 7), value, dtype=torch.float64)


def edge() -> Tensor:
    """Black left, white right."""
    picture = constant(0.0)
    picture[..., 3:] = 1
    return picture


@pytest.mark.parametrize("enlarge", [enlarged_picture, enlarged_mean, enlarged_square])
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_constant_stays_constant(enlarge: object, value: float) -> None:
    assert callable(enlarge)
    found = enlarge(constant(value), SHAPE)
    assert found.shape == (1, 3, *SHAPE) and found.sub(value).abs().max() < 1e-14


def test_a_picture_stays_in_its_range_where_bicubic_overshoots() -> None:
    mean, picture = enlarged_mean(edge(), SHAPE), enlarged_picture(edge(), SHAPE)
    assert mean.min() < -0.01 and mean.max() > 1.01
    assert picture.min() == 0 and picture.max() == 1
    assert torch.equal(picture, mean.clamp(0, 1))


def test_a_mean_square_is_linear_between_its_pixels_and_never_negative() -> None:
    """Twice as wide, pixels lie at -1/4, 1/4, 3/4 and 5/4 of the way: 0 and 4 become 0, 1, 3, 4."""
    square = torch.tensor([0.0, 4.0], dtype=torch.float64).expand(1, 3, 1, 2)
    assert enlarged_square(square, (1, 4))[0, 0, 0].tolist() == [0, 1, 3, 4]
    assert enlarged_square(edge(), SHAPE).min() == 0
    assert enlarged_square(torch.full((1, 3, 2, 2), -1e-9), (4, 4)).min() == 0


def test_a_mean_of_gradients_is_bicubic_by_hand() -> None:
    """Halfway between four pixels 0, 0, 1, 1 and a = -3/4: (-3/32, 19/32, 19/32, -3/32) gives 1/2; a quarter off, less.

    The cubic's weights at distance 1/4 are w(5/4), w(1/4), w(3/4), w(7/4) = -27/256, 225/256, 67/256, -9/256.
    """
    mean = torch.tensor([0.0, 0.0, 1.0, 1.0], dtype=torch.float64).expand(1, 1, 1, 4)
    row = enlarged_mean(mean, (1, 8))[0, 0, 0]
    assert row[3].item() == pytest.approx((67 - 9) / 256, abs=1e-15)
    assert row[4].item() == pytest.approx((225 - 27) / 256, abs=1e-15)


def test_adam_takes_its_moments_along_and_counts_on() -> None:
    """Two steps along a gradient of 1 leave the moments 1 - beta^2; the third's bias correction is of t = 3."""
    small, large = AdamOptimizer(Adam()), AdamOptimizer(Adam())
    picture = constant(0.5)
    for _ in range(2):
        small.step(picture, torch.ones_like(picture), torch.zeros(()))
    bigger = torch.full((1, 3, *SHAPE), 0.5, dtype=torch.float64)
    large.prepare(bigger)
    large.carry(small.carried_tensors())
    torch.testing.assert_close(large.mean, torch.full_like(bigger, 1 - 0.9**2), rtol=0, atol=1e-15)
    torch.testing.assert_close(large.square, torch.full_like(bigger, 1 - 0.999**2), rtol=0, atol=1e-15)
    assert large.beta_powers.tolist() == pytest.approx([0.9**2, 0.999**2], rel=1e-15)
    large.step(bigger, torch.zeros_like(bigger), torch.zeros(()))
    mean, square = 0.9 * (1 - 0.9**2) / (1 - 0.9**3), 0.999 * (1 - 0.999**2) / (1 - 0.999**3)
    assert bigger.sub(0.5 - 0.02 * mean / (square**0.5 + 1e-8)).abs().max() < 1e-12
    assert small.beta_powers.tolist() == pytest.approx([0.9**2, 0.999**2], rel=1e-15)  # its own, not shared
