"""The fused chain against the plain one; on a CPU in Triton's interpreter."""

import pytest
import torch
from torch import Tensor

import nst.objective.chain.chain as chain_module
from nst.losses.gram import Loss as Gram
from nst.losses.mse import Loss as Mse
from nst.networks.base.architecture import Architecture
from nst.networks.base.network import Network
from nst.networks.base.network import network as shared_network
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile
from nst.objective.chain.chain import Chain
from nst.objective.chain.gpu import FusedChain, has_fused_kernels, make_chain
from nst.objective.layer_losses import LayerLoss, Statistic

from .kernels import DEVICE, fused

GPU = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.fixture
def network() -> Network:
    """Five seeded convolutions of 16 channels, the fewest that the matrix units take."""
    generator = torch.Generator().manual_seed(0)
    layers = [
        (torch.randn(16, 16 if n else 3, 3, 3, generator=generator) / 9, torch.randn(16, generator=generator) / 10)
        for n in range(5)
    ]
    weights = Weights(tuple(layers), torch.tensor([0.48, 0.45, 0.4]).view(1, 3, 1, 1))
    return Network(Architecture("narrow", ((2, 16), (2, 16), (1, 16))), weights, torch.float32, DEVICE)


def picture(height: int, width: int) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0)).to(DEVICE)


def losses(
    network: Network, layers: tuple[str, ...], shape: tuple[int, int], pooling: str
) -> dict[str, list[LayerLoss]]:
    """A style loss at every layer, and a content loss at the last."""
    features = network.features(picture(*shape).flip(3), layers, pooling)
    features = {name: f.contiguous(memory_format=torch.channels_last) for name, f in features.items()}
    zeros = {name: f.new_zeros(f.shape[1], f.shape[1]).float() for name, f in features.items()}
    found: dict[str, list[LayerLoss]] = {name: [Gram(Statistic(z[0], z), 3.0)] for name, z in zeros.items()}
    found[layers[-1]].append(Mse(features[layers[-1]], 1.0))
    return found


@pytest.mark.parametrize(
    ("layers", "shape", "pooling"),
    [
        (("conv_1",), (5, 4), "max"),
        (("conv_2", "conv_4", "conv_5"), (10, 8), "max"),
        (("relu_2", "relu_3"), (9, 7), "max"),
        (("relu_1", "conv_3"), (7, 6), "avg"),
    ],
)
def test_the_fused_chain_is_the_chain(
    network: Network, layers: tuple[str, ...], shape: tuple[int, int], pooling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(network, layers, shape, pooling, monkeypatch)


def compare(
    network: Network, layers: tuple[str, ...], shape: tuple[int, int], pooling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hold the fused chain to the plain one, losses and gradients, twice."""
    fused()
    monkeypatch.setattr(chain_module, "strip_limit", lambda device: None)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    there = losses(network, layers, shape, pooling)
    plain, ours = (kind(network, shape, there, pooling) for kind in (Chain, FusedChain))
    for _ in range(2):
        expected, exact = plain.loss_and_gradient(picture(*shape))
        exact = exact.clone()
        found, gradient = ours.loss_and_gradient(picture(*shape))
        assert {loss: float(value) for loss, value in found.items()} == pytest.approx(
            {loss: float(value) for loss, value in expected.items()}, rel=1e-5
        )
        assert torch.allclose(gradient, exact, rtol=1e-4, atol=1e-6 * float(exact.abs().max()))
    assert {loss: float(value) for loss, value in ours.losses(picture(*shape)).items()} == {
        loss: float(value) for loss, value in found.items()
    }


@pytest.mark.parametrize("pooling", ["max", "avg", "l2"])
@pytest.mark.parametrize("padding", [None, "replicate"])
def test_settings_that_the_kernels_do_not_know_fall_back(
    network: Network, pooling: str, padding: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(network.with_borders(padding, 0.78), ("conv_2", "conv_5"), (9, 10), pooling, monkeypatch)


def test_a_first_convolution_that_is_pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(0)
    layers = tuple((torch.randn(16, n, 3, 3, generator=generator) / 9, torch.zeros(16)) for n in (3, 16))
    weights = Weights(layers, torch.full((1, 3, 1, 1), 0.45))
    network = Network(Architecture("short", ((1, 16), (1, 16))), weights, torch.float32, DEVICE)
    compare(network, ("conv_1", "conv_2"), (7, 6), "max", monkeypatch)


def test_a_cpu_has_the_plain_chain(tiny: Network) -> None:
    assert not has_fused_kernels(torch.device("cpu"))
    assert type(make_chain(tiny, (8, 8), {})) is Chain


@pytest.mark.parametrize("dtype", [pytest.param(dtype, marks=GPU) for dtype in (torch.float32, torch.bfloat16)])
def test_a_gpu_has_the_fused_chain_and_it_is_the_plain_one(
    bundled_file: WeightsFile, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real network at an odd size; of two maxima that are all but equal, another may take the gradient."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    network, layers, shape = (
        shared_network("vgg19", bundled_file, dtype, "cuda:0"),
        ("conv_1", "conv_2", "conv_4", "conv_5"),
        (131, 98),
    )
    there = losses(network, layers, shape, "max")
    plain, ours = Chain(network, shape, there), make_chain(network, shape, there)
    assert type(ours) is FusedChain
    exact = plain.loss_and_gradient(picture(*shape))[1].clone()
    gradient = ours.loss_and_gradient(picture(*shape))[1]
    assert float((gradient - exact).norm() / exact.norm()) < (1e-3 if dtype == torch.float32 else 0.02)
