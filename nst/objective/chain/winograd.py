"""The chain with Winograd's convolutions where they are faster on a CPU; twin of the plain `Chain`.

A block of tiles is transformed along its height, then along its width, multiplied by the transformed kernel in 36
matrix products, and transformed back. All are batches of products, which PyTorch computes in parallel. Two buffers,
which stay in the cache, hold what is in between.
"""

import torch
from torch import Tensor

from nst.networks.base.network import Network
from nst.networks.base.winograd import INPUT, OUTPUT, SIDE, TILE
from nst.objective.chain.chain import Chain
from nst.objective.chain.conv_layers import ConvLayer
from nst.objective.chain.tiles import Tiles, winograd_tiles
from nst.objective.layer_losses import LayerLoss
from nst.objective.strips import ARENAS, Padded


class WinogradChain(Chain):
    """A `Chain` whose convolutions, and gradients w.r.t. their inputs, are Winograd's if their shape makes that pay."""

    def __init__(
        self, network: Network, shape: tuple[int, int], losses: dict[str, list[LayerLoss]], pooling: str = "max"
    ) -> None:
        super().__init__(network, shape, losses, pooling)
        self.tiles = winograd_tiles(network.architecture, *shape, len(self.layers))
        self.by_tiles = TileConvolution(
            max((each.workspace_numel for each in self.tiles.values()), default=0), self.like
        )

    def _convolution(self, layer: ConvLayer, feature: Padded, strip: slice) -> Tensor:
        if layer.number not in self.tiles:
            return super()._convolution(layer, feature, strip)
        kernel, bias = self.network.winograd(layer.number), self.network.layers[layer.number - 1][1]
        return self.by_tiles.forward(feature.with_neighbours(strip), self.tiles[layer.number], kernel, bias)

    def _conv_transpose(self, number: int, above: Padded, strip: slice) -> Tensor:
        if number not in self.tiles:
            return super()._conv_transpose(number, above, strip)
        return self.by_tiles.backward(above.with_neighbours(strip), self.tiles[number], self.network.winograd(number))


class TileConvolution:
    """Winograd's convolution and its gradient; `numel`: of each buffer, `like`: a tensor of their type and device."""

    def __init__(self, numel: int, like: Tensor) -> None:
        self.buffers = tuple(ARENAS.get(numel, like.dtype, like.device, number) for number in (2, 3))
        self.matrices = tuple(each.to(like) for each in (INPUT, OUTPUT))
        self.reversed = tuple(each.to(like) for each in (INPUT.flip(1), OUTPUT.flip(0)))

    def forward(self, feature: Tensor, tiles: Tiles, kernel: Tensor, bias: Tensor) -> Tensor:
        """Return the convolution (1, D, h, w) of a feature (1, C, h + 2, w); its kernel: see `Network.winograd`."""
        return self._convolve(feature, tiles, self.matrices, kernel, bias)

    def backward(self, gradient: Tensor, tiles: Tiles, kernel: Tensor) -> Tensor:
        """Return the gradient (1, C, h, w) w.r.t. the input, given that w.r.t. the output, (1, D, h + 2, w)."""
        return self._convolve(gradient, tiles, self.reversed, kernel.transpose(1, 2), None)

    def _convolve(
        self, feature: Tensor, tiles: Tiles, matrices: tuple[Tensor, ...], kernel: Tensor, bias: Tensor | None
    ) -> Tensor:
        rows = feature.permute(0, 2, 3, 1)
        height, step = rows.shape[1] - 2, TILE * tiles.block_rows
        found = rows.new_empty(1, height, rows.shape[2], kernel.shape[2])
        for top in range(0, height, step):
            self._block(rows[0, top : top + step + 2], found[0, top : top + step], matrices, kernel, bias)
        return found.permute(0, 3, 1, 2)

    def _block(
        self, seen: Tensor, into: Tensor, matrices: tuple[Tensor, ...], kernel: Tensor, bias: Tensor | None
    ) -> None:
        """Convolve the pixels `seen` (h + 2, w, C) of one block of tiles; add the bias, and write `into` (h, w, D)."""
        (left, right), (one, two), channels = matrices, self.buffers, kernel.shape[2]
        rows, columns = -(-into.shape[0] // TILE), -(-into.shape[1] // TILE)
        gathered = _view(one, SIDE, SIDE, rows, columns, seen.shape[2])
        _gather(_along_height(seen, left, _view(two, rows, SIDE, *seen.shape[1:])), gathered)
        values = _view(two, SIDE * SIDE, rows * columns, seen.shape[2])
        _multiply(left, gathered.view(SIDE, SIDE, -1).transpose(0, 1), values)
        products = _view(one, SIDE * SIDE, rows * columns, channels)
        torch.bmm(values, kernel, out=products)
        half = _view(two, SIDE, TILE, rows * columns * channels)
        _multiply(right, products.view(SIDE, SIDE, -1), half)
        pixels = _view(one, TILE, TILE, rows, columns, channels)
        _multiply(right, half.transpose(0, 1), pixels)
        _scatter(pixels, bias, into)


def _view(buffer: Tensor, *shape: int) -> Tensor:
    return buffer[: torch.Size(shape).numel()].view(shape)


def _along_height(seen: Tensor, left: Tensor, into: Tensor) -> Tensor:
    """Transform tiles of 6 rows of the pixels `seen` (h + 2, w, C) `into` (rows of tiles, 6, w, C), and return it.

    The last tiles may have fewer rows: zeros follow.
    """
    whole, line = (seen.shape[0] - 2) // TILE, seen[0].numel()
    tall = seen.as_strided((whole, SIDE, line), (TILE * line, line, 1))
    if whole:
        _multiply(left, tall, into[:whole])
    if whole < into.shape[0]:
        rest = seen[whole * TILE :]
        torch.mm(left[:, : rest.shape[0]], rest.reshape(-1, line), out=into[whole].view(SIDE, line))
    return into


def _multiply(matrix: Tensor, batch: Tensor, into: Tensor) -> None:
    """Write the products of a matrix (m, 6) and each of a batch (n, 6, l) `into` n times m times l numbers."""
    count, _, line = batch.shape
    torch.bmm(matrix.expand(count, *matrix.shape), batch, out=into.view(count, matrix.shape[0], line))


def _gather(values: Tensor, into: Tensor) -> None:
    """Copy columns of `values` (rows of tiles, 6, w, C) `into` tiles (column in the tile, 6, rows, columns, C).

    To the left and right of the picture are zeros.
    """
    rows, _, width, channels = values.shape
    whole, rest = divmod(width, TILE)
    inner = values[:, :, : whole * TILE].view(rows, SIDE, whole, TILE, channels)
    into[1 : TILE + 1, :, :, :whole].copy_(inner.permute(3, 1, 0, 2, 4))
    if rest:
        into[1 : rest + 1, :, :, whole].copy_(values[:, :, whole * TILE :].permute(2, 1, 0, 3))
        into[rest + 1 : TILE + 1, :, :, whole].zero_()
    into[0, :, :, 1:].copy_(values[:, :, TILE - 1 : width - 1 : TILE].transpose(0, 1))
    into[0, :, :, 0].zero_()
    into[-1, :, :, :-1].copy_(values[:, :, TILE::TILE].transpose(0, 1))
    into[-1, :, :, -1].zero_()


def _scatter(pixels: Tensor, bias: Tensor | None, into: Tensor) -> None:
    """Write the pixels of tiles (column in the tile, row in the tile, rows, columns, C), with the bias, `into`."""
    height, width, channels = into.shape[0] // TILE, into.shape[1] // TILE, into.shape[2]
    whole = into[: height * TILE, : width * TILE].view(height, TILE, width, TILE, channels)
    _write(pixels[:, :, :height, :width].permute(2, 1, 3, 0, 4), bias, whole)
    right, bottom = into[:, width * TILE :], into[height * TILE :, : width * TILE]
    for row in range(TILE if right.numel() else 0):
        target = right[row::TILE]
        _write(pixels[: target.shape[1], row, : target.shape[0], width].transpose(0, 1), bias, target)
    if bottom.numel():
        found = pixels[:, : bottom.shape[0], height, :width]
        _write(found.permute(1, 2, 0, 3), bias, bottom.view(-1, width, TILE, channels))


def _write(found: Tensor, bias: Tensor | None, into: Tensor) -> None:
    if bias is None:
        into.copy_(found)
    else:
        torch.add(found, bias, out=into)
