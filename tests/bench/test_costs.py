"""The arithmetic of one evaluation, counted by hand; a matrix product, timed; time by operator."""

import pytest
import torch

from nst.bench import costs
from nst.networks.vgg19 import ARCHITECTURE

FIRST = ARCHITECTURE.convolutions[:5]


def test_convolutions_of_the_tutorial_at_512_are_118_gflop() -> None:
    """4 x 9 x C_in x C_out x positions each: 1.81 + 38.65 + 19.33 + 38.65 + 19.33."""
    by_hand = 36 * (
        3 * 64 * 512**2 + 64 * 64 * 512**2 + 64 * 128 * 256**2 + 128 * 128 * 256**2 + 128 * 256 * 128**2
    )  # fmt: skip
    assert sum(costs.convolution_flops(convolution, 512) for convolution in FIRST) == by_hand
    assert by_hand / 1e9 == pytest.approx(117.8, abs=0.05)


def test_with_its_gram_products_it_is_139_gflop() -> None:
    """4 x positions x C^2 each; halving the side and doubling C leaves it at 4.29 GFLOP for every layer."""
    assert [costs.gram_flops(convolution, 512) for convolution in FIRST] == [4 * 512**2 * 64**2] * 5
    assert costs.evaluation_flops(512) / 1e9 == pytest.approx(139.2, abs=0.1)


def test_sides_are_halved_rounding_down() -> None:
    """33 x 33 and 16 x 16 positions of the second and the third convolution."""
    assert costs.convolution_flops(FIRST[1], 33) == 36 * 64 * 64 * 33 * 33
    assert costs.convolution_flops(FIRST[2], 33) == 36 * 64 * 128 * 16 * 16


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_rate_is_measured(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "CPU_SIZES", (16, 32))
    before = torch.backends.cuda.matmul.allow_tf32
    assert costs.matrix_rate("cpu", precision, repeats=2) > 0
    assert torch.backends.cuda.matmul.allow_tf32 == before


def test_operators_are_listed_longest_first_with_their_shares() -> None:
    head, *lines = costs.profile(32, "fp32", 1, "cpu", 2, rows=1000).splitlines()
    assert head.split() == ["share", "ms", "calls", "operator"]
    cells = [line.split() for line in lines]
    times = [float(cell[1]) for cell in cells]
    assert sum(float(cell[0].removesuffix("%")) for cell in cells) == pytest.approx(100, abs=0.05 * len(cells) + 0.1)
    assert times == sorted(times, reverse=True) and any("conv" in cell[3] and int(cell[2]) > 0 for cell in cells)
    assert len(costs.profile(32, "fp32", 1, "cpu", 2, rows=3).splitlines()) == 4
