"""Local brightness and contrast of pictures, and how far they vary from seed to seed."""

from collections.abc import Sequence

import numpy as np

from nst.statements.pixels import Array, luma

BLOCK = 32
"""Pixels of a block's side: more than the 24 that conv_5 (conv3_1) sees, so that its mean does not depend on where one
stroke lies."""


def blocks(picture: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation of the luma of each whole block of `BLOCK` x `BLOCK` pixels, in levels.

    Blocks start at the upper left; a side below `BLOCK` is one block.
    """
    grey = luma(picture)
    rows, columns = (max(1, side // BLOCK) for side in grey.shape)
    high, wide = (min(BLOCK, side) for side in grey.shape)
    cut = grey[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    return cut.mean(axis=(1, 3)).ravel(), cut.std(axis=(1, 3)).ravel()


def spread(values: Sequence[Array]) -> float:
    """Return the root of the variance over seeds, averaged over blocks; `values`: of the blocks, for each seed."""
    variance = np.var(np.stack(values), axis=0, ddof=1)
    return float(np.sqrt(variance.mean()))
