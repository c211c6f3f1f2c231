"""Factors at the start of a run: strengths equal to Gram's, shares equal to the weights, constant until the end."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from conftest import picture_file
from torch import Tensor

from nst import colours, losses
from nst.engine import transfer
from nst.errors import UserError
from nst.inputs import load_inputs
from nst.objective.balance import Factors, fits, measure_factors, with_factors
from nst.objective.layer_losses import Statistic, StatisticLoss, WholeLoss
from nst.objective.objective import build_objective
from nst.optimizer.checkpoint import Checkpoint
from nst.optimizer.loop import Progress
from nst.spec.records import Mask, Spec, Start, Term
from nst.spec.schema import Config
from nst.spec.terms.balance import balance
from nst.store.record import write_result
from nst.store.store import Store

MakeSpec = Callable[..., Spec]
LAYERS, WEIGHTS = ("conv_1", "conv_3", "relu_4"), (1.0, 0.5, 2.0)


class PerPosition(StatisticLoss):
    """The Gram loss with sums over positions divided by h w, not C h w: C^2 times as large."""

    mixes = True
    version = 1

    def distance(self, found: Statistic, target: Statistic) -> Tensor:
        return (found.moment - target.moment).square().mean()


class Means(WholeLoss):
    """Squared differences of the channels' means."""

    version = 1

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        return (found.mean((2, 3)) - target.mean((2, 3))).square().sum()


class Flat(WholeLoss):
    """A loss that no picture changes."""

    version = 1

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        return (0 * found).sum()


@pytest.fixture(autouse=True)
def other_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(losses.PLUGINS.added, "per_position", PerPosition)
    monkeypatch.setitem(losses.PLUGINS.added, "means", Means)


def balanced(make_spec: MakeSpec, kind: str | None, loss: str = "gram", **changes: object) -> Spec:
    """A spec of 32 pixels in float64 whose style loss is `loss`, with three layers of different weights."""
    given = {"style_layers": LAYERS, "style_layer_weights": WEIGHTS, "size": 32, "steps": 4, "precision": "fp64"}
    spec = make_spec(**{**given, **changes})
    terms = tuple(replace(term, loss=loss) if term.name == "style" else term for term in spec.terms)
    return replace(spec, terms=terms, balance=kind)


def factors(spec: Spec) -> Factors:
    inputs = load_inputs(spec)
    found = measure_factors(spec, inputs.pictures, inputs.start)
    assert found is not None
    return found


def strength(spec: Spec, term: Term) -> float:
    """Root mean square of a term's own gradient at the start, by the plain objective of that term alone."""
    inputs = load_inputs(spec)
    alone = replace(spec, terms=(replace(term, weight=1.0),), start=Start("uniform"), balance=None)
    shape = (inputs.start.shape[2], inputs.start.shape[3])
    gradient = build_objective(alone, "fp64", inputs.pictures, shape).loss_and_gradient(inputs.start.double())[1]
    return float(gradient.square().mean().sqrt())


def style(spec: Spec) -> Term:
    term = spec.term("style")
    assert term is not None
    return term


def test_without_it_nothing_changes(make_spec: MakeSpec) -> None:
    spec = balanced(make_spec, None)
    inputs = load_inputs(spec)
    assert measure_factors(spec, inputs.pictures, inputs.start) is None
    assert with_factors(spec, None) is spec
    assert transfer(spec).balance is None


def test_total_makes_a_loss_as_strong_as_gram(make_spec: MakeSpec) -> None:
    spec = balanced(make_spec, "total", "means")
    found = factors(spec)
    assert set(found) == {"style"} and len(set(found["style"].values())) == 1
    weighed, gram = with_factors(spec, found), balanced(make_spec, None)
    assert strength(weighed, style(weighed)) == pytest.approx(strength(gram, style(gram)), rel=1e-9)


@pytest.mark.parametrize("loss", ["gram", "per_position", "means"])
def test_shares_of_layers_are_those_of_their_weights(make_spec: MakeSpec, loss: str) -> None:
    spec = balanced(make_spec, "layers", loss)
    weighed = with_factors(spec, factors(spec))
    term = style(weighed)
    found = [
        strength(weighed, replace(term, layers=(layer,), layer_weights=(weight,)))
        for layer, weight in zip(term.layers, term.layer_weights, strict=True)
    ]
    gram = balanced(make_spec, None)
    whole = strength(gram, style(gram))
    assert found == pytest.approx([whole * weight / sum(WEIGHTS) for weight in WEIGHTS], rel=1e-6)


@pytest.mark.parametrize(("kind", "layers"), [("total", LAYERS[1:2]), ("layers", LAYERS)])
def test_another_normaliser_of_gram_gives_the_same_run(make_spec: MakeSpec, kind: str, layers: tuple[str, ...]) -> None:
    changes = {"style_layers": layers, "style_layer_weights": WEIGHTS[: len(layers)], "steps": 6}
    gram, other = (transfer(balanced(make_spec, kind, loss, **changes)) for loss in ("gram", "per_position"))
    assert torch.allclose(gram.picture, other.picture, atol=1e-6)
    assert gram.metrics.losses.total == pytest.approx(other.metrics.losses.total, rel=1e-4)


def test_total_of_gram_is_gram_to_the_bit(make_spec: MakeSpec) -> None:
    plain, found = (transfer(balanced(make_spec, kind, precision="fp32")) for kind in (None, "total"))
    assert torch.equal(plain.picture, found.picture) and plain.metrics == found.metrics
    assert found.balance == {"style": dict.fromkeys(LAYERS, 1.0)}


def test_a_style_start_has_factors_of_1(make_spec: MakeSpec) -> None:
    """Both gradients are 0 there, but for rounding. The pictures are square: the start is the style, not a crop."""
    content, style = picture_file("brick"), picture_file("astronaut")
    for kind in ("total", "layers"):
        spec = balanced(make_spec, kind, "means", init="style", content=content, style=style, precision="fp32")
        assert factors(spec) == {"style": dict.fromkeys(LAYERS, 1.0)}


def test_gradients_of_0_leave_the_factor_1(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(losses.PLUGINS.added, "flat", Flat)
    for kind in ("total", "layers"):
        assert factors(balanced(make_spec, kind, "flat")) == {"style": dict.fromkeys(LAYERS, 1.0)}


@pytest.mark.parametrize(("mask", "middle"), [(None, 1.0), (Mask(("left",)), 4 / 3.5)])
def test_a_layer_that_a_mask_leaves_empty_gets_the_mean_of_the_others(
    make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch, mask: Mask | None, middle: float
) -> None:
    """Of 8 / 3.5 / 1 and 8 / 3.5 / 4: at a later size it may not be empty."""
    own = {"conv_1": 1.0, "conv_3": 0.0, "relu_4": 4.0}
    monkeypatch.setattr(
        "nst.objective.balance._Gradients.of",
        lambda _, term: 8.0 if term.loss == "gram" else own[term.layers[0]],
    )
    spec = balanced(make_spec, "layers", "means")
    spec = replace(spec, terms=tuple(replace(term, mask=mask) for term in spec.terms))
    expected = {"conv_1": 8 / 3.5, "conv_3": middle, "relu_4": 2 / 3.5}
    assert factors(spec)["style"] == pytest.approx(expected)


def test_a_layer_of_weight_0_stays_off(make_spec: MakeSpec) -> None:
    spec = balanced(make_spec, "layers", "means", style_layer_weights=(1.0, 0.0, 1.0))
    assert style(with_factors(spec, factors(spec))).layer_weights[1] == 0


def test_strength_is_that_of_the_gradient_that_the_optimizer_sees(make_spec: MakeSpec) -> None:
    """With luminance alone, the projected one."""
    spec = replace(balanced(make_spec, "total", "means"), colours="luminance")
    inputs = load_inputs(spec)
    found = measure_factors(spec, inputs.pictures, inputs.start, colours.optimised)
    assert found == transfer(replace(spec, scales=(replace(spec.scales[0], steps=1),))).balance
    assert found != measure_factors(spec, inputs.pictures, inputs.start)


def test_content_and_picture_losses_have_no_factor(make_spec: MakeSpec) -> None:
    spec = balanced(make_spec, "layers", "means", tv_weight=3.0)
    spec = replace(spec, terms=(*spec.terms, replace(style(spec), name="second", loss="gram")))
    weighed = with_factors(spec, found := factors(spec))
    assert list(found) == ["style", "second"]
    assert [weighed.term(name) for name in ("content", "tv")] == [spec.term(name) for name in ("content", "tv")]


def test_the_total_is_the_weighted_sum_of_the_losses_with_their_factors(make_spec: MakeSpec) -> None:
    spec = balanced(make_spec, "total", "means", steps=2, precision="fp32")
    result = transfer(spec)
    terms, total = result.metrics.losses
    assert total == pytest.approx(sum(term.weight * terms[term.name] for term in spec.terms), rel=1e-6)
    assert result.trace[0].total_loss == pytest.approx(spec.terms[1].weight * result.trace[0].losses["style"], rel=1e-6)
    inputs = load_inputs(spec)
    shape = (inputs.start.shape[2], inputs.start.shape[3])
    plain = build_objective(replace(spec, balance=None), "fp32", inputs.pictures, shape)
    bare = plain.losses(inputs.start).values(plain.names).terms["style"]
    assert result.balance is not None
    assert result.trace[0].losses["style"] == pytest.approx(bare * result.balance["style"]["conv_1"], rel=1e-5)


def test_a_resumed_run_keeps_its_factors(make_spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not measure them again, and ends bit-equal to the uninterrupted run."""
    spec = balanced(make_spec, "layers", "means", steps=7, precision="fp32")
    kept: list[Checkpoint] = []

    def keep(found: Checkpoint) -> None:
        state = {name: tensor.clone() for name, tensor in found.state.items()}
        run_state = replace(found.run_state, trace=[*found.run_state.trace], durations=[*found.run_state.durations])
        best = run_state.best_picture
        run_state.best_picture = None if best is None else best.clone()
        kept.append(replace(found, picture=found.picture.clone(), state=state, run_state=run_state))

    def at_three(progress: Progress) -> Callable[[Checkpoint], None] | None:
        return keep if progress.evaluation == 3 else None

    whole = transfer(spec, callback=at_three)
    (checkpoint,) = kept
    assert checkpoint.balance == whole.balance is not None
    monkeypatch.setattr("nst.engine.measure_factors", None)
    resumed = transfer(spec, resume=checkpoint)
    assert torch.equal(resumed.picture, whole.picture)
    assert (resumed.balance, resumed.metrics) == (whole.balance, whole.metrics)


def test_factors_are_recorded(make_spec: MakeSpec, store: Store) -> None:
    from nst.store.provenance import now

    spec = balanced(make_spec, "total", "means", steps=1, precision="fp32")
    result = transfer(spec)
    folder: Path = write_result(store, spec, result, now()).parent
    assert json.loads((folder / "metrics.json").read_text())["balance_factors"] == result.balance


@pytest.mark.parametrize(
    ("found", "is_right"),
    [
        ({"style": dict.fromkeys(LAYERS, 2.0)}, True),
        (None, False),
        ({}, False),
        ({"style": {"conv_1": 2.0}}, False),
        ({"style": dict.fromkeys(LAYERS, 0.0)}, False),
        ({"style": dict.fromkeys(LAYERS, float("nan"))}, False),
        ({"style": dict.fromkeys(LAYERS, "2")}, False),
        ({"style": 3}, False),
    ],
)
def test_factors_of_a_file_are_checked(make_spec: MakeSpec, found: object, is_right: bool) -> None:
    assert fits(found, balanced(make_spec, "total")) is is_right


def test_a_run_without_balance_has_no_factors(make_spec: MakeSpec) -> None:
    assert fits(None, balanced(make_spec, None)) and not fits({}, balanced(make_spec, None))


def test_without_a_style_loss_there_is_nothing_to_balance(make_spec: MakeSpec) -> None:
    content = [term for term in make_spec().terms if term.name == "content"]
    assert balance(Config(balance="none"), content) is None
    with pytest.raises(UserError, match="^balance=total: no style loss to balance; give style_weight"):
        balance(Config(balance="total"), content)
