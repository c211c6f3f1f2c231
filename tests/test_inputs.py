"""What a run begins with: its start, the type of its numbers, and targets at a scale of their own."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

import nst.objective.targets as targets
from nst.inputs import load_inputs, set_up
from nst.objective.objective import Objective
from nst.spec.records import Spec, Target

MakeSpec = Callable[..., Spec]


def test_the_seed_is_of_the_noise(make_spec: MakeSpec) -> None:
    zero, one = (load_inputs(make_spec(init="uniform", seed=seed)).start for seed in (0, 1))
    assert not torch.equal(zero, one)


def test_precision_reaches_the_network_and_not_the_picture(make_spec: MakeSpec) -> None:
    for precision, inside, outside in (
        ("fp32", torch.float32, torch.float32),
        ("bf16", torch.bfloat16, torch.float32),
        ("fp64", torch.float64, torch.float64),
    ):
        spec = make_spec(precision=precision)
        picture, objective = set_up(spec, load_inputs(spec))
        assert isinstance(objective, Objective)
        assert (objective.chain.network.dtype, picture.dtype) == (inside, outside)


def test_half_the_scale_takes_the_cached_target_of_half_the_size(
    make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "TARGETS", targets.TargetCache())
    half = make_spec(size=32)
    set_up(half, load_inputs(half))
    cached = {key for key in targets.TARGETS.kept if "Statistic" in str(key)}
    whole = make_spec(size=64)
    scaled = replace(whole.terms[1], targets=(Target(whole.pictures["style"], 1.0, 0.5),))
    whole = replace(whole, terms=(whole.terms[0], scaled))
    set_up(whole, load_inputs(whole))
    assert {key for key in targets.TARGETS.kept if "Statistic" in str(key)} == cached and len(cached) == 5
