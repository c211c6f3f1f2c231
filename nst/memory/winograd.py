"""Estimate the memory of Winograd's convolutions: their transformed kernels, and two buffers for a block of tiles."""

from collections.abc import Sequence

from nst import networks
from nst.objective.chain.tiles import winograd_tiles
from nst.spec.records import Spec


def winograd_bytes(spec: Spec, shapes: Sequence[tuple[int, int]]) -> int:
    """Return the bytes that they need for pictures of these shapes; 0 unless the precision is `fp32_winograd`."""
    if spec.precision != "fp32_winograd":
        return 0
    architecture = networks.architecture(spec.network.name)
    depth = max(architecture.at(layer).number for layer in spec.layers)
    found = [winograd_tiles(architecture, *shape, depth) for shape in shapes]
    kernels = {number: tiles.kernel_numel for each in found for number, tiles in each.items()}
    buffer = max((tiles.workspace_numel for each in found for tiles in each.values()), default=0)
    return 4 * (sum(kernels.values()) + 2 * buffer)
