"""Estimate the memory that masks need: the masks, a statistic per region, and features times a mask."""

import math

from nst import losses, networks
from nst.spec.records import Spec

BYTES = {"bf16": 2, "fp32": 4, "fp32_winograd": 4, "fp64": 8}
MATRICES = 4
"""Channel matrices of a layer that a region holds: target, products, difference and derivative."""
COPIES = 3
"""Copies of a feature held at once on a GPU while one is multiplied by a mask."""


def masked_bytes(spec: Spec, shape: tuple[int, int]) -> int:
    """Return the bytes that the masks of a spec need; 0 if it has none."""
    architecture = networks.architecture(spec.network.name)
    shapes = architecture.shapes(*shape, architecture.depth)
    found, largest = 0, 0
    for term in (term for term in spec.terms if term.mask is not None):
        for channels, height, width in (shapes[architecture.at(layer).number - 1] for layer in term.layers):
            is_statistic = losses.find(term.loss).kind == "statistic"
            found += height * width + MATRICES * channels**2 * is_statistic
            largest = max(largest, math.prod((channels, height, width)))
    copies = COPIES * largest if spec.runtime.device.startswith("cuda") else 0
    return BYTES[spec.precision] * (2 * found + copies) + (0 if spec.freeze is None else 8 * math.prod(shape))
