"""Losses of sorted numbers: rows of projections, or of channels, each matched to the sorted row of a target.

`match` is fast: on a CPU, NumPy sorts float32 rows with their indices packed into the spare bits of float64, several
times faster than an argsort; elsewhere `torch.sort` is used. Nothing waits for a GPU.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nst.objective.layer_losses import WholeLoss
from nst.objective.strips import matrix, wide

BLOCK = 2**22
"""Numbers passed to `torch.sort` at a time: it needs several times their memory."""
PLACE = 2**29 - 1
"""Bits of a float64 that are 0 if it holds a float32: room for an index in the row."""
SERIAL = 2**16
"""With fewer numbers than this, threads cost more than they save."""


class SortedLoss(WholeLoss):
    """Mean squared difference, row by row, between sorted numbers and the quantiles of the target's sorted numbers.

    A row holds one number per position: the projection onto one of `directions`, or a channel. The target's numbers are
    held constant, so the gradient w.r.t. a number o with quantile r is 2 (o - r) / n, with n numbers in all.
    """

    sorted_target: Tensor | None = None
    axes: Tensor | None

    def directions(self, feature: Tensor) -> Tensor | None:
        """Return the directions (K, C) of the rows, in the type for sums; None for the channels themselves."""
        return None

    def is_fixed(self) -> bool:
        """Return whether `directions` are the same at each evaluation."""
        return True

    def distance(self, found: Tensor, target: Tensor) -> Tensor:
        axes = self.directions(found)
        ours, theirs = (matrix(each).t() if axes is None else axes @ matrix(each).t() for each in (found, target))
        return (ours.sort(1).values - quantiles(theirs.sort(1).values, ours.shape[1])).square().mean()

    def finish(self, strips: list[Tensor]) -> None:
        """Replace the rows by their differences; keep the quantiles for fixed directions in `sorted_target`."""
        axes = self.axes = self.directions(strips[0])
        self.rows = project(strips, axes)
        target = self.sorted_target
        if target is None or target.shape != self.rows.shape or not self.is_fixed():
            target = quantiles(sort(project([self.target], axes)), self.rows.shape[1])
        self.sorted_target = target if self.is_fixed() else None
        self.value = match(self.rows, target) / self.rows.numel()

    def backward(self, into: Tensor, rows: Tensor, strip: slice) -> None:
        width, scale = rows.shape[3], 2 * self.weight / self.rows.numel()
        difference, flat = self.rows[:, strip.start * width : strip.stop * width].t(), matrix(into)
        if self.axes is not None and flat.dtype == difference.dtype:
            flat.addmm_(difference, self.axes, alpha=scale)
        else:
            flat.add_(difference if self.axes is None else difference @ self.axes, alpha=scale)

    @classmethod
    def rows_of(cls, channels: int, settings: Any) -> int:
        """Return the number of rows."""
        return channels

    @classmethod
    def extra_numbers(cls, channels: int, positions: int, settings: Any) -> tuple[int, int]:
        """Count rows and sorted target; temporarily the target's own rows, its quantiles, and a block being sorted."""
        rows = cls.rows_of(channels, settings) * positions
        return 2 * rows, 2 * rows + 6 * min(rows, BLOCK)


def project(strips: list[Tensor], axes: Tensor | None) -> Tensor:
    """Return the rows (K, positions) of a feature given as strips (1, C, r, w)."""
    like, dtype = strips[0], wide(strips[0])
    count = sum(rows.shape[2] * rows.shape[3] for rows in strips)
    found = torch.empty(like.shape[1] if axes is None else len(axes), count, dtype=dtype, device=like.device)
    start = 0
    for rows in strips:
        flat = matrix(rows).to(dtype).t()
        into = found[:, start : start + flat.shape[1]]
        into.copy_(flat) if axes is None else torch.mm(axes, flat, out=into)
        start += flat.shape[1]
    return found


def quantiles(ordered: Tensor, count: int) -> Tensor:
    """Return `count` quantiles, at (i + 1/2) / count, of sorted rows (K, M); `ordered` itself if M is `count`.

    The M numbers of a row are its quantiles at (j + 1/2) / M, linear between them and constant beyond the outermost.
    """
    have = ordered.shape[1]
    if have == count:
        return ordered
    twice = (2 * torch.arange(count, device=ordered.device) + 1) * have - count  # 2 * count times the index in the row
    twice = twice.clamp(0, 2 * count * (have - 1))
    below = torch.div(twice, 2 * count, rounding_mode="floor")
    part = (twice - 2 * count * below).to(ordered.dtype) / (2 * count)
    return ordered[:, below].lerp_(ordered[:, (below + 1).clamp_max(have - 1)], part)


def sort(rows: Tensor) -> Tensor:
    """Sort rows in place; return them."""
    if _is_packable(rows):
        _each(lambda row: row.sort(), rows.numpy())
    else:
        for block in torch.split(rows, _block_rows(rows)):
            block.copy_(block.sort(1).values)
    return rows


def match(rows: Tensor, target: Tensor) -> Tensor:
    """Replace each number of rows (K, N) by its difference from the number of the same rank in the sorted `target`.

    Return the sum of squares, a scalar.
    """
    if _is_packable(rows):
        place = np.arange(rows.shape[1], dtype=np.int64)
        return rows.new_tensor(sum(_each(partial(_match_row, place), rows.numpy(), target.numpy())))
    total = rows.new_zeros(())
    blocks = (torch.split(each, _block_rows(rows)) for each in (rows, target))
    for block, ordered in zip(*blocks, strict=True):
        values, order = block.sort(1)
        difference = values.sub_(ordered)
        block.scatter_(1, order, difference)
        total = total + torch.linalg.vector_norm(difference).square()
    return total


def _match_row(place: np.ndarray[Any, Any], row: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> float:
    """Match one float32 row, exactly: no bit of its numbers is lost to the indices."""
    values = row.astype(np.float64)
    bits = values.view(np.int64)
    bits |= place
    values.sort()
    order = bits & PLACE
    bits &= ~PLACE
    values -= target
    row[order] = values
    values *= values
    return float(values.sum())


def _is_packable(rows: Tensor) -> bool:
    return rows.device.type == "cpu" and rows.dtype == torch.float32 and rows.shape[1] <= PLACE


def _each(function: Callable[..., Any], *arrays: np.ndarray[Any, Any]) -> list[Any]:
    """Call a function with each row of the arrays, in as many threads as PyTorch uses."""
    if arrays[0].size < SERIAL or torch.get_num_threads() == 1:
        return [function(*rows) for rows in zip(*arrays, strict=True)]
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        return list(pool.map(function, *arrays))


def _block_rows(rows: Tensor) -> int:
    return max(1, BLOCK // rows.shape[1])
