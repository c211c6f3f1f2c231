"""Several targets of a loss that mixes: one target and a constant are the sum of losses, against plain autograd."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nst.losses.gram import Loss as Gram
from nst.networks.base.network import Network
from nst.objective.layer_losses import Statistic
from nst.objective.objective import Objective
from nst.objective.reference import BoundTerm, Reference, bind
from nst.objective.targets import ChainTargets, PlainTargets
from nst.spec.records import PictureFile, Target, Term
from objective.pairs import picture

LAYERS, WEIGHTS = ("conv_2", "relu_3"), (0.5, 2.0)
STYLE = Term("style", "gram", 5.0, LAYERS, WEIGHTS)
PICTURES = {"style": picture(1, 9, 8), "style[2]": picture(2, 7, 11), "style[3]": picture(3, 10, 10)}


def term(*shares: float) -> Term:
    return replace(STYLE, targets=tuple(Target(PictureFile("x", str(n)), share) for n, share in enumerate(shares)))


def chain(network: Network, shares: tuple[float, ...], pictures: dict[str, Tensor] = PICTURES) -> Objective:
    return Objective(bind([term(*shares)], pictures, ChainTargets(network, "max")), network, (8, 12))


def test_five_is_four_and_one() -> None:
    """One channel, G = 0, A = 1 and 3, shares 1/2: (1 + 9) / 2 = 5; against the mean 4, and the constant 1."""
    statistics = [Statistic(torch.zeros(1), torch.tensor([[moment]])) for moment in (0.0, 1.0, 3.0, 2.0)]
    ours, first, second, mean = statistics
    mixed = Gram(mean, 1.0)
    assert mixed.distance(ours, mean) == 4
    assert mixed.spread([(first, 0.5), (second, 0.5)]) == 1
    assert 0.5 * mixed.distance(ours, first) + 0.5 * mixed.distance(ours, second) == 5


def gram(feature: Tensor) -> Tensor:
    rows = feature.flatten(2)[0]
    return rows @ rows.t() / feature.numel()


@pytest.mark.parametrize("shares", [(0.7, 0.3), (0.5, 0.25, 0.25)])
def test_chain_and_reference_report_the_sum_of_losses(tiny: Network, shares: tuple[float, ...]) -> None:
    ours = picture(0).requires_grad_(True)
    found = tiny.features(ours, LAYERS)
    expected = torch.zeros((), dtype=torch.float64)
    for share, style in zip(shares, PICTURES.values(), strict=False):
        theirs = tiny.features(style, LAYERS)
        for layer, weight in zip(LAYERS, WEIGHTS, strict=True):
            expected = expected + share * weight * (gram(found[layer]) - gram(theirs[layer])).square().mean()
    (slope,) = torch.autograd.grad(5 * expected, ours)
    fast = chain(tiny, shares)
    slow = Reference(bind([term(*shares)], PICTURES, PlainTargets(tiny, "max")), tiny)
    assert len(fast.terms[0].parts) == 2 and fast.terms[0].constant > 0.01 * expected.item()
    for objective in (fast, slow):
        losses, gradient = objective.loss_and_gradient(ours.detach())
        assert losses.terms[0].item() == pytest.approx(expected.item(), rel=1e-11)
        assert losses.total.item() == pytest.approx(5 * expected.item(), rel=1e-11)
        assert objective.losses(ours.detach()).total.item() == pytest.approx(5 * expected.item(), rel=1e-11)
        assert (gradient - slope).norm() / slope.norm() < 1e-11


def test_the_order_is_irrelevant_and_a_style_twice_is_that_style(tiny: Network) -> None:
    def flat(objective: Objective) -> Tensor:
        losses, gradient = objective.loss_and_gradient(picture(0))
        return torch.cat([losses.flat(), gradient.flatten()])

    first, second = PICTURES["style"], PICTURES["style[2]"]
    turned = chain(tiny, (0.3, 0.7), {"style": second, "style[2]": first})
    assert torch.allclose(flat(chain(tiny, (0.7, 0.3))), flat(turned), rtol=1e-10, atol=0)
    twice = chain(tiny, (0.5, 0.5), {"style": first, "style[2]": first})
    assert torch.allclose(flat(twice), flat(chain(tiny, (1.0,))), rtol=1e-6)


def test_a_single_target_adds_nothing(tiny: Network) -> None:
    found = chain(tiny, (1.0,))
    assert found.constants is None and found.terms[0].constant == 0


def test_a_loss_that_does_not_mix_is_a_sum_of_parts(tiny: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = chain(tiny, (0.7, 0.3)).losses(picture(0)).total
    monkeypatch.setattr(Gram, "mixes", False)
    found = chain(tiny, (0.7, 0.3))
    term: BoundTerm = found.terms[0]
    assert [part.share for part in term.parts] == pytest.approx([0.35, 0.15, 1.4, 0.6]) and term.constant == 0
    assert found.losses(picture(0)).total.item() == pytest.approx(mixed.item(), rel=1e-11)
