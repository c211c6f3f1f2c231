"""The L-BFGS direction as the textbook has it: the slow, obvious twin of `history`."""

from collections.abc import Sequence

from torch import Tensor


def two_loop(gradient: Tensor, pairs: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """-H gradient (Nocedal and Wright, Numerical Optimization, algorithm 7.4).

    `gradient`: (n). `pairs`: displacements s and gradient changes y, each (n), oldest first, every y's above 0.
    """
    direction, shares = -gradient, []
    for s, y in reversed(pairs):
        shares.append(s.dot(direction) / y.dot(s))
        direction = direction - shares[-1] * y
    if pairs:
        s, y = pairs[-1]
        direction = direction * (y.dot(s) / y.dot(y))
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        direction = direction + (share - y.dot(direction) / y.dot(s)) * s
    return direction
