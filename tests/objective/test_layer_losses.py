"""Losses on one layer: their values and gradients by hand and against autograd, whole and in strips."""

import pytest
import torch
from torch import Tensor

from nst.objective.layer_losses import GRAM_ROWS, AutogradLoss, ContentLoss, LayerLoss, StyleLoss, add_products
from nst.objective.losses import content_loss, gram, style_loss
from nst.objective.strips import matrix


def feature(height: int, width: int, channels: int = 4, dtype: torch.dtype = torch.float64, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(1, channels, height, width, generator=generator, dtype=torch.float64)
    return drawn.to(dtype).contiguous(memory_format=torch.channels_last)


def evaluate(loss: LayerLoss, of: Tensor, strips: list[slice]) -> tuple[float, Tensor]:
    """As the chain does: begin, see the strips, value, gradients of the strips."""
    loss.begin(of)
    for strip in strips:
        loss.see(of[:, :, strip], strip)
    loss.close([of[:, :, strip] for strip in strips])
    value = loss.value()
    gradient = torch.zeros_like(of)
    for strip in strips:
        loss.add_gradient(gradient[:, :, strip], of[:, :, strip], strip)
    return float(value), gradient


def test_content_by_hand() -> None:
    """Differences 1 and 2: (1 + 4) / 2, gradient 2 d / 2, times the weight 3."""
    ours = torch.tensor([2.0, 4.0]).view(1, 1, 1, 2)
    value, gradient = evaluate(ContentLoss(torch.tensor([1.0, 2.0]).view(1, 1, 1, 2), 3.0), ours, [slice(0, 1)])
    assert value == 2.5 and gradient.flatten().tolist() == [3.0, 6.0]


def test_style_by_hand() -> None:
    """One channel 1, 3: G = 10 / 2 = 5, A = 4, loss 1; dG/df = f, so 2 (G - A) f: 2 and 6, times the weight 3."""
    ours = torch.tensor([1.0, 3.0]).view(1, 1, 1, 2)
    value, gradient = evaluate(StyleLoss(torch.tensor([[4.0]]), 3.0), ours, [slice(0, 1)])
    assert value == pytest.approx(1.0) and gradient.flatten().tolist() == pytest.approx([6.0, 18.0])


@pytest.mark.parametrize("strips", [[slice(0, 7)], [slice(0, 2), slice(2, 7)], [slice(0, 4), slice(4, 6), slice(6, 7)]])
def test_against_autograd_in_strips(strips: list[slice]) -> None:
    ours, theirs = feature(7, 5).requires_grad_(True), feature(7, 5, seed=1)
    for loss, expected in (
        (ContentLoss(theirs, 2.0), content_loss(ours, theirs)),
        (StyleLoss(gram(theirs), 2.0), style_loss(ours, gram(theirs))),
    ):
        (exact,) = torch.autograd.grad(2 * expected, ours)
        value, gradient = evaluate(loss, ours.detach(), strips)
        assert value == pytest.approx(float(expected.detach()), rel=1e-13)
        assert torch.allclose(gradient, exact, rtol=1e-12, atol=1e-15)


def test_gradients_are_added_to_what_is_there() -> None:
    loss, ours = ContentLoss(torch.zeros(1, 1, 1, 1), 1.0), torch.ones(1, 1, 1, 1)
    into = torch.full((1, 1, 1, 1), 5.0)
    loss.begin(ours)
    loss.add_gradient(into, ours, slice(0, 1))
    assert into.item() == 7.0


def test_an_autograd_loss_is_weighted_and_cut_in_strips() -> None:
    class Cubes(AutogradLoss):
        def forward(self, feature: Tensor) -> Tensor:
            return feature.pow(3).sum()

    ours = feature(4, 3)
    value, gradient = evaluate(Cubes(0.5), ours, [slice(0, 2), slice(2, 4)])
    assert value == pytest.approx(float(ours.pow(3).sum()))
    assert torch.allclose(gradient, 1.5 * ours.square())


@pytest.mark.parametrize("rows", [GRAM_ROWS - 1, GRAM_ROWS, 3 * GRAM_ROWS + 7])
def test_products_of_bf16_are_summed_in_float32(rows: int) -> None:
    """Numbers near 1 with a common offset: summed in bf16 the total would stick at a few hundred times its unit."""
    ours = (1 + feature(1, rows, dtype=torch.float32) / 100).bfloat16()
    found = add_products(None, ours)
    exact = matrix(ours).double().t() @ matrix(ours).double()
    assert float((found - exact).abs().max() / exact.max()) < 3e-3
    assert found.dtype == torch.float32
    twice = add_products(found.clone(), ours)
    assert torch.allclose(twice, 2 * found, rtol=1e-6)
