"""Every file in `nst/losses`: the chain equals plain autograd, in strips, before and after a ReLU, masked or not."""

from typing import Any

import pytest
import torch
from objective.layers import evaluate, feature
from torch import Tensor

import nst.objective.chain.chain as chain_module
from nst import losses
from nst.networks.base.network import Network
from nst.objective.chain.chain import Chain
from nst.objective.layer_losses import FeatureLoss, PictureLoss, Statistic, StatisticLoss, WholeLoss, statistic

SHAPE = (21, 14)
LAYER_LOSSES = [name for name in losses.names() if losses.find(name).kind != "picture"]
PICTURE_LOSSES = [name for name in losses.names() if losses.find(name).kind == "picture"]
MASKABLE = [name for name in LAYER_LOSSES if losses.find(name).takes_mask]


MIXING = [name for name in LAYER_LOSSES if getattr(losses.find(name), "mixes", False)]


def picture(seed: int, height: int = SHAPE[0], width: int = SHAPE[1]) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64)


def make(name: str, network: Network, layer: str, mask: Tensor | None = None) -> Any:
    """The loss against another picture, of another shape if it may have one; settings at their defaults."""
    kind: Any = losses.find(name)
    theirs = picture(1) if kind.same_shape else picture(1, 16, 12)
    feature = network.features(theirs, [layer])[layer]
    target = statistic(feature) if issubclass(kind, StatisticLoss) else feature
    settings = kind.Settings() if kind.Settings else None
    return kind(target, 3.0, mask=mask, settings=settings)


def check(name: str, network: Network, layer: str, mask: Tensor | None) -> None:
    loss, ours = make(name, network, layer, mask), picture(0)
    values, gradient = Chain(network, SHAPE, {layer: [loss]}).loss_and_gradient(ours)
    variable = ours.clone().requires_grad_(True)
    expected = loss.value_of(network.features(variable, [layer])[layer])
    (exact,) = torch.autograd.grad(3.0 * expected, variable)
    assert exact.norm() > 0
    assert float(values[loss]) == pytest.approx(float(expected.detach()), rel=1e-10)
    assert (gradient - exact).norm() / exact.norm() < 1e-10


@pytest.mark.parametrize("strip_bytes", [600, 10**9])
@pytest.mark.parametrize("layer", ["conv_3", "relu_3"])
@pytest.mark.parametrize("name", LAYER_LOSSES)
def test_the_chain_equals_plain_autograd(
    name: str, layer: str, strip_bytes: int, tiny: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_module, "strip_limit", lambda device: strip_bytes)
    check(name, tiny, layer, None)


@pytest.mark.parametrize("strip_bytes", [600, 10**9])
@pytest.mark.parametrize("layer", ["conv_3", "relu_3"])
@pytest.mark.parametrize("name", MASKABLE)
def test_so_it_does_with_a_mask(
    name: str, layer: str, strip_bytes: int, tiny: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_module, "strip_limit", lambda device: strip_bytes)
    check(name, tiny, layer, picture(7, 10, 7)[:, :1])


@pytest.mark.parametrize("name", PICTURE_LOSSES)
def test_a_picture_loss_adds_the_gradient_of_its_distance(name: str) -> None:
    kind: Any = losses.find(name)
    target = [picture(1)] if kind.compares else []
    loss, ours = kind(2.0, kind.Settings() if kind.Settings else None, *target), picture(0)
    into = torch.ones_like(ours)
    loss.backward(into, ours)
    variable = ours.clone().requires_grad_(True)
    (exact,) = torch.autograd.grad(2.0 * loss.distance(variable), variable)
    assert torch.allclose(into - 1, exact, rtol=1e-10, atol=1e-14) and exact.norm() > 0


@pytest.mark.parametrize("name", MASKABLE)
def test_a_uniform_mask_changes_nothing(name: str, tiny: Network) -> None:
    """Any grey: statistics are divided by the sum of squared masks, pointwise losses by the mean mask."""
    plain, masked = make(name, tiny, "conv_3"), make(name, tiny, "conv_3", torch.full((1, 1, 10, 7), 0.3).double())
    (_, exact), (_, found) = (
        Chain(tiny, SHAPE, {"conv_3": [x]}).loss_and_gradient(picture(0)) for x in (plain, masked)
    )
    assert (found - exact).norm() / exact.norm() < 1e-12


@pytest.mark.parametrize("name", losses.names())
def test_each_has_one_class_of_a_known_kind(name: str) -> None:
    kind = losses.find(name)
    assert kind.__name__ == "Loss" and kind.__doc__
    assert issubclass(kind, StatisticLoss | FeatureLoss | WholeLoss | PictureLoss)


@pytest.mark.parametrize("name", ["gram", "mse", "tv"])
def test_the_presets_losses_are_signed_by_their_version(name: str) -> None:
    """Not by their source, which may be edited without another picture."""
    assert losses.find(name).version == 1


@pytest.mark.parametrize("name", MIXING)
def test_a_mixed_target_has_the_gradient_of_the_sum_of_losses(name: str) -> None:
    kind: Any = losses.find(name)
    settings = kind.Settings() if kind.Settings else None
    ours, targets = feature(4, 3), [statistic(feature(5, 5, seed=seed)) for seed in (1, 2)]
    mixed = Statistic(*(0.25 * one + 0.75 * other for one, other in zip(*targets, strict=True)))

    def gradient(target: Statistic, weight: float) -> Tensor:
        return evaluate(kind(target, weight, settings=settings), ours, [slice(0, 4)])[1]

    parts = gradient(targets[0], 0.25) + gradient(targets[1], 0.75)
    assert torch.allclose(parts, gradient(mixed, 1.0), rtol=1e-11)


def test_the_losses_that_mix() -> None:
    """Squares of what is linear in the statistic."""
    assert MIXING == ["gram", "mean", "shifted"]
