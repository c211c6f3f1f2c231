"""Targets: those of the plain network, computed once for all runs that need the same, within a bound."""

import pytest
import torch
from nst.objective.losses import gram
from torch import Tensor

import nst.objective.targets as targets
from nst.networks.base.network import Vgg19
from nst.objective.targets import TargetCache, content_targets, style_targets


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> TargetCache:
    empty = TargetCache(limit=10**9)
    monkeypatch.setattr(targets, "TARGETS", empty)
    return empty


def picture(seed: int = 0) -> Tensor:
    return torch.rand(1, 3, 14, 11, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_features_and_grams_are_those_of_the_plain_network(tiny: Vgg19) -> None:
    layers = ["conv_1", "relu_2", "conv_4"]
    plain = tiny.features(picture(), layers)
    features, grams = (f(tiny, picture(), layers, "max") for f in (content_targets, style_targets))
    for layer in layers:
        assert torch.allclose(features[layer], plain[layer], rtol=1e-13)
        assert torch.allclose(grams[layer], gram(plain[layer]), rtol=1e-12)


def test_what_has_a_key_is_computed_once(tiny: Vgg19, memory: TargetCache) -> None:
    first = content_targets(tiny, picture(), ["conv_2"], "max", key="a")
    assert content_targets(tiny, picture(1), ["conv_2"], "max", key="a")["conv_2"] is first["conv_2"]
    again = content_targets(tiny, picture(1), ["conv_2", "conv_3"], "max", key="a")
    assert again["conv_2"] is first["conv_2"] and set(again) == {"conv_2", "conv_3"}


@pytest.mark.parametrize("change", ["key", "pooling", "layer", "kind"])
def test_what_differs_is_computed_again(tiny: Vgg19, memory: TargetCache, change: str) -> None:
    content_targets(tiny, picture(), ["conv_3"], "max", key="a")
    assert len(memory.kept) == 1
    (style_targets if change == "kind" else content_targets)(
        tiny,
        picture(),
        ["conv_2"] if change == "layer" else ["conv_3"],
        "avg" if change == "pooling" else "max",
        key="b" if change == "key" else "a",
    )
    assert len(memory.kept) == 2


def test_without_a_key_nothing_is_kept(tiny: Vgg19, memory: TargetCache) -> None:
    content_targets(tiny, picture(), ["conv_1"], "max")
    assert not memory.kept


def test_the_bound_drops_what_was_used_longest_ago() -> None:
    """Three tensors of 80 bytes into 200: the second goes, for the first was used since."""
    memory = TargetCache(limit=200)
    memory.keep("first", torch.zeros(10, dtype=torch.float64))
    memory.keep("second", torch.zeros(10, dtype=torch.float64))
    assert memory.get("first") is not None
    memory.keep("third", torch.zeros(10, dtype=torch.float64))
    assert list(memory.kept) == ["first", "third"] and memory.bytes == 160


def test_what_is_larger_than_the_bound_is_not_kept_at_all() -> None:
    memory = TargetCache(limit=10)
    memory.keep("big", torch.zeros(100))
    assert memory.bytes == 0 and memory.get("big") is None
