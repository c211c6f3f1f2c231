"""The objective with guides, masks and frozen pixels: the chain against plain autograd, and numbers by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import nst.objective.chain.chain as chain_module
from nst.networks.base.network import Network
from nst.objective.frozen import Frozen
from nst.objective.layer_losses import Statistic
from nst.objective.objective import Objective
from nst.objective.reference import Reference, bind
from nst.objective.targets import ChainTargets, PlainTargets
from nst.spec.records import Mask, Spec, Target, Term
from objective.pairs import picture

MakeSpec = Callable[..., Spec]
SHAPE = (17, 22)
DRAWN = Mask(("left",))
"""The records do not matter here, but that there is a mask; its image does."""


def soft(seed: int, height: int = SHAPE[0], width: int = SHAPE[1]) -> Image.Image:
    """A mask with black lines on all sides, one more on each, and greys between."""
    levels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    levels[:2], levels[-3:], levels[:, :1], levels[:, -4:] = 0, 0, 0, 0
    return Image.fromarray(levels)


def half(is_left: bool, height: int = SHAPE[0], width: int = SHAPE[1], edge: int = 12) -> Image.Image:
    levels = np.zeros((height, width), dtype=np.uint8)
    levels[:, slice(edge) if is_left else slice(edge, None)] = 255
    return Image.fromarray(levels)


def guided(make_spec: MakeSpec, layers: tuple[str, ...], **masks: bool) -> Spec:
    """A spec with two guides, the second of them with a part of its style, and with what else has a mask."""
    spec = make_spec(content_layers=("relu_2", "conv_4"), style_layers=layers, style_weight=1e3, tv_weight=0.3)
    content, style, tv = spec.terms
    theirs = Target(style.targets[0].picture, mask=DRAWN)
    return replace(
        spec,
        terms=(
            replace(content, mask=DRAWN if masks.get("content") else None),
            replace(style, name="guide_1", mask=DRAWN),
            replace(style, name="guide_2", mask=DRAWN, targets=(theirs,), weight=400.0),
            tv,
        ),
        freeze=DRAWN if masks.get("freeze") else None,
    )


def images() -> dict[str, Any]:
    return {
        "content": picture(1, *SHAPE),
        "content.mask": soft(5),
        "guide_1": picture(2, 13, 18),
        "guide_1.mask": half(True),
        "guide_2": picture(3, 16, 14),
        "guide_2.mask": soft(7),
        "guide_2.style_mask": soft(8, 16, 14),
    }


@pytest.mark.parametrize("propagation", [None, "inside"])
@pytest.mark.parametrize("strip_bytes", [600, 10**9])
def test_the_chain_equals_plain_autograd(
    propagation: str | None, strip_bytes: int, make_spec: MakeSpec, tiny: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two guides, a mask on the content, frozen pixels and total variation, to 1e-12, in strips and whole."""
    monkeypatch.setattr(chain_module, "strip_limit", lambda device: strip_bytes)
    spec, named = guided(make_spec, ("conv_1", "relu_2", "conv_3"), content=True), images()
    if propagation:
        first = replace(spec.terms[1], mask=replace(DRAWN, propagation=propagation))
        spec = replace(spec, terms=(spec.terms[0], first, *spec.terms[2:]))
    ours, mask = picture(0, *SHAPE), soft(9)
    chain = Objective(bind(spec.terms, named, ChainTargets(tiny, "max")), tiny, SHAPE)
    plain = Reference(bind(spec.terms, named, PlainTargets(tiny, "max")), tiny)
    (losses, gradient), (expected, exact) = (
        Frozen(each, mask, tiny.mean).loss_and_gradient(ours) for each in (chain, plain)
    )
    assert losses.flat().tolist() == pytest.approx(expected.flat().tolist(), rel=1e-12)
    assert (gradient - exact).norm() / exact.norm() < 1e-12 and exact.norm() > 0
    assert (gradient[0, :, np.asarray(mask) == 255] == 0).all()


def test_against_the_formula(make_spec: MakeSpec, tiny: Network) -> None:
    """Sum of m^2 f f' over C times the sum of m^2, minus the same of the style under its mask, squared and averaged."""
    spec, named, ours = guided(make_spec, ("conv_2",)), images(), picture(0, *SHAPE)

    def gram(of: Tensor, mask: Image.Image) -> Tensor:
        feature = tiny.features(of, ["conv_2"])["conv_2"][0].flatten(1)
        weights = torch.from_numpy(np.asarray(mask) / 255).flatten().square()
        return (feature * weights) @ feature.t() / (len(feature) * weights.sum())

    expected = gram(ours, named["guide_2.mask"]) - gram(named["guide_2"], named["guide_2.style_mask"])
    chain = Objective(bind(spec.terms, named, ChainTargets(tiny, "max")), tiny, SHAPE)
    found = chain.losses(ours).values(chain.names)
    assert found.terms["guide_2"] == pytest.approx(float(expected.square().mean()), rel=1e-12)


def test_a_region_moves_no_position_outside_it(make_spec: MakeSpec, tiny: Network) -> None:
    """At the first convolution a position sees its neighbours: one column more than the region has a gradient."""
    spec = guided(make_spec, ("conv_1",))
    named = images()
    terms = bind([spec.terms[1]], named, ChainTargets(tiny, "max"))
    gradient = Objective(terms, tiny, SHAPE).loss_and_gradient(picture(0, *SHAPE))[1]
    assert (gradient[..., 13:] == 0).all() and (gradient[..., :13] != 0).all()


def test_complementary_masks_make_up_the_whole(make_spec: MakeSpec, tiny: Network) -> None:
    """(n1 G1 + n2 G2) / (n1 + n2) = G for binary masks: 12 and 10 of 22 columns, which no pooling has cut."""
    term = guided(make_spec, ("conv_2",)).terms[1]

    def target(mask: Image.Image | None) -> Statistic:
        named = {"guide_1": picture(2, *SHAPE), "guide_1.mask": half(True), "guide_1.style_mask": mask}
        own = replace(term, targets=(replace(term.targets[0], mask=mask and DRAWN),))
        found: Statistic = bind([own], named, ChainTargets(tiny, "max"))[0].parts[0].loss.target
        return found

    for left, right, whole in zip(target(half(True)), target(half(False)), target(None), strict=True):
        assert torch.allclose((12 * left + 10 * right) / 22, whole, rtol=1e-12)


@pytest.mark.parametrize("grey", [1, 77, 255])
def test_a_uniform_mask_counts_as_none_to_the_bit(grey: int, make_spec: MakeSpec, tiny: Network) -> None:
    """On the result and on the style, of a guide and of the content."""
    spec = make_spec(content_layers=("conv_3",), style_layers=("conv_1", "conv_4"), style_weight=1e3)
    uniform = Image.new("L", (SHAPE[1], SHAPE[0]), grey)
    named: dict[str, Any] = {"content": picture(1, *SHAPE), "style": picture(2, *SHAPE)}
    named |= {"content.mask": uniform, "style.mask": uniform, "style.style_mask": uniform}
    terms = [replace(term, mask=DRAWN, targets=(replace(term.targets[0], mask=None),)) for term in spec.terms]
    terms[1] = replace(terms[1], targets=(replace(terms[1].targets[0], mask=DRAWN),))
    source, ours = ChainTargets(tiny, "max"), picture(0, *SHAPE)
    (losses, gradient), (expected, exact) = (
        Objective(bind(each, named, source), tiny, SHAPE).loss_and_gradient(ours.clone())
        for each in (terms, spec.terms)
    )
    assert torch.equal(losses.flat(), expected.flat()) and torch.equal(gradient, exact)


def test_a_term_goes_without_a_layer_at_which_its_mask_is_empty(make_spec: MakeSpec, tiny: Network) -> None:
    """Two of 22 columns are less than half of four; so the weight of the third layer is not counted."""
    spec = guided(make_spec, ("conv_1", "conv_3", "conv_5"))
    term: Term = replace(spec.terms[1], layer_weights=(2.0, 3.0, 4.0))
    named = {"guide_1": picture(2, *SHAPE), "guide_1.mask": half(True, edge=1)}
    (bound,) = bind([term], named, ChainTargets(tiny, "max"))
    assert [(part.layer, part.share) for part in bound.parts] == [("conv_1", 2.0), ("conv_3", 3.0)]


def test_inside_keeps_a_region_from_pixels_beyond_it(make_spec: MakeSpec, tiny: Network) -> None:
    """No position that counts sees a black pixel, so none of those has a gradient, at any depth."""
    term = replace(guided(make_spec, ("conv_2", "relu_3")).terms[1], mask=replace(DRAWN, propagation="inside"))
    mask = half(True, edge=14)
    terms = bind([term], {"guide_1": picture(2, *SHAPE), "guide_1.mask": mask}, ChainTargets(tiny, "max"))
    gradient = Objective(terms, tiny, SHAPE).loss_and_gradient(picture(0, *SHAPE))[1]
    assert [part.layer for part in terms[0].parts] == ["conv_2", "relu_3"]
    assert (gradient[..., 14:] == 0).all() and (gradient[..., 13] != 0).any()
