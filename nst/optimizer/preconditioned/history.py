"""The curvature pairs of L-BFGS with a preconditioner: the inverse Hessian starts from an operator P, not from I.

In the notation of `nst.optimizer.history`, with r = g - Y u, the quasi-Newton direction is -Hg with

    Hg = scale P r + S w,    u = R^-1 S'g,    w = R^-T (D u - scale Y'P r),    scale = y's / y'Py

P differs between evaluations, since other pixels are held, so that no product with it can be kept. Each evaluation
reads S and Y twice, as without P, in four halves: S'g, Y u, Y'P r and S w.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from nst.optimizer.history import History, replace_if
from nst.optimizer.pair_buffer import products
from nst.optimizer.preconditioned.operator import Operator

DISPLACEMENTS, CHANGES = 0, 1
"""Members of a group in the buffer."""


class PreconditionedHistory(History):
    """A history with `preconditioner` as P. `scale` is that of the last pair accepted, with P as it was then.

    `projections` (pairs) are S'g of the last gradient; `changes` is not used.
    """

    state_names = ("order", "inverse", "curvatures", "scale", "projections")

    def __init__(
        self,
        pairs: int,
        columns: int,
        wide: torch.dtype,
        stored: torch.dtype,
        device: torch.device,
        preconditioner: Operator,
    ) -> None:
        super().__init__(pairs, columns, wide, stored, device)
        self.preconditioner = preconditioner
        self.projections = torch.zeros_like(self.curvatures)
        self.scratch = torch.zeros(columns, dtype=wide, device=device)

    def update(self, vectors: Tensor) -> None:
        """Take in the gradient, its change and the displacement, (3, numbers); a pair without curvature is dropped."""
        (gradient, change, displacement), exact = vectors, self.scale.dtype
        square, curvature = products(vectors[1:], change, exact)
        accepted = self._accepted(curvature, square, displacement)
        self.preconditioner.learn(displacement, change, accepted)
        energy = self.preconditioner.energy(change, exact)
        self.buffer.write(self.order[-1:], displacement, change)
        found = self.buffer.products(gradient, exact, DISPLACEMENTS)[self.order]
        self._grow_inverse(accepted, curvature, found[:-1] - self.projections)
        replace_if(self.projections, accepted, found[1:], found[:-1])
        replace_if(self.curvatures, accepted, torch.cat([self.curvatures[1:], curvature[None]]))
        replace_if(self.scale, accepted, curvature / energy)
        replace_if(self.order, accepted, self.order.roll(-1))
        self.side_stream.join()

    def direction(self, gradient: Tensor, length: Tensor, out: Tensor) -> None:
        """Write the step of this length along minus the inverse Hessian times the gradient to `out`, all (numbers,)."""
        u = self.inverse @ self.projections
        self.buffer.weighted_sum(self._in_slots(u), out, CHANGES)
        torch.sub(gradient, out, out=out)
        self.preconditioner.apply(out)
        out.mul_(self.scale.to(out.dtype))
        along_y = self.buffer.products(out, self.scale.dtype, CHANGES)[self.order[:-1]]
        w = self.inverse.t() @ (self.curvatures * u - along_y)
        self.buffer.weighted_sum(self._in_slots(w), self.scratch, DISPLACEMENTS)
        out.add_(self.scratch).mul_(-length.to(out.dtype))

    def _in_slots(self, weights: Tensor) -> Tensor:
        """Return weights of the pairs, oldest first, in the order of their slots, and 0 in the extra slot."""
        padded = pad(weights, (0, 1))
        return torch.empty_like(padded).index_copy_(0, self.order, padded)

    def reset(self) -> None:
        super().reset()
        self.preconditioner.filter.reset()

    def state_tensors(self) -> dict[str, Tensor]:
        return {**super().state_tensors(), **self.preconditioner.filter.state_tensors()}
