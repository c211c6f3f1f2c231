"""The compact direction equals the textbook's recursion, whatever pairs were kept, rejected or dropped."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nst.optimizer.history import History, two_loop
from nst.optimizer.pair_buffer import ALIGNMENT

CPU = torch.device("cpu")
OWN = ("vectors", "projections")
"""State that every offered pair writes, even a rejected one."""
Pair = tuple[Tensor, Tensor]


def empty(pairs: int, dtype: torch.dtype = torch.float64, stored: torch.dtype | None = None) -> History:
    return History(pairs, ALIGNMENT, dtype, stored or dtype, CPU)


def long(vector: Tensor) -> Tensor:
    return torch.nn.functional.pad(vector, (0, ALIGNMENT - len(vector)))


def direction(history: History, pair: Pair, gradient: Tensor, length: float = 1.0) -> Tensor:
    """Of a history that is offered a pair; the gradient before follows from the change."""
    out = torch.empty(ALIGNMENT, dtype=gradient.dtype)
    history.update(torch.stack([long(gradient), long(pair[1]), long(pair[0])]))
    history.direction(long(gradient), torch.tensor(length, dtype=torch.float64), out)
    assert not out[len(gradient) :].any()
    return out[: len(gradient)]


def vector(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def test_the_first_offer_is_of_zeros_and_the_direction_steepest_descent() -> None:
    zero = vector(0, 0)
    history = empty(3)
    assert torch.equal(direction(history, (zero, zero), vector(3, -4)), vector(-3, 4))
    assert torch.equal(direction(history, (zero, zero), vector(3, -4), 0.5), vector(-1.5, 2))


def test_one_pair() -> None:
    """As in the test of the recursion: -(2, 3)."""
    assert torch.equal(direction(empty(3), (vector(1, 0), vector(2, 0)), vector(4, 6)), vector(-2, -3))


@pytest.mark.parametrize("change", [vector(0, 5), vector(-1, 0), vector(1e-11, 0), vector(float("nan"), 0)])
def test_a_pair_without_curvature_changes_nothing(change: Tensor) -> None:
    history = empty(1)
    direction(history, (vector(1, 0), vector(2, 0)), vector(1, 1))
    before = {name: part.clone() for name, part in history.state_tensors().items() if name not in OWN}
    history.update(torch.stack([long(vector(4, 6)), long(change), long(vector(1, 0))]))
    assert all(torch.equal(part, before[name]) for name, part in history.state_tensors().items() if name not in OWN)
    zero = vector(0, 0)
    assert torch.equal(direction(history, (zero, zero), vector(4, 6)), vector(-2, -3))


@given(seed=st.integers(0, 10**6), pairs=st.integers(1, 5), signs=st.lists(st.booleans(), min_size=1, max_size=14))
def test_it_is_the_recursion_over_the_pairs_kept(seed: int, pairs: int, signs: list[bool]) -> None:
    """Six numbers; some pairs are turned round so that they have no curvature, more are offered than are kept."""
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(6, 6, dtype=torch.float64, generator=generator)
    history, kept, gradient = empty(pairs), [], torch.zeros(6, dtype=torch.float64)
    for sign in signs:
        s, noise = torch.randn(2, 6, dtype=torch.float64, generator=generator)
        y = (matrix @ (matrix.t() @ s) + s + 0.1 * noise) * (1 if sign else -1)
        gradient = gradient + y
        if y.dot(s) > 1e-10:
            kept = [*kept, (s, y)][-pairs:]
        expected = two_loop(gradient, kept)
        found = direction(history, (s, y), gradient)
        assert (found - expected).norm() <= 1e-9 * expected.norm()


def test_the_order_goes_round_the_places() -> None:
    """Three places for two pairs: the next pair takes the one that the oldest left."""
    history, order = empty(2), []
    for _ in range(4):
        order.append(history.order.tolist())
        direction(history, (vector(1, 0), vector(2, 1)), vector(1, 1))
    assert order == [[1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]]


def test_bfloat16_pairs_are_the_rounded_ones() -> None:
    """1 + 2^-9 is 1 in bfloat16, so the direction is that of the pair (1, 0), (2, 0)."""
    pair = (vector(1 + 2**-9, 0).float(), vector(2 + 2**-8, 0).float())
    found = direction(empty(2, torch.float32, torch.bfloat16), pair, vector(4, 6).float())
    assert torch.allclose(found, vector(-2, -3).float(), rtol=5e-3)


def test_a_reset_history_is_a_fresh_one() -> None:
    used, fresh, sequence, gradient = empty(2), empty(2), [], torch.zeros(6, dtype=torch.float64)
    for seed in range(7):
        s, noise = torch.randn(2, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        gradient = gradient + 3 * s + 0.2 * noise
        sequence.append(((s, 3 * s + 0.2 * noise), gradient))
    for pair, gradient in sequence:
        direction(used, pair, gradient)
    used.reset()
    for pair, gradient in sequence:
        assert torch.equal(direction(used, pair, gradient), direction(fresh, pair, gradient))


def test_the_recursion_without_pairs_is_the_steepest_descent() -> None:
    gradient = torch.tensor([3.0, -4.0])
    assert torch.equal(two_loop(gradient, []), -gradient)


def test_the_recursion_over_one_pair() -> None:
    """y's = 2, y'y = 4, scale 1/2; g loses 2 y = (4, 0), the rest (0, 6) is halved, and 2 s = (2, 0) comes back."""
    s, y = torch.tensor([1.0, 0.0]), torch.tensor([2.0, 0.0])
    assert torch.equal(two_loop(torch.tensor([4.0, 6.0]), [(s, y)]), torch.tensor([-2.0, -3.0]))


def test_the_recursion_over_pairs_that_span_the_space_is_newtons_step() -> None:
    """Conjugate steps on a quadratic with curvatures 2, 5 and 10: -A^-1 g."""
    curvatures = torch.tensor([2.0, 5.0, 10.0], dtype=torch.float64)
    pairs = [(s, curvatures * s) for s in torch.eye(3, dtype=torch.float64)]
    step = two_loop(torch.tensor([2.0, 10.0, -30.0], dtype=torch.float64), pairs)
    assert torch.allclose(step, torch.tensor([-1.0, -2.0, 3.0], dtype=torch.float64), rtol=0, atol=1e-15)


def test_the_recursion_meets_the_last_pair_exactly() -> None:
    """The secant equation: H y = s."""
    generator = torch.Generator().manual_seed(0)
    steps = torch.randn(4, 6, dtype=torch.float64, generator=generator)
    matrix = torch.randn(6, 6, dtype=torch.float64, generator=generator)
    pairs = [(s, matrix @ matrix.t() @ s + s) for s in steps]
    assert torch.allclose(two_loop(pairs[-1][1], pairs), -pairs[-1][0], rtol=0, atol=1e-12)
