"""Winograd's convolutions against plain ones in float64, alone and in the chain."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import nst.objective.chain.chain as chain_module
import nst.objective.chain.tiles as rules
from nst.networks import architecture
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights
from nst.networks.base.winograd import transformed
from nst.objective.chain.chain import Chain
from nst.objective.chain.gpu import make_chain
from nst.objective.chain.tiles import Tiles
from nst.objective.chain.winograd import TileConvolution, WinogradChain
from nst.objective.strips import ARENAS, Padded, padded_numel
from nst.spec.records import Spec
from objective.pairs import both, picture

SHAPES = [(4, 4), (8, 12), (5, 9), (6, 10), (7, 11), (3, 2), (1, 1), (2, 5), (17, 3), (4, 8)]


@pytest.fixture(params=[1, 3, 100], autouse=True)
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of one row of tiles, of a few, and of all; all convolutions but the first are Winograd's."""
    monkeypatch.setattr(rules, "BLOCK_TILES", ((0, request.param),))
    monkeypatch.setattr(rules, "LEAST_TILES", ((4, 1),))


def drawn(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def padded(feature: Tensor) -> Tensor:
    """The feature in channels_last with a row of zeros above and below."""
    _, channels, height, width = feature.shape
    found = Padded(feature.new_empty(padded_numel(channels, height, width)), channels, height, width)
    found.rows(slice(0, height)).copy_(feature)
    return found.with_neighbours(slice(0, height))


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_convolution_of_any_shape_and_its_gradient(height: int, width: int) -> None:
    kernel, bias, x = drawn(7, 5, 3, 3, seed=0), drawn(7, seed=1), drawn(1, 5, height, width, seed=2).requires_grad_()
    tiles = Tiles.of(5, 7, height, width)
    by_tiles = TileConvolution(tiles.workspace_numel, kernel)
    for buffer in by_tiles.buffers:
        buffer.fill_(torch.nan)  # what a run before it left behind
    plain, above = F.conv2d(x, kernel, bias, padding=1), drawn(1, 7, height, width, seed=3)
    found = by_tiles.forward(padded(x.detach()), tiles, transformed(kernel), bias)
    assert torch.allclose(found, plain, rtol=1e-11, atol=1e-12)
    (exact,) = torch.autograd.grad(plain, x, above)
    back = by_tiles.backward(padded(above), tiles, transformed(kernel))
    assert torch.allclose(back, exact, rtol=1e-11, atol=1e-12)
    assert all(each.is_contiguous(memory_format=torch.channels_last) for each in (found, back))


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("padding", [None, "replicate"])
@pytest.mark.parametrize("shape", [(16, 16), (37, 51), (22, 14)])
def test_the_chain_against_autograd(
    make_spec: Callable[..., Spec], tiny: Network, pooling: str, padding: str | None, shape: tuple[int, int]
) -> None:
    """In float64, in strips of few rows; the oracle's convolutions are plain ones."""
    network = tiny.with_borders(padding, 0.9).with_winograd()
    spec = make_spec(pooling=pooling, init="uniform", content_layers=("relu_4",), style_layers=("conv_1", "conv_5"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_module, "strip_limit", lambda device: 4000)
        ours, reference = both(spec, network, picture(1, *shape), picture(2, 11, 9))
    assert isinstance(ours.chain, WinogradChain) and sorted(ours.chain.tiles) == [2, 3, 4, 5]
    (losses, gradient), (expected, exact) = (each.loss_and_gradient(picture(3, *shape)) for each in (ours, reference))
    assert losses.flat().tolist() == pytest.approx(expected.flat().tolist(), rel=1e-10)
    assert float((gradient - exact).norm() / exact.norm()) < 1e-10


def test_an_evaluation_again_has_equal_bits(make_spec: Callable[..., Spec], tiny: Network) -> None:
    network = tiny.with_winograd()
    found = []
    for _ in range(2):
        ARENAS.release()
        ours, _ = both(make_spec(init="uniform"), network, picture(1, 20, 28), picture(2, 11, 9))
        found.append(ours.loss_and_gradient(picture(3, 20, 28))[1].clone())
    assert torch.equal(*found)


def test_float32_is_as_exact_as_plain_convolutions(make_spec: Callable[..., Spec], double_weights: Weights) -> None:
    """The real network, Gatys's layers: the median error of the gradient's pixels is at most four times as great."""
    spec = make_spec(
        pooling="avg", init="uniform", content_layers=("relu_10",), style_layers=("relu_1", "relu_5", "relu_13")
    )
    exact, plain = (Network(architecture("vgg19"), double_weights, kind) for kind in (torch.float64, torch.float32))
    ours, gradients = picture(3, 32, 40), []
    for network in (exact, plain, plain.with_winograd()):
        objective, _ = both(spec, network, picture(1, 32, 40), picture(2, 33, 48))
        gradients.append(objective.loss_and_gradient(ours.to(network.mean))[1].double().clone())
    errors = [float((each - gradients[0]).abs().median()) for each in gradients[1:]]
    assert 0 < errors[1] < 4 * errors[0]


def test_only_a_network_that_uses_winograd_gets_this_chain(tiny: Network) -> None:
    assert type(make_chain(tiny, (16, 16), {"conv_2": []})) is Chain
    assert type(make_chain(tiny.with_winograd(), (16, 16), {"conv_2": []})) is WinogradChain
    assert tiny.with_winograd().layers is tiny.layers and not tiny.uses_winograd
