"""The tuned loop is the plain one in another layout; in bf16 only its convolutions are rounded."""

from collections.abc import Iterator

import pytest
import torch

from nst.bench.case import Case, square_case
from nst.bench.tuned import TunedLoop, channels_last
from nst.bench.tutorial import PlainLoop


@pytest.fixture(scope="module")
def small_case() -> Iterator[Case]:
    with square_case(32, "fp32", "cpu", 2) as made:
        yield made


@pytest.mark.parametrize(("bf16", "tolerance"), [(False, 1e-4), (True, 0.1)])
def test_its_loss_and_gradient_are_the_plain_loops(small_case: Case, bf16: bool, tolerance: float) -> None:
    given = (small_case.weights(), small_case.content, small_case.style, small_case.content)
    plain, tuned = PlainLoop(*given), TunedLoop(*given, bf16=bf16)
    assert tuned.closure().item() == pytest.approx(plain.closure().item(), rel=tolerance)
    assert plain.picture.grad is not None and tuned.picture.grad is not None
    cosine = torch.cosine_similarity(tuned.picture.grad.flatten(), plain.picture.grad.flatten(), dim=0)
    assert cosine > 1 - tolerance


def test_gram_matrices_are_summed_in_float32(small_case: Case) -> None:
    tuned = TunedLoop(small_case.weights(), small_case.content, small_case.style, small_case.content, bf16=True)
    assert {matrix.dtype for matrix in tuned.grams} == {torch.float32}
    assert {feature.dtype for feature in tuned.features(small_case.content)} == {torch.float32}


def test_kernels_lie_channels_last(small_case: Case) -> None:
    for weight, _ in channels_last(small_case.weights()).layers:
        assert weight.is_contiguous(memory_format=torch.channels_last)
