"""Terms bound to pictures: what each layer compares with, and several pictures of one term."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nst.losses.gram import Loss as Gram
from nst.networks.base.network import Network
from nst.objective.layer_losses import LayerLoss
from nst.objective.objective import Objective
from nst.objective.targets import PlainTargets
from nst.objective.terms import BoundTerm, bind
from nst.spec.records import PictureFile, Target, Term
from objective.pairs import picture

A, B = PictureFile("a", "a"), PictureFile("b", "b")
STYLE = Term("style", "gram", 5.0, ("conv_2", "relu_3"), (0.5, 2.0), (Target(A),))


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


def test_a_picture_loss_has_no_parts(tiny: Network) -> None:
    found = bound(Term("tv", "tv", 2.0), tiny)
    assert not found.parts and found.picture is not None and found.picture.weight == 2.0
