"""Labels beside a plot: moved apart as little as needed. Pure."""

from collections.abc import Sequence


def spread(heights: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Move heights as little as needed to lie `apart`, in their order, between `low` and `high`."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    apart = min(apart, (high - low) / max(1, len(heights) - 1))
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        block = (heights[index], [index])
        while blocks and _bottom(block, apart, low, high) < _top(blocks[-1], apart, low, high) + apart:
            block = _joined(blocks.pop(), block)
        blocks.append(block)
    placed = [0.0] * len(heights)
    for block in blocks:
        for number, index in enumerate(block[1]):
            placed[index] = _bottom(block, apart, low, high) + number * apart
    return placed


def _bottom(block: tuple[float, list[int]], apart: float, low: float, high: float) -> float:
    """Return the place of the lowest of a block of neighbours, the block centred and kept inside."""
    tall = (len(block[1]) - 1) * apart
    return min(max(block[0] - tall / 2, low), high - tall)


def _top(block: tuple[float, list[int]], apart: float, low: float, high: float) -> float:
    return _bottom(block, apart, low, high) + (len(block[1]) - 1) * apart


def _joined(below: tuple[float, list[int]], above: tuple[float, list[int]]) -> tuple[float, list[int]]:
    count = len(below[1]) + len(above[1])
    centre = (below[0] * len(below[1]) + above[0] * len(above[1])) / count
    return centre, [*below[1], *above[1]]
