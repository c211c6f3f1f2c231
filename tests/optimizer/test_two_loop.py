"""The textbook's recursion, on numbers small enough for paper."""

import torch

from nst.optimizer.two_loop import two_loop


def test_without_pairs_it_is_the_steepest_descent() -> None:
    gradient = torch.tensor([3.0, -4.0])
    assert torch.equal(two_loop(gradient, []), -gradient)


def test_one_pair() -> None:
    """y's = 2, y'y = 4, scale 1/2; g loses 2 y = (4, 0), the rest (0, 6) is halved, and 2 s = (2, 0) comes back."""
    s, y = torch.tensor([1.0, 0.0]), torch.tensor([2.0, 0.0])
    assert torch.equal(two_loop(torch.tensor([4.0, 6.0]), [(s, y)]), torch.tensor([-2.0, -3.0]))


def test_pairs_that_span_the_space_make_newtons_step() -> None:
    """Conjugate steps on a quadratic with curvatures 2, 5 and 10: -A^-1 g."""
    curvatures = torch.tensor([2.0, 5.0, 10.0], dtype=torch.float64)
    pairs = [(s, curvatures * s) for s in torch.eye(3, dtype=torch.float64)]
    step = two_loop(torch.tensor([2.0, 10.0, -30.0], dtype=torch.float64), pairs)
    assert torch.allclose(step, torch.tensor([-1.0, -2.0, 3.0], dtype=torch.float64), rtol=0, atol=1e-15)


def test_the_last_pair_is_met_exactly() -> None:
    """The secant equation: H y = s."""
    generator = torch.Generator().manual_seed(0)
    steps = torch.randn(4, 6, dtype=torch.float64, generator=generator)
    matrix = torch.randn(6, 6, dtype=torch.float64, generator=generator)
    pairs = [(s, matrix @ matrix.t() @ s + s) for s in steps]
    assert torch.allclose(two_loop(pairs[-1][1], pairs), -pairs[-1][0], rtol=0, atol=1e-12)
