"""The power of two by which gradients are divided."""

import pytest
import torch

from nst.optimizer.unit import power_of_two

SMALL = 2.0**-120


@pytest.mark.parametrize(
    ("values", "power"),
    [([1.0, -1.0], 2.0), ([3.0, 4.0], 4.0), ([0.0, 0.0], 1.0), ([SMALL] * 2, 2 * SMALL), ([1e38] * 2, 2.0**127)],
)
def test_is_just_above_the_root_mean_square(values: list[float], power: float) -> None:
    """Of 3 and 4 that is the root of 12.5, 3.54; the squares of the last two pairs are beyond float32."""
    assert float(power_of_two(torch.tensor(values), torch.float64)) == power
