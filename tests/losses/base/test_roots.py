"""Roots of matrices: both ways against SciPy, on covariances like those of features, singular ones among them."""

import pytest
import scipy.linalg
import torch
from torch import Tensor

from nst.losses.base.roots import LEAST, _scales, by_eigenvalues, by_products, square_root

EPS = 1e-4


def covariance(channels: int, positions: int, seed: int = 0) -> Tensor:
    """Of features whose channels go together and differ in size by a factor of 30, and EPS on the diagonal."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(channels, channels, generator=generator, dtype=torch.float64)
    rows = torch.randn(positions, channels, generator=generator, dtype=torch.float64) @ mixing
    rows = (rows - rows.mean(0)) * torch.logspace(-1, 0.5, channels, dtype=torch.float64)
    return rows.t() @ rows / positions + EPS * torch.eye(channels, dtype=torch.float64)


@pytest.fixture(params=[(1, 3), (3, 1), (8, 200), (40, 12), (64, 4000)], ids=str)
def product(request: pytest.FixtureRequest) -> Tensor:
    """B^(1/2) A B^(1/2), as the Wasserstein distance has it; with fewer positions than channels A is singular."""
    root = square_root(covariance(*request.param, seed=1))
    return root @ covariance(*request.param) @ root


def test_a_square_root_by_hand() -> None:
    """(2, 1; 1, 2) has the eigenvalues 3 and 1 along (1, 1) and (1, -1): (sqrt3 + 1, sqrt3 - 1) / 2 are the numbers."""
    found = square_root(torch.tensor([[2.0, 1.0], [1.0, 2.0]], dtype=torch.float64))
    expected = torch.tensor([[3**0.5 + 1, 3**0.5 - 1], [3**0.5 - 1, 3**0.5 + 1]], dtype=torch.float64) / 2
    assert torch.allclose(found, expected, rtol=1e-14)


def test_a_singular_matrix_has_a_square_root() -> None:
    assert torch.equal(square_root(torch.diag(torch.tensor([4.0, 0.0, -1e-17]))), torch.diag(torch.tensor([2.0, 0, 0])))


def test_roots_by_hand() -> None:
    """diag(4, 9): the roots' trace is 2 + 3, the inverse root diag(1/2, 1/3)."""
    matrix = torch.diag(torch.tensor([4.0, 9.0], dtype=torch.float64))
    for trace, inverse in (by_eigenvalues(matrix, 1e-8), by_products(matrix)):
        assert float(trace) == pytest.approx(5, rel=1e-12)
        assert torch.allclose(inverse, torch.diag(torch.tensor([1 / 2, 1 / 3]).double()), atol=1e-12)


def test_both_against_scipy(product: Tensor) -> None:
    exact = torch.from_numpy(scipy.linalg.sqrtm(product.numpy())).real
    for trace, _ in (by_eigenvalues(product, EPS**2), by_products(product)):
        assert float(trace) == pytest.approx(float(exact.trace()), rel=1e-8)


def test_the_inverse_root_is_one(product: Tensor) -> None:
    """Z K Z = 1, as well as the condition of K allows."""
    condition = float(torch.linalg.cond(product))
    for _, inverse in (by_eigenvalues(product, EPS**2), by_products(product)):
        identity = torch.eye(len(product), dtype=torch.float64)
        assert (inverse @ product @ inverse - identity).norm() < 1e-14 * condition + 1e-6


def test_the_two_agree(product: Tensor) -> None:
    """In the traces, and in what Z K is: where K is 0 but for rounding, Z itself is anybody's guess."""
    (trace, inverse), (other, products) = by_eigenvalues(product, EPS**2), by_products(product)
    assert float(other) == pytest.approx(float(trace), rel=1e-9)
    assert ((products - inverse) @ product).norm() / (inverse @ product).norm() < 1e-7


def test_eigenvalues_are_not_below_the_least() -> None:
    """-1e-12, by rounding, counts as 1e-8."""
    trace, inverse = by_eigenvalues(torch.diag(torch.tensor([1.0, -1e-12], dtype=torch.float64)), 1e-8)
    assert float(trace) == pytest.approx(1.0001) and float(inverse[1, 1]) == pytest.approx(1e4)


@pytest.mark.parametrize("small", [1e-14, 1e-16, 0.0, -1e-16])
def test_products_stay_finite_for_eigenvalues_that_are_too_small(small: float) -> None:
    """They are damped: the root of each is at most that of `LEAST`, which is 3e-7."""
    trace, inverse = by_products(torch.diag(torch.tensor([1.0, 1.0, small], dtype=torch.float64)))
    assert float(trace) == pytest.approx(2, abs=2e-6) and inverse.isfinite().all()


def test_the_scales_bring_the_least_to_1() -> None:
    """As x -> s x (3 - (s x)^2) / 2 maps it, step by step; so stays all between it and 1."""
    numbers = torch.logspace(-0.5 * 13, 0, 1000, dtype=torch.float64)
    assert float(numbers[0]) == pytest.approx(LEAST**0.5)
    for scale in _scales():
        numbers = scale * numbers * (3 - (scale * numbers) ** 2) / 2
        assert numbers.min() > 0 and numbers.max() <= 1.2
    assert (numbers - 1).abs().max() < 1e-12
