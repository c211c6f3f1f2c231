"""Clone a part of one picture into another seamlessly (Pérez, Gangnet, Blake: Poisson Image Editing, 2003)."""

from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy.fft import dstn, idstn
from scipy.sparse import csc_array, diags_array
from scipy.sparse.linalg import LinearOperator, cg, splu

from nst.errors import UserError, did_you_mean

MODES = ("poisson", "mixed")
INSIDE = 128
STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0))
Box = tuple[int, int, int, int]  # left, top, right, bottom
LARGEST_DIRECT = 2**21  # most pixels solved by factorisation, at 11 s and 2 GiB per million; more are solved by CG


def blend(
    source: Image.Image, mask: Image.Image, target: Image.Image, offset: tuple[int, int] = (0, 0), mode: str = "poisson"
) -> Image.Image:
    """Return `target` with the part of `source` under `mask` cloned into it, RGB, of the target's size.

    mask: of the source's size; grey of 128 and above is inside. offset: (x, y) in pixels of the source's upper left
    corner in the target; it may be negative, and the source may reach beyond the target. `poisson` keeps the source's
    gradients (Pérez et al., eq. 11), `mixed` the stronger of source and target at each pair of neighbours and in
    each channel (eq. 13). A pixel needs its four neighbours in both pictures, so the outermost pixels of either
    remain the target's. Raises `UserError` for another mode, a mask of another size, or nothing left to clone.
    """
    if mode not in MODES:
        raise UserError(f"no blend mode named {mode!r}{did_you_mean(mode, MODES)}")
    if mask.size != source.size:
        raise UserError(
            f"the blend mask is {_by(mask)} pixels and the source {_by(source)}: they must be of equal size"
        )
    source_box, box = _overlap(source, target, offset)
    region = _region(mask.crop(source_box), offset)
    ours, theirs = _levels(source.crop(source_box)), _levels(target.crop(box))
    values = solve(region, _right_side(ours, theirs, region, mode), theirs[region])
    result = np.array(target.convert("RGB"))
    result[box[1] : box[3], box[0] : box[2]][region] = np.rint(values.clip(0, 255)).astype(np.uint8)
    return Image.fromarray(result)


def ellipse_mask(width: int, height: int) -> Image.Image:
    """Return the largest ellipse in a `width` x `height` picture, mode L: 255 inside, 0 outside."""
    x = (2 * np.arange(width) + 1 - width) / width
    y = (2 * np.arange(height) + 1 - height) / height
    inside = np.add.outer(y**2, x**2) <= 1
    return Image.fromarray(np.where(inside, 255, 0).astype(np.uint8))


def _overlap(source: Image.Image, target: Image.Image, offset: tuple[int, int]) -> tuple[Box, Box]:
    """Return the rectangle in which the two overlap, in the source and in the target."""
    x, y = offset
    box = (max(x, 0), max(y, 0), min(x + source.width, target.width), min(y + source.height, target.height))
    if box[2] - box[0] < 3 or box[3] - box[1] < 3:
        raise UserError(f"the blend source ({_by(source)}) at offset {x},{y} lies outside the target ({_by(target)})")
    return (box[0] - x, box[1] - y, box[2] - x, box[3] - y), box


def _region(mask: Image.Image, offset: tuple[int, int]) -> np.ndarray:
    """Return the pixels to solve for, (h, w) bool; never on the rectangle's edge."""
    region = np.asarray(mask.convert("L")) >= INSIDE
    region[[0, -1], :] = region[:, [0, -1]] = False
    if not region.any():
        where = f"inside the target at offset {offset[0]},{offset[1]}"
        raise UserError(f"the blend mask has no pixel of {INSIDE} or more that falls {where}")
    return region


def _right_side(source: np.ndarray, target: np.ndarray, region: np.ndarray, mode: str) -> np.ndarray:
    """Return (N, 3): for each pixel of the region, its wanted differences from neighbours plus the known neighbours."""
    known = np.where(region[..., None], 0.0, target)
    total = np.zeros((int(region.sum()), 3))
    for step in STEPS:  # a shift gives each pixel its neighbour's value; the region has no pixel at the edge
        guidance, own = (picture - np.roll(picture, step, axis=(0, 1)) for picture in (source, target))
        if mode == "mixed":
            guidance = np.where(np.abs(own) > np.abs(guidance), own, guidance)
        total += (guidance + np.roll(known, step, axis=(0, 1)))[region]
    return total


def _levels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB")).astype(np.float64)


def _by(image: Image.Image) -> str:
    return f"{image.width} x {image.height}"


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
    first = np.concatenate([number[:, :-1], number[:-1]], axis=None)
    second = np.concatenate([number[:, 1:], number[1:]], axis=None)
    inside = (first >= 0) & (second >= 0)
    edges = csc_array((np.ones(int(inside.sum())), (first[inside], second[inside])), shape=(count, count))
    return (diags_array(np.full(count, 4.0)) - edges - edges.T).tocsc()


def _solve_iteratively(matrix: csc_array, region: np.ndarray, right: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Solve by conjugate gradients to a residual of 1e-5, about a hundredth of a level, a channel at a time."""
    preconditioner = LinearOperator(matrix.shape, matvec=_box_solver(region), dtype=np.float64)
    pairs = zip(right.T, guess.T, strict=True)
    found = [cg(matrix, each, x0=start, rtol=1e-5, maxiter=1000, M=preconditioner)[0] for each, start in pairs]
    return np.stack(found, axis=1)


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
