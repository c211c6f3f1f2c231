"""Store pairs of long vectors in one block of memory, and compute the two products that an L-BFGS step needs.

Each product reads the buffer once and is bound by memory bandwidth. Vectors may be stored in bfloat16, in half the
memory; they are widened a block of columns at a time, never all at once, and summed in the wide type.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

ALIGNMENT = 1024
"""Vectors are padded with zeros to a multiple of this, so that they can be cut into equal blocks."""

BLOCKS = 64
"""Columns are multiplied in this many blocks, which fills a GPU, is faster on a CPU, and sums more precisely."""

WIDENED = 16384
"""Columns of bfloat16 that are widened at a time on a CPU: 13 MB for 200 vectors."""


def padded(size: int) -> int:
    """Return the number of columns of a buffer for vectors of `size` numbers."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def products(rows: Tensor, probe: Tensor, exact: torch.dtype) -> Tensor:
    """Return the inner products (n) of `rows` (n, columns) with `probe` (columns), blocks summed in `exact`."""
    blocks = rows.view(len(rows), BLOCKS, -1).permute(1, 2, 0)
    return torch.bmm(probe.view(BLOCKS, 1, -1), blocks).sum((0, 1), dtype=exact)


class PairBuffer:
    """`groups` groups of two vectors each, of `columns` numbers (a multiple of `ALIGNMENT`); zeros at first.

    `wide` is the type of all other vectors, `stored` that of these. Groups are written in ascending order of slots. On
    a CPU only those written so far are read; elsewhere all are, so that a recorded CUDA graph stays valid.
    """

    def __init__(self, groups: int, columns: int, wide: torch.dtype, stored: torch.dtype, device: torch.device) -> None:
        self.wide = wide
        self.vectors = torch.zeros(groups, 2, columns, dtype=stored, device=device)
        self.growing = device.type == "cpu"
        self.used = 0 if self.growing else groups
        widened = min(WIDENED, columns) if stored != wide else 0
        self.widened = torch.empty(2 * groups, widened, dtype=wide, device=device)

    def reset(self) -> None:
        self.vectors[: self.used].zero_()
        self.used = 0 if self.growing else len(self.vectors)

    def write(self, place: Tensor, first: Tensor, second: Tensor) -> None:
        """Write a group to slot `place`, a tensor of one int64."""
        self.used = min(self.used + 1, len(self.vectors))
        self.vectors[:, 0].index_copy_(0, place, first[None].to(self.vectors.dtype))
        self.vectors[:, 1].index_copy_(0, place, second[None].to(self.vectors.dtype))

    def products(self, probe: Tensor, exact: torch.dtype, member: int | None = None) -> Tensor:
        """Return the inner products (groups, 2) of all vectors with `probe` (columns), summed in `exact`.

        With `member` 0 or 1, those (groups) of the first or second vector of each group.
        """
        rows = self._rows(member)
        shape = self.vectors.shape[:2] if member is None else self.vectors.shape[:1]
        result = torch.zeros(shape, dtype=exact, device=probe.device)
        found = result[: self.used].view(-1)
        if rows.dtype == self.wide:
            found.copy_(products(rows, probe, exact))
        elif rows.is_cuda:
            found.copy_(_narrow_products(rows, probe, exact))
        else:
            for place, part in self._widen(rows):
                found += part.mv(probe[place])
        return result

    def weighted_sum(self, weights: Tensor, out: Tensor, member: int | None = None) -> None:
        """Write the sum of all vectors, weighted by `weights` (groups, 2), to `out` (columns).

        With `member` 0 or 1, that of the first or second vector of each group, weighted by `weights` (groups).
        """
        rows, factors = self._rows(member), weights[: self.used].flatten().to(self.wide)
        if rows.dtype != self.wide and rows.is_cuda:
            torch.sum(torch.mm(_split(factors), rows, out_dtype=torch.float32), 0, out=out)
        elif rows.dtype != self.wide:
            for place, part in self._widen(rows):
                torch.mv(part.t(), factors, out=out[place])
        elif self.growing:
            blocks = rows.view(len(rows), BLOCKS, -1).transpose(0, 1)
            torch.bmm(factors.expand(BLOCKS, 1, -1), blocks, out=out.view(BLOCKS, 1, -1))
        else:
            torch.mv(rows.t(), factors, out=out)

    def _rows(self, member: int | None) -> Tensor:
        used = self.vectors[: self.used]
        return used.flatten(0, 1) if member is None else used[:, member]

    def _widen(self, rows: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Yield blocks of columns in the wide type with their slices; each is valid until the next."""
        for start in range(0, rows.shape[1], WIDENED):
            part = rows[:, start : start + WIDENED]
            place = slice(start, start + part.shape[1])
            yield place, self.widened[: len(rows), : part.shape[1]].copy_(part)


def _narrow_products(rows: Tensor, probe: Tensor, exact: torch.dtype) -> Tensor:
    """Return the `products` of bfloat16 rows with a float32 probe, on the matrix units of a GPU."""
    blocks = rows.view(len(rows), BLOCKS, -1).transpose(0, 1)
    parts = _split(probe).view(2, BLOCKS, -1).permute(1, 2, 0)
    return torch.bmm(blocks, parts, out_dtype=torch.float32).sum((0, 2), dtype=exact)


def _split(values: Tensor) -> Tensor:
    """Split float32 `values` into two bfloat16 tensors (2, ...) whose sum keeps 16 of their bits."""
    high = values.to(torch.bfloat16)
    return torch.stack([high, (values - high).to(torch.bfloat16)])
