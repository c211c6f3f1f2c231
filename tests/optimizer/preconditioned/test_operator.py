"""With each filter, the operator is symmetric, positive, and passes nothing between pixels that move and held ones."""

import math

import pytest
import torch
from torch import Tensor

from nst.optimizer.pair_buffer import padded
from nst.optimizer.preconditioned.operator import FILTERS, Operator
from nst.spec.records import Preconditioner

SHAPES = [(4, 4), (5, 7), (6, 9), (16, 1), (3, 20)]
each_kind = pytest.mark.parametrize("kind", FILTERS)
each_shape = pytest.mark.parametrize("shape", SHAPES)
held_or_not = pytest.mark.parametrize("is_held", [False, True])


def vectors(shape: tuple[int, int], number: int = 2) -> Tensor:
    """Noise in every picture, zeros in the padding."""
    size = 3 * math.prod(shape)
    made = torch.zeros(number, padded(size), dtype=torch.float64)
    made[:, :size] = torch.randn(number, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return made


def operator_of(kind: str, shape: tuple[int, int], exponent: float = 1.0, is_held: bool = False) -> Operator:
    made = Operator(Preconditioner(kind, exponent), torch.zeros(1, 3, *shape, dtype=torch.float64))
    if is_held:
        made.held.copy_(torch.rand(1, 3, *shape, generator=torch.Generator().manual_seed(1)) < 0.4)
    return made


def applied(operator: Operator, vector: Tensor) -> Tensor:
    out = vector.clone()
    operator.apply(out)
    return out


@each_kind
@each_shape
@held_or_not
@pytest.mark.parametrize("exponent", [0.0, 0.5, 2.0])
def test_it_is_symmetric_and_positive(kind: str, shape: tuple[int, int], is_held: bool, exponent: float) -> None:
    operator, (a, b) = operator_of(kind, shape, exponent, is_held), vectors(shape)
    assert a.dot(applied(operator, b)).item() == pytest.approx(b.dot(applied(operator, a)).item(), rel=1e-9, abs=1e-9)
    assert a.dot(applied(operator, a)) > 0 and b.dot(applied(operator, b)) > 0


@each_kind
@each_shape
@held_or_not
def test_the_energy_is_the_product_with_the_vector(kind: str, shape: tuple[int, int], is_held: bool) -> None:
    operator, (a, _) = operator_of(kind, shape, 1.0, is_held), vectors(shape)
    assert operator.energy(a, torch.float64).item() == pytest.approx(a.dot(applied(operator, a)).item(), rel=1e-12)


@each_kind
@held_or_not
def test_with_exponent_0_it_is_the_identity(kind: str, is_held: bool) -> None:
    operator, (a, _) = operator_of(kind, (5, 7), 0.0, is_held), vectors((5, 7))
    torch.testing.assert_close(applied(operator, a), a, rtol=0, atol=1e-14)


@each_kind
def test_nothing_goes_from_or_to_pixels_that_are_held(kind: str) -> None:
    operator, (a, b) = operator_of(kind, (6, 9), 1.0, is_held=True), vectors((6, 9))
    held = torch.zeros_like(a, dtype=torch.bool)
    held[: 3 * 6 * 9] = operator.held.flatten()
    assert torch.equal(applied(operator, a)[held], a[held])
    changed = torch.where(held, b, a)
    assert torch.equal(applied(operator, changed)[~held], applied(operator, a)[~held])
    assert not torch.allclose(applied(operator, a)[~held], a[~held], atol=0.1)


@each_kind
def test_padding_stays_0(kind: str) -> None:
    assert not applied(operator_of(kind, (5, 7), is_held=True), vectors((5, 7))[0])[105:].any()


@each_kind
def test_channels_do_not_mix(kind: str) -> None:
    operator, green = operator_of(kind, (8, 8)), torch.zeros(padded(192), dtype=torch.float64)
    green[64:128] = vectors((8, 8))[0, 64:128]
    found = applied(operator, green)
    assert found[64:128].all() and not found[:64].any() and not found[128:].any()
