"""Square roots of symmetric positive definite matrices, by eigenvalues or, in a CUDA graph, by products alone.

The two are twins: both return a `Root`, and they agree to within the precision of the matrix's type.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

STEPS = 22
"""Steps of Newton's iteration; 20 are enough for eigenvalues down to `LEAST` times the matrix's norm."""
LEAST = 1e-13
LARGEST_SCALE = 1.6977
"""Largest scale of a step: beyond about 1.73 the largest eigenvalues would turn negative."""


class Root(NamedTuple):
    """For a matrix K, the trace of K^(1/2) and the inverse K^(-1/2)."""

    trace: Tensor
    inverse: Tensor


def square_root(matrix: Tensor) -> Tensor:
    """Return the symmetric square root of a matrix; eigenvalues that rounding made negative count as 0."""
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.t()
    return root


def by_eigenvalues(matrix: Tensor, least: float) -> Root:
    """Return the root of a matrix whose eigenvalues are at least `least`, up to rounding."""
    values, vectors = torch.linalg.eigh(matrix)
    roots = values.clamp(min=least).sqrt()
    return Root(roots.sum(), (vectors / roots) @ vectors.t())


def by_products(matrix: Tensor) -> Root:
    """Return the root by the coupled Newton-Schulz iteration: matrix products alone, without synchronising.

    Each step is scaled according to what `LEAST` has become by then (Chen and Chow, 2014), which halves the number of
    steps; smaller eigenvalues are damped. The matrix should be in float64: in float32 rounding makes it indefinite.
    """
    norm = torch.linalg.matrix_norm(matrix)
    identity = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
    root, inverse = matrix / norm, identity
    for scale in _scales():
        step = torch.addmm(identity, inverse, root, beta=1.5 * scale, alpha=-0.5 * scale**3)
        root, inverse = root @ step, step @ inverse
    return Root(root.trace() * norm.sqrt(), inverse / norm.sqrt())


def _scales() -> list[float]:
    """Return the scale of each step, the largest that keeps eigenvalues between the least one and 1."""
    least, scales = math.sqrt(LEAST), []
    for _ in range(STEPS):
        scales.append(min(LARGEST_SCALE, math.sqrt(3 / (1 + least + least**2))))
        scaled = scales[-1] * least
        least = scaled * (3 - scaled**2) / 2
    return scales
