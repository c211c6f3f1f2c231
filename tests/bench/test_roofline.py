"""The arithmetic of one evaluation, counted by hand, and a matrix product, timed."""

import pytest
import torch

from nst.bench import roofline


def test_convolutions_of_the_tutorial_at_512_are_118_gflop() -> None:
    """4 x 9 x C_in x C_out x positions each: 1.81 + 38.65 + 19.33 + 38.65 + 19.33."""
    by_hand = 36 * (
        3 * 64 * 512**2 + 64 * 64 * 512**2 + 64 * 128 * 256**2 + 128 * 128 * 256**2 + 128 * 256 * 128**2
    )  # fmt: skip
    assert roofline.convolution_flops(512, 512, 5) == by_hand
    assert by_hand / 1e9 == pytest.approx(117.8, abs=0.05)


def test_with_its_gram_products_it_is_139_gflop() -> None:
    """4 x positions x C^2 each; halving the side and doubling C leaves it at 4.29 GFLOP for every layer."""
    assert [roofline.gram_flops(512, 512, number) for number in range(1, 6)] == [4 * 512**2 * 64**2] * 5
    assert roofline.evaluation_flops(512, 512) / 1e9 == pytest.approx(139.2, abs=0.1)


def test_a_smaller_job_counts_less() -> None:
    assert roofline.evaluation_flops(512, 512, deepest=4, grams=(1,)) < roofline.evaluation_flops(512, 512)
    assert roofline.convolution_flops(33, 47, 3) == 36 * (67 * 64 * 33 * 47 + 64 * 128 * 16 * 23)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_rate_is_measured(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roofline, "CPU_SIZES", (16, 32))
    before = torch.backends.cuda.matmul.allow_tf32
    assert roofline.matrix_rate("cpu", precision, repeats=2) > 0
    assert torch.backends.cuda.matmul.allow_tf32 == before
