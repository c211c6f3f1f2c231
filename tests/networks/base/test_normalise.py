"""Normalised networks: mean activations of 1, exactly scaled features, and a cache that is verified."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL.Image import Image, fromarray
from torch import Tensor

from nst.errors import UserError
from nst.networks.base import normalise as module
from nst.networks.base.network import Network
from nst.networks.base.normalise import mean_activations, measure, scaled
from nst.networks.base.torchvision import Weights

LAYERS = [f"{kind}_{number}" for number in range(1, 6) for kind in ("conv", "relu")]
SETTINGS = [("max", None, None), ("avg", "replicate", 2.0), ("l2", None, 0.78)]


@pytest.fixture(autouse=True)
def small_crops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Four noises of 16 pixels, and a cache of the test's own."""
    noise = torch.randint(0, 256, (2, 2, 16, 16, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)

    def few() -> Iterator[list[Image]]:
        yield from ([fromarray(one.numpy()) for one in pair] for pair in noise)

    monkeypatch.setattr(module, "crops", few)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def weights(tiny_weights: Weights) -> Weights:
    """The tiny network's in float64."""
    return Weights(tuple((w.double(), b.double()) for w, b in tiny_weights.layers), tiny_weights.mean.double())


def picture() -> Tensor:
    return torch.rand(1, 3, 12, 20, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize(("pooling", "padding", "scale"), SETTINGS)
def test_mean_activations_become_1(
    tiny: Network, weights: Weights, pooling: str, padding: str | None, scale: float | None
) -> None:
    """With the pooling, the padding and the scale that they were measured with."""
    means = measure(tiny.with_borders(padding, scale), pooling)
    assert max(abs(mean - 1) for mean in means) > 0.1
    found = Network(tiny.architecture, scaled(weights, means), torch.float64).with_borders(padding, scale)
    assert measure(found, pooling) == pytest.approx([1.0] * 5, rel=1e-5)


@pytest.mark.parametrize(("pooling", "padding", "scale"), SETTINGS)
def test_features_are_divided_by_the_mean_and_nothing_else_changes(
    tiny: Network, weights: Weights, pooling: str, padding: str | None, scale: float | None
) -> None:
    plain = tiny.with_borders(padding, scale)
    means = measure(plain, pooling)
    found = Network(tiny.architecture, scaled(weights, means), torch.float64).with_borders(padding, scale)
    before, after = (network.features(picture(), LAYERS, pooling) for network in (plain, found))
    for layer in LAYERS:
        expected = before[layer] / means[int(layer[-1]) - 1]
        assert torch.allclose(after[layer], expected, rtol=1e-12, atol=1e-13), layer
        assert torch.equal(after[layer].argmax(1), before[layer].argmax(1)), layer


def test_weights_are_scaled_by_the_ratio_of_means_and_biases_by_one() -> None:
    ones = (torch.ones(1, 1, 3, 3), torch.ones(1))
    found = scaled(Weights((ones, ones), torch.zeros(1, 3, 1, 1)), (2.0, 8.0)).layers
    assert [(float(w[0, 0, 0, 0]), float(b)) for w, b in found] == [(0.5, 0.5), (0.25, 0.125)]


def test_a_dead_layer_is_left_alone(weights: Weights, tiny: Network) -> None:
    (first, bias), *rest = weights.layers
    dead = Network(tiny.architecture, Weights(((first * 0, bias * 0 - 1), *rest), weights.mean), torch.float64)
    assert measure(dead, "max")[0] == 1.0


def test_an_activation_without_a_bound_is_refused(weights: Weights, tiny: Network) -> None:
    huge = tuple((w * 1e300, b) for w, b in weights.layers)
    with pytest.raises(UserError, match="^normalise=true: an activation of this network is infinite or not a number"):
        measure(Network(tiny.architecture, Weights(huge, weights.mean), torch.float64), "max")


def test_means_are_measured_once(tiny: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = mean_activations(tiny, "max", ["a"])
    (file,) = (tmp_path / "nst").iterdir()
    monkeypatch.setattr(module, "measure", None)
    assert mean_activations(tiny, "max", ["a"]) == first
    for pooling, key in (("avg", "a"), ("max", "b")):
        with pytest.raises(TypeError):
            mean_activations(tiny, pooling, [key])
    assert file.name.startswith("mean-activations-")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"means": [1, 2]}', '{"means": [1, 2, 3, 4, -1]}', '{"means": 5}'])
def test_a_damaged_cache_is_measured_anew(tiny: Network, tmp_path: Path, text: str) -> None:
    first = mean_activations(tiny, "max", ["a"])
    (file,) = (tmp_path / "nst").iterdir()
    file.write_text(text)
    assert mean_activations(tiny, "max", ["a"]) == first
    assert module._read(file, 5) == first


def test_without_a_place_for_the_cache_it_is_measured_every_time(
    tiny: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert mean_activations(tiny, "max", ["a"]) == measure(tiny, "max")
