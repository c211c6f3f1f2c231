"""Bring masks from pixels to the layers of a network."""

from collections.abc import Iterable

import numpy as np

from nst.networks.base.architecture import Architecture, layer_number

PROPAGATIONS = ("simple", "inside")


def propagate(
    mask: np.ndarray, architecture: Architecture, layers: Iterable[str], propagation: str = "simple"
) -> dict[str, np.ndarray]:
    """Return a mask (height, width) in [0, 1] at layers, each of the shape of its feature.

    `simple`: the average of the pixels that are pooled into a position. `inside`: the least of all pixels that a
    position sees; what lies beyond the border of the picture does not count.
    """
    wanted: set[str] = set(layers)
    found: dict[str, np.ndarray] = {}
    for number in range(1, max(map(layer_number, wanted), default=0) + 1):
        if architecture.pooled_before(number):
            windows = _windows(mask)
            mask = windows.mean((1, 3)) if propagation == "simple" else windows.min((1, 3))
        if propagation == "inside":
            mask = _least_of_neighbours(_least_of_neighbours(mask).T).T
        found |= {layer: mask for layer in (f"conv_{number}", f"relu_{number}") if layer in wanted}
    return found


def _windows(mask: np.ndarray) -> np.ndarray:
    """Return the 2x2 windows of a pooling, (height, 2, width, 2); an odd last line belongs to none."""
    height, width = mask.shape[0] // 2, mask.shape[1] // 2
    return mask[: 2 * height, : 2 * width].reshape(height, 2, width, 2)


def _least_of_neighbours(mask: np.ndarray) -> np.ndarray:
    """Return the least of each position and the ones above and below it."""
    found = mask.copy()
    np.minimum(found[1:], mask[:-1], out=found[1:])
    np.minimum(found[:-1], mask[1:], out=found[:-1])
    return found
