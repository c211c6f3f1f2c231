"""Build the network of a `NetworkRef`: its weights, normalised if it says so, its padding and its scale of poolings."""

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
    """Return the network on a device in one precision; its tensors are built once per process."""
    found = network(ref.name, ref.weights, dtype, device) if ref.normalise is None else _normalised(ref, dtype, device)
    return found.with_borders(ref.padding, ref.pooling_scale)


@lru_cache(maxsize=2)
def _normalised(ref: NetworkRef, dtype: torch.dtype, device: str) -> Network:
    """Return the network with each layer's mean activation 1, as the run pools and pads."""
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
