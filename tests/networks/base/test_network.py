"""The chain: features before and after the ReLU, with the requested pooling, depth and precision."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from conftest import TINY as TABLE
from torch import Tensor

import nst.networks.base.network as module
from nst.networks.base.architecture import Architecture
from nst.networks.base.network import Network, network
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile

TINY = [f"conv_{n}" for n in range(1, 6)]


@pytest.fixture
def picture() -> Tensor:
    return torch.rand(1, 3, 12, 20, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture
def convolutions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of input channels of every convolution that is computed."""
    seen: list[int] = []
    real = F.conv2d

    def spy(h: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        seen.append(h.shape[1])
        return real(h, *args, **kwargs)

    monkeypatch.setattr(module.F, "conv2d", spy)
    return seen


def test_a_picture_of_the_mean_colour_leaves_the_bias(tiny: Network) -> None:
    """It is 0 once the mean is off, inside and in the padding."""
    flat = tiny.mean.expand(1, 3, 5, 7)
    bias = tiny.layers[0][1].view(1, -1, 1, 1)
    assert torch.equal(tiny.features(flat, ["conv_1"])["conv_1"], bias.expand(1, -1, 5, 7))


def test_relu_n_is_conv_n_without_its_negative_part(tiny: Network, picture: Tensor) -> None:
    found = tiny.features(picture, ["conv_2", "relu_2", "relu_5", "conv_5"])
    assert set(found) == {"conv_2", "relu_2", "relu_5", "conv_5"}
    for n in (2, 5):
        assert (found[f"conv_{n}"] < 0).any()
        assert torch.equal(found[f"relu_{n}"], found[f"conv_{n}"].clamp(min=0))


@pytest.mark.parametrize(("pooling", "pool"), [("max", F.max_pool2d), ("avg", F.avg_pool2d)])
def test_a_new_block_sees_the_pooled_one_before(tiny: Network, picture: Tensor, pooling: str, pool: Any) -> None:
    found = tiny.features(picture, ["relu_2", "conv_3", "relu_3", "conv_4"], pooling)
    third, fourth = tiny.layers[2], tiny.layers[3]
    assert torch.allclose(found["conv_3"], F.conv2d(pool(found["relu_2"], 2), *third, padding=1), atol=1e-12)
    assert torch.allclose(found["conv_4"], F.conv2d(found["relu_3"], *fourth, padding=1), atol=1e-12)


def test_l2_pooling_is_the_root_of_the_sum_of_squares() -> None:
    """A window of 1, 2, 2, 4 gives 5, and the gradient x / 5; a window of zeros gives 0 without a gradient."""
    windows = torch.tensor([[1.0, 2, 0, 0], [2, 4, 0, 0]]).view(1, 1, 2, 4).requires_grad_(True)
    pooled = module.POOLINGS["l2"](windows, 2)
    pooled.sum().backward()
    assert pooled.tolist() == [[[[5.0, 0.0]]]]
    assert windows.grad is not None
    assert windows.grad.flatten().tolist() == pytest.approx([0.2, 0.4, 0, 0, 0.4, 0.8, 0, 0])


@pytest.mark.parametrize(("pooling", "scale", "expected"), [("max", 1.0, 1.0), ("avg", 2.0, 2.0), ("l2", 0.78, 1.56)])
def test_a_constant_of_1_is_pooled_to(pooling: str, scale: float, expected: float) -> None:
    """The factors of crowsonkb's style-transfer-pytorch; the second convolution passes its input on."""
    passing = torch.zeros(1, 1, 3, 3)
    passing[0, 0, 1, 1] = 1
    first = (torch.zeros(1, 3, 3, 3), torch.ones(1))
    weights = Weights((first, (passing, torch.zeros(1))), torch.zeros(1, 3, 1, 1))
    network = Network(Architecture("two", ((1, 1), (1, 1))), weights).with_borders(pooling_scale=scale)
    found = network.features(torch.rand(1, 3, 6, 4), ["relu_2"], pooling)["relu_2"]
    assert found.flatten().tolist() == pytest.approx([expected] * 6)


def test_a_constant_picture_is_constant_to_the_border_only_if_edges_are_replicated(tiny: Network) -> None:
    white = torch.ones(1, 3, 5, 6, dtype=torch.float64)
    zeros, replicated = (
        network.features(white, ["conv_1"])["conv_1"] for network in (tiny, tiny.with_borders("replicate"))
    )
    assert torch.allclose(replicated, replicated[:, :, 2:3, 2:3].expand_as(replicated), rtol=1e-12)
    assert torch.equal(zeros[:, :, 1:-1, 1:-1], replicated[:, :, 1:-1, 1:-1])
    assert not torch.allclose(zeros[:, :, 0], replicated[:, :, 0], rtol=1e-2)


def test_borders_share_the_weights_and_leave_the_network_as_it_is(tiny: Network) -> None:
    other = tiny.with_borders("replicate", 2.0)
    assert other.layers is tiny.layers and other.adjoint(2) is tiny.adjoint(2)
    assert (tiny.replicates, tiny.pooling_scale) == (False, None)
    assert tiny.with_borders(None, None) is tiny


def test_shapes_shrink_by_the_reduction(tiny: Network, picture: Tensor) -> None:
    shapes = [tuple(feature.shape) for feature in tiny.features(picture, TINY).values()]
    assert shapes == [(1, 4, 12, 20), (1, 4, 12, 20), (1, 6, 6, 10), (1, 6, 6, 10), (1, 8, 3, 5)]


@pytest.mark.parametrize(
    ("layers", "count"),
    [(["conv_1"], 1), (["relu_2", "conv_1"], 2), (["conv_4"], 4), (["relu_5", "conv_3"], 5), ([], 0)],
)
def test_it_stops_at_the_deepest_layer(
    tiny: Network, picture: Tensor, convolutions: list[int], layers: list[str], count: int
) -> None:
    assert set(tiny.features(picture, layers)) == set(layers)
    assert len(convolutions) == count


def test_the_real_one_stops_too(bundled: Network, convolutions: list[int]) -> None:
    bundled.features(torch.rand(1, 3, 16, 16), ["conv_3", "conv_1"])
    assert convolutions == [3, 64, 64]


def test_features_of_the_real_network_are_of_order_one(bundled: Network) -> None:
    """Simonyan's network keeps its scale; a wrong order of channels or a wrong unit would show here."""
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    for feature in bundled.features(picture, [f"relu_{n}" for n in range(1, 17)]).values():
        assert 0.01 < feature.mean() < 100


def test_bf16_stays_close_to_fp32(bundled_file: WeightsFile, bundled: Network) -> None:
    half = network("vgg19", bundled_file, torch.bfloat16, "cpu")
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    layers = ["conv_1", "conv_4", "conv_8"]
    ours, exact = half.features(picture, layers), bundled.features(picture, layers)
    for layer in layers:
        assert ours[layer].dtype == torch.bfloat16
        error = (ours[layer].float() - exact[layer]).norm() / exact[layer].norm()
        assert error < 0.02, layer


def test_in_bf16_the_picture_enters_the_first_convolution_unrounded(tiny_weights: Weights) -> None:
    """Near white bfloat16 has steps of 1/256: 0.997 and 0.9975 would be one colour."""
    half, full = Network(TABLE, tiny_weights, torch.bfloat16), Network(TABLE, tiny_weights)
    assert torch.tensor(0.997).bfloat16() == torch.tensor(0.9975).bfloat16()
    light, lighter = (torch.full((1, 3, 4, 4), value) for value in (0.997, 0.9975))
    assert torch.equal(
        half.features(light, ["conv_1"])["conv_1"], full.features(light, ["conv_1"])["conv_1"].bfloat16()
    )
    black_point = Weights(tuple((w, b * 0) for w, b in tiny_weights.layers), torch.full((1, 3, 1, 1), 0.997))
    step = Network(TABLE, black_point, torch.bfloat16).features(lighter, ["conv_1"])["conv_1"]
    assert step.abs().max() > 0


def test_float64_is_float64_throughout(tiny: Network, picture: Tensor) -> None:
    assert {feature.dtype for feature in tiny.features(picture, TINY).values()} == {torch.float64}
    narrow = tiny.features(picture.float(), ["conv_5"])["conv_5"]
    assert narrow.dtype == torch.float64


def test_a_network_is_built_once(bundled_file: WeightsFile, bundled: Network) -> None:
    assert network("vgg19", bundled_file, torch.float32, "cpu") is bundled
