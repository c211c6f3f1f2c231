"""Build the network of a `NetworkRef`: its weights, normalised if requested, its padding and its pooling scale."""

from functools import lru_cache

import torch

from nst.errors import UserError
from nst.networks import architecture
from nst.networks.base.crops import crops_name
from nst.networks.base.network import Network, network
from nst.networks.base.normalise import mean_activations, scaled
from nst.networks.base.weights import load
from nst.spec.records import NetworkRef


def network_of(ref: NetworkRef, dtype: torch.dtype, device: str) -> Network:
    """Return the network on a device in a precision; its tensors are built once per process."""
    found = network(ref.name, ref.weights, dtype, device) if ref.normalise is None else _normalised(ref, dtype, device)
    return found.with_borders(ref.padding, ref.pooling_scale)


@lru_cache(maxsize=2)
def _normalised(ref: NetworkRef, dtype: torch.dtype, device: str) -> Network:
    """Return the network with each layer's mean activation scaled to 1, under the run's pooling and padding."""
    if ref.normalise != crops_name():
        raise UserError(
            f"normalise: this run needs the crops '{ref.normalise}' of another version of scikit-image; "
            f"here they are '{crops_name()}'"
        )
    plain = network(ref.name, ref.weights, torch.float32, "cpu").with_borders(ref.padding, ref.pooling_scale)
    key = (ref.name, ref.version, ref.weights.sha256, ref.padding, ref.pooling_scale)
    means = mean_activations(plain, ref.pooling, key)
    weights = load(architecture(ref.name), ref.weights)
    return Network(architecture(ref.name), scaled(weights, means), dtype, device)
