"""Cut features into strips of rows, so that a convolution's output is still in the cache when it is used."""

import torch
from torch import Tensor

STRIP_BYTES = 8 * 2**20
"""Output computed by one call of a convolution on a CPU: fits the last-level cache, and calls stay few."""


def cut(height: int, row_bytes: int, limit: int | None) -> tuple[slice, ...]:
    """Cut `height` rows into strips that begin at even rows, each as large as `limit` bytes allow, at least 2 rows.

    No limit means one strip. A last single row joins the strip before it, so that every strip of two or more rows can
    be pooled.
    """
    if limit is None:
        return (slice(0, height),)
    rows = max(2, limit // row_bytes // 2 * 2)
    starts = [top for top in range(0, height, rows) if top == 0 or height - top > 1]
    return tuple(slice(top, bottom) for top, bottom in zip(starts, [*starts[1:], height], strict=True))


class Arenas:
    """Memory for tensors that live during one pass only, shared by all chains of the process."""

    def __init__(self) -> None:
        self.kept: dict[tuple[torch.dtype, torch.device, int], Tensor] = {}

    def get(self, numel: int, dtype: torch.dtype, device: torch.device, number: int) -> Tensor:
        """Return arena `number`, at least `numel` numbers long; chains that hold a smaller one keep it."""
        key = (dtype, device, number)
        if key not in self.kept or self.kept[key].numel() < numel:
            self.kept.pop(key, None)
            self.kept[key] = torch.empty(numel, dtype=dtype, device=device)
        return self.kept[key]

    @property
    def bytes(self) -> int:
        """Bytes allocated."""
        return sum(tensor.nbytes for tensor in self.kept.values())

    def release(self) -> None:
        """Free the memory; chains in use keep theirs."""
        self.kept.clear()


ARENAS = Arenas()
"""The arenas of this process."""


class Padded:
    """A feature in channels_last with a row of zeros above and below; columns are padded by the convolution itself.

    A strip with one more row on either side is a contiguous view, which a convolution reads without a copy.
    """

    padding = (0, 1)
    """Padding of a convolution that reads `with_neighbours`."""

    def __init__(self, storage: Tensor, channels: int, height: int, width: int) -> None:
        numel = channels * (height + 2) * width
        self.whole = storage[:numel].view(1, height + 2, width, channels).permute(0, 3, 1, 2)
        self.whole[:, :, 0].zero_()
        self.whole[:, :, -1].zero_()

    def rows(self, strip: slice) -> Tensor:
        """Return a view of the rows of a strip, to write to."""
        return self.whole[:, :, strip.start + 1 : strip.stop + 1]

    def with_neighbours(self, strip: slice) -> Tensor:
        """Return the rows of a strip with one more above and below, to convolve with `padding`."""
        return self.whole[:, :, strip.start : strip.stop + 2]


def padded_numel(channels: int, height: int, width: int) -> int:
    """Return how many numbers a `Padded` of this shape holds."""
    return channels * (height + 2) * width


def matrix(rows: Tensor) -> Tensor:
    """Return the (h * w, C) matrix of a channels_last feature (1, C, h, w), without copying."""
    return rows.permute(0, 2, 3, 1).reshape(-1, rows.shape[1])


def strip_limit(device: torch.device) -> int | None:
    """Return the limit of a strip in bytes; None on a GPU, which takes whole features."""
    return STRIP_BYTES if device.type == "cpu" else None


GRAM_ROWS = 1024
"""Positions summed by one matrix product: in bf16 each such sum is rounded, their total is not."""


def add_products(products: Tensor | None, rows: Tensor) -> Tensor:
    """Return F'F of a strip's (positions, C) matrix F in at least float32, added to `products`, (C, C), if given."""
    flat, dtype = matrix(rows), wide(rows)
    if flat.is_cuda and flat.dtype != dtype:
        found = torch.mm(flat.t(), flat, out_dtype=dtype)
        return found if products is None else products.add_(found)
    if products is None:
        products = torch.zeros(flat.shape[1], flat.shape[1], dtype=dtype, device=flat.device)
    if flat.dtype == dtype:
        return products.addmm_(flat.t(), flat)
    blocks = flat.shape[0] // GRAM_ROWS
    if blocks:
        block = flat[: blocks * GRAM_ROWS].view(blocks, GRAM_ROWS, -1)
        products += torch.bmm(block.transpose(1, 2), block).sum(0, dtype=dtype)
    rest = flat[blocks * GRAM_ROWS :]
    if rest.shape[0]:
        products += rest.t() @ rest
    return products


def wide(like: Tensor) -> torch.dtype:
    """Return the type to sum in: float64 for float64, else float32."""
    return torch.float64 if like.dtype == torch.float64 else torch.float32
