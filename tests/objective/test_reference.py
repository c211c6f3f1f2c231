"""The oracle against the written formula and against finite differences, in float64 on a tiny network."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from nst.networks.base.network import Vgg19
from nst.networks.base.weights import Weights
from nst.objective.losses import content_loss, gram, style_loss, total_variation
from nst.objective.reference import Reference
from nst.spec.signature import Spec

MakeSpec = Callable[..., Spec]
LOSSES = ("content", "style", "tv", "total")


def picture(seed: int, height: int = 8, width: int = 12) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def two_pixels() -> Vgg19:
    """Convolutions that look at the middle only: red and green pass, then their sum and twice their difference."""
    first, second = torch.zeros(2, 3, 3, 3), torch.zeros(2, 2, 3, 3)
    first[0, 0, 1, 1] = first[1, 1, 1, 1] = 1
    second[0, :, 1, 1] = 1
    second[1, 0, 1, 1], second[1, 1, 1, 1] = 2, -2
    zero = torch.zeros(2)
    return Vgg19(Weights(((first, zero), (second, zero)), torch.zeros(1, 3, 1, 1)), torch.float64)


def test_the_formula_on_two_pixels(make_spec: MakeSpec) -> None:
    """Content at conv_1, style at conv_2, by hand.

    Picture: red 1, 0.5; green 0, 0.5. conv_1 is [1, .5], [0, .5]; conv_2 is [1, 1], [2, 0].
    Content picture: all 0, so the content loss is (1 + .25 + 0 + .25) / 4 = 0.375.
    Style picture: red 1 and green 1 in one pixel: conv_2 is [2], [0]; its Gram matrix [[4, 0], [0, 0]] / (2 x 1).
    The picture's Gram matrix: [[2, 2], [2, 4]] / (2 x 2). Differences -1.5, .5, .5, 1: (2.25 + .25 + .25 + 1) / 4.
    Total variation: one row, so take two equal ones: down 0; right -.5, .5, 0 (blue): (.25 + .25) / 3.
    """
    row = torch.tensor([[1, 0.5], [0, 0.5], [0, 0]], dtype=torch.float64)
    ours = row[None, :, None, :].expand(1, 3, 2, 2)
    style = torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64).view(1, 3, 1, 1)
    spec = make_spec(
        content_layers=("conv_1",), style_layers=("conv_2",), content_weight=3.0, style_weight=5.0, tv_weight=7.0
    )
    found = Reference(spec, two_pixels(), torch.zeros_like(ours), style).losses(ours).values()
    assert found.content == pytest.approx(0.375, rel=1e-14)
    assert found.style == pytest.approx(3.75 / 4, rel=1e-14)
    assert found.tv == pytest.approx(0.5 / 3, rel=1e-14)
    assert found.total == pytest.approx(3 * 0.375 + 5 * 3.75 / 4 + 7 * 0.5 / 3, rel=1e-14)


def test_layers_are_summed_with_their_weights(make_spec: MakeSpec, tiny: Vgg19) -> None:
    ours, content, style = picture(0), picture(1), picture(2, 6, 9)
    spec = make_spec(
        **{"content_layers": ("conv_2", "relu_3"), "content_layer_weights": (0.5, 2.0), "content_weight": 10.0},
        **{"style_layers": ("conv_1", "conv_4"), "style_layer_weights": (3.0, 0.25), "style_weight": 100.0},
    )
    f, c, s = (tiny.features(p, ["conv_1", "conv_2", "relu_3", "conv_4"]) for p in (ours, content, style))
    content_sum = 0.5 * content_loss(f["conv_2"], c["conv_2"]) + 2 * content_loss(f["relu_3"], c["relu_3"])
    style_sum = 3 * style_loss(f["conv_1"], gram(s["conv_1"])) + style_loss(f["conv_4"], gram(s["conv_4"])) / 4
    found = Reference(spec, tiny, content, style).losses(ours).values()
    assert found.content == pytest.approx(content_sum.item(), rel=1e-13)
    assert found.style == pytest.approx(style_sum.item(), rel=1e-13)
    assert found.total == pytest.approx(10 * content_sum.item() + 100 * style_sum.item(), rel=1e-13)
    assert found.tv == 0


CASES: dict[str, dict[str, Any]] = {
    "content": {"style_weight": 0.0, "style_layers": (), "style": None, "init": "uniform"},
    "style": {"content_weight": 0.0, "content_layers": (), "content": None, "init": "uniform"},
    "content and tv": {"style_weight": 0.0, "style_layers": (), "style": None, "tv_weight": 0.7},
    "both": {"style_weight": 1e3},
    "both, average pooling": {"style_weight": 1e3, "pooling": "avg"},
    "all, weighted layers, after ReLUs": {
        **{"content_layers": ("conv_2", "relu_4"), "content_layer_weights": (0.3, 2.0)},
        **{"style_layers": ("relu_1", "conv_3", "conv_5"), "style_layer_weights": (3.0, 0.0, 0.5)},
        **{"style_weight": 1e3, "tv_weight": 0.7},
    },
    "tv leads": {"content_weight": 1e-6, "style_weight": 1e-6, "tv_weight": 1.0},
}


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_is_that_of_finite_differences(make_spec: MakeSpec, tiny: Vgg19, case: str) -> None:
    """Central differences of every pixel: their own error is about 1e-9 of the gradient at this step."""
    spec = make_spec(**CASES[case])
    objective = Reference(
        spec,
        tiny,
        picture(1, 4, 8) if spec.content_weight else None,
        picture(2, 5, 6) if spec.style_weight else None,
    )
    ours, step = picture(0, 4, 8), 1e-6
    losses, gradient = objective.loss_and_gradient(ours)
    numeric = torch.zeros_like(ours)
    with torch.no_grad():
        for i in range(ours.numel()):
            nudge = torch.zeros_like(ours).view(-1)
            nudge[i] = step
            up, down = (objective.losses(ours + sign * nudge.view_as(ours)).total for sign in (1, -1))
            numeric.view(-1)[i] = (up - down) / (2 * step)
    assert gradient.shape == ours.shape and gradient.dtype == torch.float64 and losses.total > 0
    assert (gradient - numeric).norm() / numeric.norm() < 1e-6


def test_a_pictures_own_targets_give_zero(make_spec: MakeSpec, tiny: Vgg19) -> None:
    ours = picture(0)
    losses, gradient = Reference(make_spec(), tiny, ours, ours).loss_and_gradient(ours)
    assert losses.values() == (0, 0, 0, 0)
    assert gradient.abs().max() == 0


def test_a_loss_that_is_off_is_zero(make_spec: MakeSpec, tiny: Vgg19) -> None:
    spec = make_spec(**CASES["content"])
    found = Reference(spec, tiny, picture(1), None).losses(picture(0)).values()
    assert found.style == found.tv == 0 and found.total == found.content > 0


def test_the_style_picture_may_have_any_shape(make_spec: MakeSpec, tiny: Vgg19) -> None:
    """Tiled 2 x 3 it has nearly the same Gram matrices; at conv_1 they differ at the seams only."""
    small, ours = picture(3, 40, 36), picture(0, 8, 12)
    spec = make_spec(**{**CASES["style"], "style_layers": ("conv_1",)})
    found = [Reference(spec, tiny, None, s).losses(ours).values().style for s in (small, small.repeat(1, 1, 2, 3))]
    assert found[0] == pytest.approx(found[1], rel=0.1)


def test_the_picture_is_left_alone(make_spec: MakeSpec, tiny: Vgg19) -> None:
    ours = picture(0)
    before = ours.clone()
    losses, gradient = Reference(make_spec(), tiny, picture(1), picture(2)).loss_and_gradient(ours)
    assert torch.equal(ours, before) and not ours.requires_grad
    assert not gradient.requires_grad and not any(getattr(losses, name).requires_grad for name in LOSSES)


def test_it_works_where_gradients_are_off(make_spec: MakeSpec, tiny: Vgg19) -> None:
    objective = Reference(make_spec(), tiny, picture(1), picture(2))
    with torch.no_grad():
        _, gradient = objective.loss_and_gradient(picture(0))
    assert torch.equal(gradient, objective.loss_and_gradient(picture(0))[1])


def test_total_variation_is_that_of_the_picture(make_spec: MakeSpec, tiny: Vgg19) -> None:
    ours = picture(0)
    spec = make_spec(tv_weight=2.0)
    found = Reference(spec, tiny, picture(1), picture(2)).losses(ours)
    assert found.tv == total_variation(ours)


def test_values_are_numbers_in_order(make_spec: MakeSpec, tiny: Vgg19) -> None:
    losses = Reference(make_spec(), tiny, picture(1), picture(2)).losses(picture(0))
    assert losses.values() == tuple(getattr(losses, name).item() for name in LOSSES)


def test_bf16_losses_and_gradients_are_float32_and_close(make_spec: MakeSpec, tiny_weights: Weights) -> None:
    """The gradient keeps its direction: features have 8 bits, so a few per cent."""
    ours, content, style = (picture(seed, 16, 24).float() for seed in range(3))
    exact, half = (
        Reference(make_spec(style_weight=1e3), Vgg19(tiny_weights, dtype), content, style).loss_and_gradient(ours)
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert half[1].dtype == torch.float32 and {getattr(half[0], name).dtype for name in LOSSES} == {torch.float32}
    assert half[0].total.item() == pytest.approx(exact[0].total.item(), rel=0.02)
    assert torch.cosine_similarity(half[1].flatten(), exact[1].flatten(), dim=0) > 0.995
