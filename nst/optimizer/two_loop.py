"""The L-BFGS direction as in the textbook: the slow, obvious twin of `history`."""

from collections.abc import Sequence

from torch import Tensor


def two_loop(gradient: Tensor, pairs: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Return -H gradient (Nocedal and Wright, Numerical Optimization, algorithm 7.4).

    `gradient`: (n). `pairs`: displacements s and gradient changes y, each (n), oldest first, every y's above 0.
    """
    direction, alphas = -gradient, []
    for s, y in reversed(pairs):
        alphas.append(s.dot(direction) / y.dot(s))
        direction = direction - alphas[-1] * y
    if pairs:
        s, y = pairs[-1]
        direction = direction * (y.dot(s) / y.dot(y))
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        direction = direction + (alpha - y.dot(direction) / y.dot(s)) * s
    return direction
