"""Targets: those of the plain network, computed once for all runs that need the same, within a bound."""

from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

import nst.objective.targets as targets
from nst.networks.base.network import Network
from nst.objective.layer_losses import Statistic, statistic
from nst.objective.targets import ChainTargets, PlainTargets, TargetCache
from nst.pictures.tensors import to_image
from nst.spec.masks import LayerMask


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> TargetCache:
    empty = TargetCache(limit=10**9)
    monkeypatch.setattr(targets, "TARGETS", empty)
    return empty


def picture(seed: int = 0) -> Tensor:
    return torch.rand(1, 3, 14, 11, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("source", [ChainTargets, PlainTargets])
def test_features_and_statistics_are_those_of_the_plain_network(source: Any, tiny: Network) -> None:
    layers = ["conv_1", "relu_2", "conv_4"]
    plain, found = tiny.features(picture(), layers), source(tiny, "max")
    features, statistics = found.features(picture(), layers), found.statistics(picture(), layers)
    for layer in layers:
        assert torch.allclose(features[layer], plain[layer], rtol=1e-13)
        for part, expected in zip(statistics[layer], statistic(plain[layer]), strict=True):
            assert torch.allclose(part, expected, rtol=1e-12)


def test_a_picture_is_seen_once(tiny: Network) -> None:
    image = to_image(picture())
    first = ChainTargets(tiny, "max", "a").features(image, ["conv_2"])
    assert ChainTargets(tiny, "max", "a").features(image.copy(), ["conv_2"])["conv_2"] is first["conv_2"]
    again = ChainTargets(tiny, "max", "a").features(image, ["conv_2", "conv_3"])
    assert again["conv_2"] is first["conv_2"] and set(again) == {"conv_2", "conv_3"}


@pytest.mark.parametrize("change", ["key", "pooling", "layer", "kind", "picture"])
def test_what_differs_is_computed_again(tiny: Network, memory: TargetCache, change: str) -> None:
    ChainTargets(tiny, "max", "a").features(to_image(picture()), ["conv_3"])
    assert len(memory.kept) == 1
    source = ChainTargets(tiny, "avg" if change == "pooling" else "max", "b" if change == "key" else "a")
    read: Any = source.statistics if change == "kind" else source.features
    read(to_image(picture(int(change == "picture"))), ["conv_2"] if change == "layer" else ["conv_3"])
    assert len(memory.kept) == 2


def test_without_a_key_nothing_is_kept(tiny: Network, memory: TargetCache) -> None:
    ChainTargets(tiny, "max").features(to_image(picture()), ["conv_1"])
    ChainTargets(tiny, "max", "a").features(picture(), ["conv_1"])
    assert not memory.kept


def test_the_bytes_of_a_statistic_count() -> None:
    """Three numbers and nine of 8 bytes."""
    memory = TargetCache(limit=200)
    memory.put("one", Statistic(torch.zeros(3).double(), torch.zeros(3, 3).double()))
    assert memory.bytes == 96


def test_the_bound_drops_what_was_used_longest_ago() -> None:
    """Three tensors of 80 bytes into 200: the second goes, for the first was used since."""
    memory = TargetCache(limit=200)
    memory.put("first", torch.zeros(10, dtype=torch.float64))
    memory.put("second", torch.zeros(10, dtype=torch.float64))
    assert memory.get("first") is not None
    memory.put("third", torch.zeros(10, dtype=torch.float64))
    assert list(memory.kept) == ["first", "third"] and memory.bytes == 160


def test_what_is_larger_than_the_bound_is_not_kept_at_all() -> None:
    memory = TargetCache(limit=10)
    memory.put("big", torch.zeros(100))
    assert memory.bytes == 0 and memory.get("big") is None


def test_masks_are_told_apart(tiny: Network, memory: TargetCache) -> None:
    """Two images of a mask, and two ways to bring one to the layer, are three targets beside that without a mask."""
    image, source = to_image(picture()), ChainTargets(tiny, "max", "a")
    first, second = (Image.new("L", (11, 14), grey) for grey in (1, 2))
    array = torch.rand(14, 11, generator=torch.Generator().manual_seed(5)).double().numpy()
    found = [source.statistics(image, ["conv_1"])]
    for mask in (first, second):
        found.append(source.statistics(image, ["conv_1"], LayerMask({"conv_1": array}, mask)))
    found.append(source.statistics(image, ["conv_1"], LayerMask({"conv_1": array}, first, "inside")))
    assert len(memory.kept) == 4
    again = source.statistics(image, ["conv_1"], LayerMask({"conv_1": array}, first))
    assert again["conv_1"] is found[1]["conv_1"] and len(memory.kept) == 4
    plain = PlainTargets(tiny, "max").statistics(image, ["conv_1"], LayerMask({"conv_1": array}, first))
    assert torch.allclose(plain["conv_1"].moment, found[1]["conv_1"].moment, rtol=1e-12)
    assert not torch.allclose(found[0]["conv_1"].moment, found[1]["conv_1"].moment)
