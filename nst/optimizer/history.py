"""The curvature pairs of L-BFGS, and the direction that follows from them without a loop over the pairs.

With S and Y the displacements s and gradient changes y of the pairs kept, oldest first, R the upper triangle of S'Y, D
its diagonal and g the gradient, the quasi-Newton direction is -Hg with

    Hg = scale g + S w - scale Y u,    u = R^-1 S'g,    w = R^-T (D u + scale (Y'Y u - Y'g))

(Byrd, Nocedal and Schnabel 1994, theorem 2.2). It equals `two_loop`, the slow, obvious twin.
R^-1 is stored, not R: a new pair adds a column, and dropping the oldest one removes the first row and column. Pairs are
accepted or rejected on the device, without the host reading a number.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from nst.hardware.side_stream import SideStream
from nst.optimizer.pair_buffer import PairBuffer, products

CURVATURE_FLOOR = 1e-10
"""Pairs with less curvature y's than this are rejected (torch.optim.LBFGS)."""

LEAST_COSINE = 1e-8
"""Pairs with a smaller cosine between y and s are rejected if `relative`: about what float32 leaves of it."""


class History:
    """Up to `pairs` curvature pairs of vectors of `columns` numbers, in (pairs + 1) x 2 x columns of type `stored`.

    The extra slot holds a new pair before it is accepted. Slots without a pair yet count as pairs of zeros, older than
    all others. `order` has the slots of the pairs, oldest first, then that of the next one;
    `changes` is Y'Y, `curvatures` is D, and `projections` are S'g and Y'g of the last gradient. `relative`: a pair
    needs a positive cosine rather than an absolute curvature, so that the unit of the gradient does not matter.
    """

    state_names: tuple[str, ...] = ("order", "inverse", "changes", "curvatures", "scale", "projections")

    relative = False

    def __init__(self, pairs: int, columns: int, wide: torch.dtype, stored: torch.dtype, device: torch.device) -> None:
        exact = torch.float32 if device.type == "mps" else torch.float64  # MPS has no float64
        self.side_stream = SideStream(device)
        self.buffer = PairBuffer(pairs + 1, columns, wide, stored, device)
        self.order = torch.arange(1, pairs + 2, device=device) % (pairs + 1)
        self.inverse = torch.eye(pairs, dtype=exact, device=device)
        self.changes = torch.zeros(pairs, pairs, dtype=exact, device=device)
        self.curvatures = torch.zeros(pairs, dtype=exact, device=device)
        self.projections = torch.zeros(pairs, 2, dtype=exact, device=device)
        self.scale = torch.ones((), dtype=exact, device=device)

    def update(self, vectors: Tensor) -> None:
        """Add the pair (displacement, change) if its curvature is large enough, dropping the oldest one.

        `vectors` (3, columns): the gradient, its change since the last call, and the displacement between the two.
        S'y and Y'y of the change are the products with this gradient minus those with the last one, so the buffer is
        read once for both.
        """
        (gradient, change, displacement), exact = vectors, self.scale.dtype
        with self.side_stream():
            _, square, curvature = products(vectors, change, exact)
        self.buffer.write(self.order[-1:], displacement, change)
        found = self.buffer.products(gradient, exact)[self.order]
        self.side_stream.join()
        accepted = self._accepted(curvature, square, displacement)
        along_s, along_y = (found[:-1] - self.projections).unbind(1)
        with self.side_stream():
            self._add(accepted, curvature, square, along_y)
            replace_if(self.projections, accepted, found[1:], found[:-1])
        self._grow_inverse(accepted, curvature, along_s)
        self.side_stream.join()

    def _accepted(self, curvature: Tensor, square: Tensor, displacement: Tensor) -> Tensor:
        """Return whether a pair with y's and y'y has enough curvature: (), bool."""
        if not self.relative:
            return curvature > CURVATURE_FLOOR
        length = torch.linalg.vector_norm(displacement, dtype=curvature.dtype)
        enough: Tensor = curvature > LEAST_COSINE * length * square.sqrt()
        return enough

    def _grow_inverse(self, accepted: Tensor, curvature: Tensor, along_s: Tensor) -> None:
        """Add a pair with y's, and S'y of the others, to the inverse of R if `accepted`."""
        column = -(self.inverse @ along_s) / curvature
        grown = _grown(self.inverse, column, torch.zeros_like(column), curvature.reciprocal())
        replace_if(self.inverse, accepted, grown)

    def _add(self, accepted: Tensor, curvature: Tensor, square: Tensor, along_y: Tensor) -> None:
        """Add a pair with y's, y'y, and Y'y of the others if `accepted`; updates all but the inverse of R."""
        replace_if(self.changes, accepted, _grown(self.changes, along_y, along_y, square))
        replace_if(self.curvatures, accepted, torch.cat([self.curvatures[1:], curvature[None]]))
        replace_if(self.scale, accepted, curvature / square)
        replace_if(self.order, accepted, self.order.roll(-1))

    def direction(self, gradient: Tensor, length: Tensor, out: Tensor) -> None:
        """Write -length H gradient to `out` (columns), for the gradient of the last `update`."""
        along_s, along_y = self.projections.unbind(1)
        u = self.inverse @ along_s
        w = self.inverse.t() @ (self.curvatures * u + self.scale * (self.changes @ u - along_y))
        weights = length * torch.nn.functional.pad(torch.stack([-w, self.scale * u], 1), (0, 0, 0, 1))
        self.buffer.weighted_sum(torch.empty_like(weights).index_copy_(0, self.order, weights), out)
        out.addcmul_(gradient, (-length * self.scale).to(out.dtype))

    def reset(self) -> None:
        self.buffer.reset()
        torch.arange(1, len(self.order) + 1, out=self.order).remainder_(len(self.order))
        self.inverse.zero_().fill_diagonal_(1)
        for tensor in (self.changes, self.curvatures, self.projections):
            tensor.zero_()
        self.scale.fill_(1)

    def state_tensors(self) -> dict[str, Tensor]:
        vectors = self.buffer.vectors[: self.buffer.used]
        return {"vectors": vectors, **{name: getattr(self, name) for name in self.state_names}}


def replace_if(kept: Tensor, condition: Tensor, new: Tensor, other: Tensor | None = None) -> None:
    """Set `kept` in place to `new` if `condition` () holds, else to `other` (None: no change)."""
    torch.where(condition, new, kept if other is None else other, out=kept)


def _grown(matrix: Tensor, column: Tensor, row: Tensor, corner: Tensor) -> Tensor:
    """Return `matrix` without its first row and column, with a last column and row added."""
    upper = torch.cat([matrix[1:, 1:], column[1:, None]], 1)
    return torch.cat([upper, torch.cat([row[1:], corner[None]])[None]])


def two_loop(gradient: Tensor, pairs: Sequence[tuple[Tensor, Tensor]], operator: Tensor | None = None) -> Tensor:
    """Return -H gradient by the textbook algorithm (Nocedal and Wright, Numerical Optimization, algorithm 7.4).

    `gradient`: (n). `pairs`: displacements s and gradient changes y, each (n), oldest first, every y's above 0.
    `operator`: P (n, n), symmetric and positive; H then starts from P y's / y'Py instead of y's / y'y.
    """
    direction, alphas = -gradient, []
    for s, y in reversed(pairs):
        alphas.append(s.dot(direction) / y.dot(s))
        direction = direction - alphas[-1] * y
    direction = direction if operator is None else operator @ direction
    if pairs:
        s, y = pairs[-1]
        direction = direction * (y.dot(s) / y.dot(y if operator is None else operator @ y))
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        direction = direction + (alpha - y.dot(direction) / y.dot(s)) * s
    return direction
