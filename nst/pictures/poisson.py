"""Solve the discrete Poisson equation on a region of the pixel grid, with its surroundings given."""

from collections.abc import Callable

import numpy as np
from scipy.fft import dstn, idstn
from scipy.sparse import csc_array, diags_array
from scipy.sparse.linalg import LinearOperator, cg, splu

LARGEST_DIRECT = 2**21
"""Pixels up to which the matrix is factorised, at about 11 s and 2 GiB a million; beyond, CG solves it."""


def solve(region: np.ndarray, right: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Return the (N, C) values x of the N pixels in `region`: 4 x[p] - sum of x[q] = right[p], q its neighbours there.

    region: (H, W) bool; right, guess: (N, C) float64, pixels in row-major order. The guess matters only to CG.
    """
    matrix = laplacian(region)
    if len(right) <= LARGEST_DIRECT:
        factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        return np.asarray(factors.solve(right))
    return _solve_iteratively(matrix, region, right, guess)


def laplacian(region: np.ndarray) -> csc_array:
    """Return the (N, N) matrix: 4 on the diagonal, -1 for neighbours in the (H, W) bool `region`."""
    count = int(region.sum())
    number = np.full(region.shape, -1, dtype=np.int32)
    number[region] = np.arange(count, dtype=np.int32)
    pairs = [_neighbours(number[:, :-1], number[:, 1:]), _neighbours(number[:-1], number[1:])]
    first, second = np.concatenate(pairs, axis=1)
    edges = csc_array((np.ones(len(first)), (first, second)), shape=(count, count))
    return (diags_array(np.full(count, 4.0)) - edges - edges.T).tocsc()


def _neighbours(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    both = (first >= 0) & (second >= 0)
    return np.stack([first[both], second[both]])


def _solve_iteratively(matrix: csc_array, region: np.ndarray, right: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Solve by conjugate gradients to a residual of 1e-5, about a hundredth of a level, a channel at a time."""
    preconditioner = LinearOperator(matrix.shape, matvec=_box_solver(region), dtype=np.float64)
    columns = []
    for channel in range(right.shape[1]):
        column, _ = cg(matrix, right[:, channel], x0=guess[:, channel], rtol=1e-5, maxiter=1000, M=preconditioner)
        columns.append(column)
    return np.stack(columns, axis=1)


def _box_solver(region: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a solver exact on the region's bounding box, by a sine transform: a preconditioner for the region."""
    rows, columns = np.nonzero(region.any(axis=1))[0], np.nonzero(region.any(axis=0))[0]
    inside = region[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    eigenvalues = np.add.outer(*(2 - 2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)) for n in inside.shape))

    def precondition(residual: np.ndarray) -> np.ndarray:
        box = np.zeros(inside.shape)
        box[inside] = residual.ravel()
        return np.asarray(idstn(dstn(box, type=1) / eigenvalues, type=1)[inside])

    return precondition
