"""The chain against its twin, plain autograd: any layers, poolings and shapes, in float64, float32 and bf16."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

import nst.objective.chain.chain as chain_module
from nst.networks import architecture
from nst.networks.base.network import Network
from nst.networks.base.network import network as shared_network
from nst.networks.base.torchvision import Weights
from nst.networks.base.weights import WeightsFile
from nst.objective.chain.chain import Chain
from nst.objective.layer_losses import WholeLoss
from nst.spec.records import Spec
from objective.pairs import both, picture

MakeSpec = Callable[..., Spec]
ROUNDING = 1e-6
"""Eight units in float32's last place: below it, which of two sums is nearer is chance."""
TINY_LAYERS = [f"{kind}_{number}" for number, kind in product(range(1, 6), ("conv", "relu"))]
PLACEMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "transfer": (("conv_4",), tuple(f"conv_{n}" for n in range(1, 6))),
    "content 1": (("conv_1",), ()),
    "content 3": (("conv_3",), ()),
    "content 5": (("conv_5",), ()),
    "content 7": (("conv_7",), ()),
    "style 1-3": ((), ("conv_1", "conv_2", "conv_3")),
    "style 4-6": ((), ("conv_4", "conv_5", "conv_6")),
    "style 7-8": ((), ("conv_7", "conv_8")),
    "gatys": (("relu_10",), ("relu_1", "relu_3", "relu_5", "relu_9", "relu_13")),
}
"""Every placement that the sweeps of the write-up use, and the paper's."""


def placed(make_spec: MakeSpec, content: tuple[str, ...], style: tuple[str, ...], **changes: Any) -> Spec:
    """A spec with losses at these layers; an empty placement is a loss that is off."""
    absent: dict[str, Any] = {} if content else {"content_weight": 0.0, "content": None}
    absent |= {} if style else {"style_weight": 0.0, "style": None}
    absent |= {"init": "uniform"}
    return make_spec(content_layers=content, style_layers=style, **{**absent, **changes})


def error(found: Tensor, exact: Tensor) -> float:
    return float((found.double() - exact.double()).norm() / exact.double().norm())


@given(
    content=st.lists(st.sampled_from(TINY_LAYERS), unique=True, max_size=3),
    style=st.lists(st.sampled_from(TINY_LAYERS), unique=True, max_size=5),
    pooling=st.sampled_from(["max", "avg", "l2"]),
    padding=st.sampled_from([None, "replicate"]),
    pooling_scale=st.sampled_from([None, 0.78, 2.0]),
    tv=st.sampled_from([0.0, 0.7]),
    height=st.integers(8, 23),
    width=st.integers(8, 23),
    strip_bytes=st.sampled_from([1, 1500, 4000, 10**9]),
    seed=st.integers(0, 9),
)
def test_any_mix_of_losses_in_float64(
    make_spec: MakeSpec,
    tiny: Network,
    content: list[str],
    style: list[str],
    pooling: str,
    padding: str | None,
    pooling_scale: float | None,
    tv: float,
    height: int,
    width: int,
    strip_bytes: int,
    seed: int,
) -> None:
    """Equal to 1e-12, in strips of any length."""
    assume(content or style)
    spec = placed(make_spec, tuple(content), tuple(style), pooling=pooling, tv_weight=tv, style_weight=1e3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_module, "strip_limit", lambda device: strip_bytes)
        network = tiny.with_borders(padding, pooling_scale)
        chain, reference = both(spec, network, picture(seed, height, width), picture(seed + 1, 11, 9))
    ours = picture(seed + 2, height, width)
    (losses, gradient), (expected, exact) = chain.loss_and_gradient(ours), reference.loss_and_gradient(ours)
    assert losses.flat().tolist() == pytest.approx(expected.flat().tolist(), rel=1e-12, abs=1e-15)
    assert error(gradient, exact) < 1e-12
    assert torch.equal(chain.losses(ours).flat(), losses.flat())


def test_equal_pixels_share_no_gradient_twice(make_spec: MakeSpec, tiny: Network) -> None:
    """In a flat picture all four pixels of a pooling are the largest; only the first passes the gradient on."""
    flat = torch.full((1, 3, 12, 12), 0.25, dtype=torch.float64)
    chain, reference = both(make_spec(), tiny, picture(0, 12, 12), picture(1, 12, 12))
    assert error(chain.loss_and_gradient(flat)[1], reference.loss_and_gradient(flat)[1]) < 1e-12


@pytest.mark.parametrize("pooling", ["max", "avg", "l2"])
@pytest.mark.parametrize("padding", [None, "replicate"])
@pytest.mark.parametrize("shape", [(37, 51), (64, 40)])
def test_every_pooling_and_padding_of_the_real_network(
    make_spec: MakeSpec, double_weights: Weights, pooling: str, padding: str | None, shape: tuple[int, int]
) -> None:
    """To 1e-10 in float64, in strips of few rows and at odd sizes."""
    real = Network(architecture("vgg19"), double_weights, torch.float64).with_borders(padding, 0.9)
    spec = placed(make_spec, ("relu_10",), ("conv_1", "relu_2", "conv_5", "conv_9"), pooling=pooling)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_module, "strip_limit", lambda device: 64 * 1024)
        chain, reference = both(spec, real, picture(1, *shape), picture(2, 33, 48))
    assert len(chain.chain.layers[0].strips) > 3
    (losses, gradient), (expected, exact) = (each.loss_and_gradient(picture(3, *shape)) for each in (chain, reference))
    assert losses.flat().tolist() == pytest.approx(expected.flat().tolist(), rel=1e-10)
    assert error(gradient, exact) < 1e-10
    narrow = Network(architecture("vgg19"), double_weights, torch.bfloat16).with_borders(padding, 0.9)
    half = both(spec, narrow, picture(1, *shape), picture(2, 33, 48))[0].loss_and_gradient(picture(3, *shape).float())
    assert torch.cosine_similarity(half[1].flatten().double(), exact.flatten(), dim=0) > 0.99


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_every_placement_of_the_sweeps(
    make_spec: MakeSpec, bundled_file: WeightsFile, double_weights: Weights, placement: str, pooling: str
) -> None:
    """The real network on 83 x 62 pixels: float64 to 1e-10, float32 as near as autograd, bf16 in direction."""
    spec = placed(make_spec, *PLACEMENTS[placement], pooling=pooling)
    pictures = [picture(seed, 83, 62) for seed in (1, 2)]
    ours = picture(3, 83, 62)
    chain, reference = both(spec, Network(architecture("vgg19"), double_weights, torch.float64), *pictures)
    exact = reference.loss_and_gradient(ours)[1]
    assert error(chain.loss_and_gradient(ours)[1], exact) < 1e-10
    chain, reference = both(spec, shared_network("vgg19", bundled_file, torch.float32, "cpu"), *pictures)
    autograd = error(reference.loss_and_gradient(ours.float())[1], exact)
    assert error(chain.loss_and_gradient(ours.float())[1], exact) <= max(2 * autograd, ROUNDING)
    chain, _ = both(spec, shared_network("vgg19", bundled_file, torch.bfloat16, "cpu"), *pictures)
    half = chain.loss_and_gradient(ours.float())[1]
    cosine = torch.cosine_similarity(half.flatten().double(), exact.flatten(), dim=0)
    depth = max(int(layer.split("_")[1]) for layer in spec.layers)
    assert cosine > (0.995 if depth <= 5 else 0.99)


@pytest.mark.parametrize("shape", [(333, 250), (250, 333)])
def test_odd_sizes_in_several_strips(make_spec: MakeSpec, bundled_file: WeightsFile, shape: tuple[int, int]) -> None:
    """Whole float32 features of these sizes are cut in strips; the twin knows none."""
    network = shared_network("vgg19", bundled_file, torch.float32, "cpu")
    chain, reference = both(make_spec(), network, picture(1, *shape), picture(2, 120, 100))
    ours = picture(3, *shape, torch.float32)
    (losses, gradient), (expected, exact) = chain.loss_and_gradient(ours), reference.loss_and_gradient(ours)
    assert len(chain.chain.layers[0].strips) > 1
    assert losses.flat().tolist() == pytest.approx(expected.flat().tolist(), rel=1e-5)
    assert error(gradient, exact) < 2e-4


def test_calls_do_not_disturb_each_other(make_spec: MakeSpec, tiny: Network) -> None:
    """Two chains of different shapes, in turns, share their working memory and nothing else."""
    one, _ = both(make_spec(), tiny, picture(0, 16, 12), picture(1, 9, 9))
    two, _ = both(make_spec(), tiny, picture(2, 10, 22), picture(3, 9, 9))
    first = one.loss_and_gradient(picture(4, 16, 12))[1].clone()
    two.loss_and_gradient(picture(5, 10, 22))
    assert torch.equal(one.loss_and_gradient(picture(4, 16, 12))[1], first)


class Brightness(WholeLoss):
    """How far the mean of a feature is from a target."""

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        return (found.mean() - target).square()


@pytest.mark.parametrize("layer", ["conv_3", "relu_5"])
def test_a_loss_of_ones_own_needs_only_its_distance(tiny: Network, layer: str) -> None:
    loss = Brightness(torch.ones(()), 3.0)
    values, gradient = Chain(tiny, (13, 10), {layer: [loss]}).loss_and_gradient(picture(0, 13, 10))
    ours = picture(0, 13, 10).requires_grad_(True)
    expected = (tiny.features(ours, [layer])[layer].mean() - 1).square()
    (exact,) = torch.autograd.grad(3 * expected, ours)
    assert float(values[loss]) == pytest.approx(float(expected.detach()), rel=1e-13)
    assert error(gradient, exact) < 1e-12


def test_depth_is_that_of_the_deepest_loss(tiny: Network) -> None:
    assert [layer.number for layer in Chain(tiny, (8, 8), {"conv_3": [Brightness(torch.ones(()), 1.0)]}).layers] == [
        1,
        2,
        3,
    ]


def test_features_of_the_pass_are_forgotten(make_spec: MakeSpec, tiny: Network) -> None:
    chain, _ = both(make_spec(), tiny, picture(0, 16, 16), picture(1, 8, 8))
    chain.loss_and_gradient(picture(2, 16, 16))
    assert all(not layer.activations for layer in chain.chain.layers)


def test_without_any_loss_the_gradient_is_zero_every_time(tiny: Network) -> None:
    chain = Chain(tiny, (6, 5), {})
    for _ in range(2):
        values, gradient = chain.loss_and_gradient(picture(0, 6, 5))
        assert not values and not gradient.any()
        gradient.add_(1)  # as total variation does
