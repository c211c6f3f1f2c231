import numpy as np
import pytest

from nst.pictures import poisson
from nst.pictures.poisson import laplacian, solve


def ragged_region() -> np.ndarray:
    region = np.random.default_rng(0).random((40, 30)) < 0.7
    region[20:22] = False
    return region


def test_laplacian_of_an_l_shape() -> None:
    region = np.array([[1, 0], [1, 1]], dtype=bool)
    assert laplacian(region).toarray().tolist() == [[4, -1, 0], [-1, 4, -1], [0, -1, 4]]


def test_rows_do_not_wrap_around() -> None:
    region = np.array([[0, 0, 1], [1, 0, 0]], dtype=bool)
    assert laplacian(region).toarray().tolist() == [[4, 0], [0, 4]]


@pytest.mark.parametrize("largest_direct", [10**9, 0])
def test_both_solvers_agree_with_a_dense_one(largest_direct: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poisson, "LARGEST_DIRECT", largest_direct)
    region = ragged_region()
    right = np.random.default_rng(1).normal(0, 50, (int(region.sum()), 3))
    expected = np.linalg.solve(laplacian(region).toarray(), right)
    assert np.abs(solve(region, right, np.zeros_like(right)) - expected).max() < 0.01


def test_the_sine_transform_is_exact_on_a_rectangle() -> None:
    region = np.zeros((9, 12), dtype=bool)
    region[2:7, 3:11] = True
    right = np.random.default_rng(2).normal(size=40)
    assert laplacian(region) @ poisson._box_solver(region)(right) == pytest.approx(right)
