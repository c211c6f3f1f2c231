"""Weights in units of a power of two."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nst.engine import transfer
from nst.inputs import load_inputs, set_up
from nst.objective.reference import Evaluation
from nst.objective.unit import InUnits, unit_of, with_unit
from nst.spec.records import Adam, Lbfgs, Spec

FREE = Lbfgs(first_step=0.05)
OPTIMIZERS = [FREE, Lbfgs(first_step=0.05, clamp="none"), Adam(relative_epsilon=1e-8)]
Make = Callable[..., Spec]


def weighted(spec: Spec, *weights: float) -> Spec:
    terms = zip(spec.terms, weights, strict=True)
    return replace(spec, terms=tuple(replace(term, weight=weight) for term, weight in terms))


@pytest.mark.parametrize(
    ("content", "style", "unit"),
    [(1.0, 0.5, 1.0), (1.0, 1e6, 2.0**19), (3.0, 0.1, 2.0), (1e-30, 0.0, 2.0**-100), (0.0, 4.0, 4.0), (0.0, 0.0, 1.0)],
)
def test_the_largest_power_of_two_within_the_largest_weight(
    make_spec: Make, content: float, style: float, unit: float
) -> None:
    """2^19 = 524288 is at most 1e6, 2^-100 = 7.9e-31 at most 1e-30."""
    assert unit_of(weighted(make_spec(optimizer=FREE), content, style)) == unit


def test_weights_of_layers_count(make_spec: Make) -> None:
    """5 x 6 = 30 is 16 or more."""
    spec = weighted(make_spec(optimizer=FREE), 1.0, 5.0)
    layers = tuple(6.0 for _ in spec.terms[1].layers)
    assert unit_of(replace(spec, terms=(spec.terms[0], replace(spec.terms[1], layer_weights=layers)))) == 16


def test_one_for_rules_in_absolute_numbers(make_spec: Make) -> None:
    assert [unit_of(weighted(make_spec(optimizer=each), 1.0, 1e6)) for each in (Lbfgs(), Adam())] == [1, 1]


def test_weights_are_divided_by_it(make_spec: Make) -> None:
    spec = weighted(make_spec(optimizer=FREE), 3.0, 0.5)
    assert with_unit(spec, 2.0) == weighted(spec, 1.5, 0.25) and with_unit(spec, 1.0) is spec


def test_losses_stay_in_the_users_weights(make_spec: Make) -> None:
    """The same numbers as of the objective in absolute numbers; the gradient is 2^19 times smaller, to the bit."""
    free, plain = (weighted(make_spec(size=32, optimizer=each), 1.0, 1e6) for each in (FREE, Lbfgs()))
    (picture, ours), (_, theirs) = (set_up(spec, load_inputs(spec)) for spec in (free, plain))
    assert isinstance(ours, InUnits)
    (losses, gradient), (expected, steep) = ours.loss_and_gradient(picture), theirs.loss_and_gradient(picture)
    assert losses.values(ours.names) == expected.values(theirs.names)
    assert ours.losses(picture).values(ours.names).total == pytest.approx(expected.values(theirs.names).total, rel=1e-5)
    assert torch.equal(gradient * 2**19, steep)


def test_numbers_beyond_float32_are_told() -> None:
    """2^100 times 2^100 is no float32."""
    found = Evaluation(torch.ones(1), torch.tensor(2.0**100), 2.0**100).values(["style"])
    assert found.total == 2.0**200 and found.terms == {"style": 1.0}


def pictures(spec: Spec, factors: tuple[float, ...]) -> list[Tensor]:
    first, second = (term.weight for term in spec.terms)
    return [transfer(weighted(spec, first * factor, second * factor)).picture for factor in factors]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("init", ["content", "uniform"])
def test_a_power_of_two_in_all_weights_changes_no_bit(make_spec: Make, optimizer: Lbfgs | Adam, init: str) -> None:
    spec = make_spec(size=32, steps=6, optimizer=optimizer)
    spec = replace(
        spec, start=replace(spec.start, kind=init, picture=spec.start.picture if init == "content" else None)
    )
    one, *others = pictures(spec, (1.0, 2.0, 2.0**-99, 2.0**99))
    assert (
        all(torch.equal(one, other) for other in others) and float((one - load_inputs(spec).start).abs().max()) > 0.01
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_any_factor_changes_pictures_as_rounding_does(make_spec: Make, optimizer: Lbfgs | Adam) -> None:
    one, *others = pictures(make_spec(size=32, steps=4, optimizer=optimizer), (1.0, 3.0, 1e-30, 1e30))
    assert max(float((one - other).abs().max()) for other in others) < 1e-4


def test_rules_in_absolute_numbers_return_the_noise_of_a_weak_texture(make_spec: Make) -> None:
    """The first step of torch is at most the gradient, here far below a grey value."""
    spec = make_spec(size=32, steps=16)
    texture = weighted(
        replace(spec, terms=spec.terms[1:], start=replace(spec.start, kind="uniform", picture=None)), 1e-6
    )
    start = load_inputs(texture).start
    moved = [(transfer(replace(texture, optimizer=each)).picture - start).abs().max() for each in (Lbfgs(), FREE)]
    assert float(moved[0]) < 1 / 255 and float(moved[1]) > 0.1
