"""The oracle against the written formula and against finite differences, in float64 on a tiny network; its terms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from conftest import TINY
from torch import Tensor

from nst.losses.gram import Loss as Gram
from nst.losses.mse import Loss as Mse
from nst.losses.tv import Loss as Tv
from nst.networks.base.architecture import Architecture
from nst.networks.base.network import Network
from nst.networks.base.torchvision import Weights
from nst.objective.layer_losses import LayerLoss, statistic
from nst.objective.objective import Objective
from nst.objective.reference import BoundTerm, Reference, bind
from nst.objective.targets import PlainTargets
from nst.spec.records import PictureFile, Spec, Target, Term
from objective.pairs import picture, reference

MakeSpec = Callable[..., Spec]
NAMES = ("content", "style", "tv")
A, B = PictureFile("a", "a"), PictureFile("b", "b")
STYLE = Term("style", "gram", 5.0, ("conv_2", "relu_3"), (0.5, 2.0), (Target(A),))


def two_pixels() -> Network:
    """Convolutions that look at the middle only: red and green pass, then their sum and twice their difference."""
    first, second = torch.zeros(2, 3, 3, 3), torch.zeros(2, 2, 3, 3)
    first[0, 0, 1, 1] = first[1, 1, 1, 1] = 1
    second[0, :, 1, 1] = 1
    second[1, 0, 1, 1], second[1, 1, 1, 1] = 2, -2
    zero = torch.zeros(2)
    return Network(
        Architecture("two", ((2, 2),)), Weights(((first, zero), (second, zero)), torch.zeros(1, 3, 1, 1)), torch.float64
    )


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
    found = reference(spec, two_pixels(), torch.zeros_like(ours), style).losses(ours).values(NAMES)
    assert found.terms["content"] == pytest.approx(0.375, rel=1e-14)
    assert found.terms["style"] == pytest.approx(3.75 / 4, rel=1e-14)
    assert found.terms["tv"] == pytest.approx(0.5 / 3, rel=1e-14)
    assert found.total == pytest.approx(3 * 0.375 + 5 * 3.75 / 4 + 7 * 0.5 / 3, rel=1e-14)


def test_layers_are_summed_with_their_weights(make_spec: MakeSpec, tiny: Network) -> None:
    ours, content, style = picture(0), picture(1), picture(2, 6, 9)
    spec = make_spec(
        **{"content_layers": ("conv_2", "relu_3"), "content_layer_weights": (0.5, 2.0), "content_weight": 10.0},
        **{"style_layers": ("conv_1", "conv_4"), "style_layer_weights": (3.0, 0.25), "style_weight": 100.0},
    )
    f, c, s = (tiny.features(p, ["conv_1", "conv_2", "relu_3", "conv_4"]) for p in (ours, content, style))
    content_sum = sum(w * Mse(c[k], 1.0).value_of(f[k]) for k, w in (("conv_2", 0.5), ("relu_3", 2.0)))
    style_sum = sum(w * Gram(statistic(s[k]), 1.0).value_of(f[k]) for k, w in (("conv_1", 3.0), ("conv_4", 0.25)))
    found = reference(spec, tiny, content, style).losses(ours).values(NAMES[:2])
    assert found.terms["content"] == pytest.approx(float(content_sum), rel=1e-13)
    assert found.terms["style"] == pytest.approx(float(style_sum), rel=1e-13)
    assert found.total == pytest.approx(10 * float(content_sum) + 100 * float(style_sum), rel=1e-13)


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
def test_the_gradient_is_that_of_finite_differences(make_spec: MakeSpec, tiny: Network, case: str) -> None:
    """Central differences of every pixel: their own error is about 1e-9 of the gradient at this step."""
    spec = make_spec(**CASES[case])
    objective = reference(
        spec,
        tiny,
        picture(1, 4, 8) if spec.term("content") else None,
        picture(2, 5, 6) if spec.term("style") else None,
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


def test_a_pictures_own_targets_give_zero(make_spec: MakeSpec, tiny: Network) -> None:
    ours = picture(0)
    losses, gradient = reference(make_spec(), tiny, ours, ours).loss_and_gradient(ours)
    assert losses.flat().tolist() == [0, 0, 0]
    assert gradient.abs().max() == 0


def test_a_loss_that_is_off_is_no_term(make_spec: MakeSpec, tiny: Network) -> None:
    objective = reference(make_spec(**CASES["content"]), tiny, picture(1), None)
    found = objective.losses(picture(0))
    assert objective.names == ("content",) and found.total == found.terms[0] > 0


def test_the_style_picture_may_have_any_shape(make_spec: MakeSpec, tiny: Network) -> None:
    """Tiled 2 x 3 it has nearly the same Gram matrices; at conv_1 they differ at the seams only."""
    small, ours = picture(3, 40, 36), picture(0, 8, 12)
    spec = make_spec(**{**CASES["style"], "style_layers": ("conv_1",)})
    found = [reference(spec, tiny, None, s).losses(ours).terms[0].item() for s in (small, small.repeat(1, 1, 2, 3))]
    assert found[0] == pytest.approx(found[1], rel=0.1)


def test_the_picture_is_left_alone(make_spec: MakeSpec, tiny: Network) -> None:
    ours = picture(0)
    before = ours.clone()
    losses, gradient = reference(make_spec(), tiny, picture(1), picture(2)).loss_and_gradient(ours)
    assert torch.equal(ours, before) and not ours.requires_grad
    assert not gradient.requires_grad and not losses.terms.requires_grad and not losses.total.requires_grad


def test_it_works_where_gradients_are_off(make_spec: MakeSpec, tiny: Network) -> None:
    objective = reference(make_spec(), tiny, picture(1), picture(2))
    with torch.no_grad():
        _, gradient = objective.loss_and_gradient(picture(0))
    assert torch.equal(gradient, objective.loss_and_gradient(picture(0))[1])


def test_total_variation_is_that_of_the_picture(make_spec: MakeSpec, tiny: Network) -> None:
    ours = picture(0)
    objective = reference(make_spec(tv_weight=2.0), tiny, picture(1), picture(2))
    found = objective.losses(ours).values(objective.names)
    assert found.terms["tv"] == Tv(1.0).distance(ours).item()


def test_values_are_numbers_in_order(make_spec: MakeSpec, tiny: Network) -> None:
    objective = reference(make_spec(tv_weight=2.0), tiny, picture(1), picture(2))
    losses = objective.losses(picture(0))
    found = losses.values(objective.names)
    assert list(found.terms) == list(NAMES) and list(found.terms.values()) == losses.terms.tolist()
    assert found.total == losses.total.item()


def test_bf16_losses_and_gradients_are_float32_and_close(make_spec: MakeSpec, tiny_weights: Weights) -> None:
    """The gradient keeps its direction: features have 8 bits, so a few per cent."""
    ours, content, style = (picture(seed, 16, 24).float() for seed in range(3))
    exact, half = (
        reference(make_spec(style_weight=1e3), Network(TINY, tiny_weights, dtype), content, style).loss_and_gradient(
            ours
        )
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert half[1].dtype == torch.float32 and half[0].flat().dtype == torch.float32
    assert half[0].total.item() == pytest.approx(exact[0].total.item(), rel=0.02)
    assert torch.cosine_similarity(half[1].flatten(), exact[1].flatten(), dim=0) > 0.995


def bound(term: Term, network: Network) -> BoundTerm:
    pictures = {term.name: picture(1, 9, 8), f"{term.name}[2]": picture(2, 7, 11)}
    return bind([term], pictures, PlainTargets(network, "max"))[0]


def gradient(terms: list[BoundTerm], network: Network) -> Tensor:
    return Objective(terms, network, (8, 12)).loss_and_gradient(picture(0))[1].clone()


def test_a_part_carries_its_weight(tiny: Network) -> None:
    """Weight 5 times layer weights 0.5 and 2; the term's own value has the layer weights alone."""
    found = bound(STYLE, tiny)
    assert (found.name, found.weight) == ("style", 5.0)
    parts = [(part.layer, part.share, part.loss.weight) for part in found.parts]
    assert parts == [("conv_2", 0.5, 2.5), ("relu_3", 2.0, 10.0)]


def test_two_styles_of_a_gram_loss_are_one_mixed_target(tiny: Network) -> None:
    """0.7 L(A) + 0.3 L(B) has the gradient of L(0.7 A + 0.3 B), at half the price."""
    mixed = bound(replace(STYLE, targets=(Target(A, 0.7), Target(B, 0.3))), tiny)
    assert len(mixed.parts) == 2
    first = bound(replace(STYLE, weight=0.7 * 5), tiny)
    pictures = {"style": picture(2, 7, 11)}
    second = bind([replace(STYLE, weight=0.3 * 5)], pictures, PlainTargets(tiny, "max"))[0]
    expected = gradient([first, second], tiny)
    assert (gradient([mixed], tiny) - expected).norm() / expected.norm() < 1e-12


def test_two_targets_of_another_loss_are_a_sum(tiny: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gram, "mixes", False)
    found = bound(replace(STYLE, targets=(Target(A, 0.7), Target(B, 0.3))), tiny)
    assert [part.share for part in found.parts] == pytest.approx([0.35, 0.15, 1.4, 0.6])
    assert all(isinstance(part.loss, LayerLoss) for part in found.parts)
    monkeypatch.setattr(Gram, "mixes", True)
    mixed = bound(replace(STYLE, targets=(Target(A, 0.7), Target(B, 0.3))), tiny)
    assert torch.allclose(gradient([found], tiny), gradient([mixed], tiny), rtol=1e-9)


def test_a_picture_loss_may_compare_with_a_picture(tiny: Network) -> None:
    """Its own picture is no loss; another one is, beside a loss at layers, in the chain as in the reference."""
    edges = Term("edges", "laplacian", 3.0, targets=(Target(B),), settings=(("pooling", 2),))
    pictures = {"style": picture(1, 9, 8), "edges": picture(4)}
    terms = bind([STYLE, edges], pictures, PlainTargets(tiny, "max"))
    assert Reference(terms, tiny).losses(picture(4)).terms[1] == 0 < Reference(terms, tiny).losses(picture(0)).terms[1]
    expected, exact = Reference(terms, tiny).loss_and_gradient(picture(0))
    found, ours = Objective(terms, tiny, (8, 12)).loss_and_gradient(picture(0))
    assert torch.allclose(found.flat(), expected.flat(), rtol=1e-12)
    assert (ours - exact).norm() / exact.norm() < 1e-12


def test_a_picture_loss_has_no_parts(tiny: Network) -> None:
    found = bound(Term("tv", "tv", 2.0), tiny)
    assert not found.parts and found.picture is not None and found.picture.weight == 2.0
