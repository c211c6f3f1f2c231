"""The four engines do the same work: one case, one start, losses that agree."""

from collections.abc import Iterator

import pytest
import torch

from nst.bench.__main__ import PRECISIONS
from nst.bench.case import Case, square_case
from nst.bench.engines import ENGINES, Engine

STEPS = 8


@pytest.fixture(scope="module")
def small_case() -> Iterator[Case]:
    with square_case(32, "fp32", "cpu", 2) as made:
        yield made


@pytest.fixture(scope="module", params=list(ENGINES))
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
