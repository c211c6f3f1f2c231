"""Losses that draw new samples at each evaluation, by its number, which a resumed run keeps counting."""

from copy import deepcopy
from typing import Any

import pytest
import torch
from objective.pairs import picture

from nst.networks.base.network import Network
from nst.objective.objective import Objective
from nst.objective.reference import Reference, bind, count_from
from nst.objective.targets import ChainTargets
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.loop import make_optimizer, optimise
from nst.optimizer.schedule import Progress
from nst.spec.records import Adam, PictureFile, Target, Term

PICTURE = PictureFile("a", "a")
SETTINGS: dict[str, tuple[tuple[str, Any], ...]] = {
    "sliced": (("directions", 0), ("resample", True), ("seed", 0)),
    "remd": (("resample", True), ("samples", 5), ("seed", 0)),
    "self_similarity": (("resample", True), ("samples", 5), ("seed", 0)),
}


def make(name: str, network: Network, kind: Any = Objective) -> Any:
    term = Term("deep", name, 2.0, ("conv_2", "relu_3"), (1.0, 0.5), (Target(PICTURE),), SETTINGS[name])
    terms = bind([term], {"deep": picture(1)}, ChainTargets(network, "max"))
    return kind(terms, network, (8, 12)) if kind is Objective else kind(terms, network)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_evaluation_has_a_loss_of_its_own(name: str, tiny: Network) -> None:
    """The first three differ, and counted anew they are the same; measuring a picture counts nothing."""
    objective = make(name, tiny)
    found = []
    for evaluation in (1, 2, 3, 1, 2, 3):
        count_from(objective, evaluation - 1)
        found.append(objective.loss_and_gradient(picture(0))[0].total.item())
        assert objective.losses(picture(0)).total.item() == pytest.approx(found[-1], rel=1e-12)
    assert found[:3] == found[3:] and len(set(found)) == 3


@pytest.mark.parametrize("name", SETTINGS)
def test_the_reference_draws_the_same(name: str, tiny: Network) -> None:
    fast, plain = make(name, tiny), make(name, tiny, Reference)
    for _ in range(3):
        (value, gradient), (expected, exact) = (each.loss_and_gradient(picture(0)) for each in (fast, plain))
        assert value.total.item() == pytest.approx(expected.total.item(), rel=1e-10)
        assert (gradient - exact).norm() / exact.norm() < 1e-10


@pytest.mark.parametrize("name", SETTINGS)
def test_a_resumed_run_ends_bit_equal(name: str, tiny: Network) -> None:
    """Seven evaluations, cut after three; an evaluation before the loop, as a warm-up, does not count."""
    kept: list[Checkpoint] = []

    def callback(progress: Progress) -> Any:
        return (lambda checkpoint: kept.append(deepcopy(checkpoint))) if progress.evaluation == 3 else None

    whole, part = picture(0), picture(5)
    optimise(make(name, tiny), make_optimizer(Adam(), 7), whole, 7, callback=callback)
    objective = make(name, tiny)
    objective.loss_and_gradient(part)
    optimise(objective, make_optimizer(Adam(), 7), part, 7, resume=kept[0])
    assert torch.equal(part, whole)


def test_an_objective_that_does_not_count_is_left_alone() -> None:
    count_from(object(), 3)
